"""How much the texts of one kind are alike, with names and numbers masked: near copies and distinct forms.

A text's form is its words in lower case, in which whatever names a person, firm, product or place stands as one mark
and each number as another: texts count as alike when only who and how much differs.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from convsim.org.generate.content import (
    COMPANIES,
    attributes,
    blocks,
    grammar,
    issues,
    policies,
    products,
    states,
)
from convsim.org.generate.latent import OrgType
from convsim.org.generate.texts.insights import vocabulary

LONG = 40
"""Words from which a text is compared as a whole; shorter ones are notes, whose forms are counted."""
ALIKE = 0.8
"""Jaccard similarity of two texts' 5-grams above which one is a near copy of the other."""
MOST_ALIKE = 0.02
"""Share of the long texts of a kind that may be near copies."""
FEWEST_FORMS, FEWEST_SHARE = 500, 0.8
"""Distinct forms that the notes of a kind must have, or their share where there are too few notes for so many."""
WORDINGS = 8
"""Ways in which each kind of fact must be worded at least."""
TEXTS = {
    "articles": ("Knowledge__kav", "FAQ_Answer__c"),
    "e-mails": ("EmailMessage", "TextBody"),
    "chats": ("LiveChatTranscript", "Body"),
    "calls": ("VoiceCallTranscript__c", "Body__c"),
    "task notes": ("Task", "Description"),
    "case descriptions": ("Case", "Description"),
    "opportunity descriptions": ("Opportunity", "Description"),
    "quote descriptions": ("Quote", "Description"),
    "lead descriptions": ("Lead", "Description"),
    "event notes": ("Event", "Description"),
}
"""Object and field of each kind of text."""
NAMES = (
    ("User", "Name"), ("Contact", "Name"), ("Account", "Name"), ("Lead", "FirstName"), ("Lead", "LastName"),
    ("Lead", "Company"), ("Issue__c", "Name")
)  # fmt: skip
"""Object and field of what is named in texts."""
_GRAM = 5
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d[\d.,:/-]*")
_COMMON = 10
"""Members that two prefixes must have in common before the whole sets are compared."""
_NAME, _NUMBER = "<name>", "<number>"
_COUNTED = frozenset(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
     "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
     "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variety:
    """The figures of one kind of text."""

    long: int
    """Texts of 40 words and more."""
    copies: int
    """Those of them that have a near copy among the others."""
    notes: int
    """Shorter texts."""
    forms: int
    """Distinct forms among these."""

    def __str__(self) -> str:
        long = f"{self.copies} of {self.long:,} of 40 words and more are nearly copies" if self.long else ""
        notes = f"{self.notes:,} shorter ones in {self.forms:,} forms" if self.notes else ""
        return "; ".join(filter(None, (long, notes))) or "no texts"

    @property
    def varied(self) -> bool:
        """True if few long texts are near copies and the notes have forms enough."""
        return self.copies <= MOST_ALIKE * self.long and self.forms >= min(FEWEST_FORMS, FEWEST_SHARE * self.notes)


class Mask:
    """Turns texts of one org into forms."""

    def __init__(self, org_type: OrgType, names: Iterable[str]) -> None:
        known = {word for name in (*names, *_own(org_type)) for word in _WORD.findall(name)}
        self._names = {word for word in known if word[:1].isupper()}
        self._kinds: dict[str, list[list[str]]] = defaultdict(list)
        for kind in sorted((each.kind.lower().split() for each in products(org_type)), key=len, reverse=True):
            self._kinds[kind[0]].append(kind)
        self._marks: dict[str, str] = {}

    def form(self, text: str) -> list[str]:
        """Return the words of the form."""
        words = _WORD.findall(text)
        found: list[str] = []
        place = 0
        while place < len(words):
            word = words[place]
            mark = self._marks.get(word) or self._mark(word)
            width = self._kind_at(words, place) if mark in self._kinds else 0
            if width:
                mark = _NAME
            # What follows a name is part of it: a second name, the figure in "Relay 5 Gateway".
            if mark not in (_NAME, _NUMBER) or not found or found[-1] != _NAME:
                found.append(mark)
            place += width or 1
        return found

    def _mark(self, word: str) -> str:
        lower = word.lower()
        named = word in self._names or word.removesuffix("'s") in self._names
        mark = _NAME if named else _NUMBER if word[0].isdigit() or lower in _COUNTED else lower
        self._marks[word] = mark
        return mark

    def _kind_at(self, words: Sequence[str], place: int) -> int:
        """Return how many words from here on are what a product is called without its name; 0 if none."""
        for kind in self._kinds[words[place].lower()]:
            if [each.lower() for each in words[place : place + len(kind)]] == kind:
                return len(kind)
        return 0


def _own(org_type: OrgType) -> Iterable[str]:
    """Yield the names that the company's own files hold."""
    yield COMPANIES[org_type]
    yield from (each.name for each in products(org_type))
    yield from (name for state in states() for name in (state.name, *state.cities))
    yield from vocabulary(org_type)["competitors"]


def variety(forms: Iterable[Sequence[str]]) -> Variety:
    """Return the figures of the texts of one kind, given as forms."""
    long: list[Sequence[str]] = []
    notes: Counter[tuple[str, ...]] = Counter()
    for form in forms:
        if len(form) >= LONG:
            long.append(form)
        else:
            notes[tuple(form)] += 1
    return Variety(len(long), near_copies(long), notes.total(), len(notes))


def near_copies(forms: Sequence[Sequence[str]]) -> int:
    """Return how many have another whose 5-grams overlap by more than 0.8 (Jaccard).

    Exact: in a common order of all members, rarest first, the first (1 - 0.8) n + l members of two sets so alike have
    at least l in common (Wang, Li, Feng, "Can we beat the prefix filtering?", SIGMOD 2012).
    """
    names: dict[tuple[str, ...], int] = {}
    grams = [
        {names.setdefault(tuple(form[at : at + _GRAM]), len(names)) for at in range(len(form) - _GRAM + 1)}
        for form in forms
    ]
    often = Counter(gram for own in grams for gram in own)
    alike: set[int] = set()
    index: dict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(grams):
        shared = [gram for gram in own if often[gram] > 1]
        left = len(shared) - ceil(ALIKE * len(own)) + _COMMON
        prefix = sorted(shared, key=lambda gram: (often[gram], gram))[: max(0, left)]
        common = Counter(other for gram in prefix for other in index[gram])
        for other in sorted(other for other, many in common.items() if many >= min(_COMMON, len(own))):
            if not {number, other} <= alike and _jaccard(own, grams[other]) > ALIKE:
                alike |= {number, other}
        for gram in prefix:
            index[gram].append(number)
    return len(alike)


def _jaccard(one: set[int], other: set[int]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


_WORDED = {
    "calls": ("basket_customer", "need_yes", "need_no", "money_customer", "who_yes", "who_no", "when_customer"),
    "insights": ("praise", "complaint", "no_view", "ahead", "behind", "no_rank", "tempting", "unmoved"),
    "rules": (
        "tier", "tiers_rest", "tiers_count", "offers_rule", "offers_proof", "limit_rule", "exclusion_rule",
        "bundle_rule", "first_step", "middle_step", "last_step", "written"
    ),
}  # fmt: skip
"""Rules that word facts, by grammar; those of cases, tasks, products and policies go by their names."""


def wordings(org_type: OrgType) -> Iterator[tuple[str, int]]:
    """Yield each kind of fact with the number of ways in which the texts of an org may word it."""
    for issue in issues(org_type):
        yield f"symptom of {issue.name}", grammar(f"{org_type}_cases").wordings(f"sym_{issue.key}")
    yield "remedy", grammar(f"{org_type}_articles").wordings("remedy")
    for name, rules in _WORDED.items():
        words = grammar(f"{org_type}_calls" if name == "calls" else name)
        yield from ((f"{name} {rule}", words.wordings(rule)) for rule in rules)
    yield from ((f"task {rule}", grammar("tasks").wordings(rule)) for rule in blocks("tasks.txt") if rule[:2] == "n_")
    yield from ((f"{each.name} of a product", each.said.wordings("s")) for each in attributes(org_type))
    led = 1 + grammar(f"{org_type}_articles").wordings("policy_lead")
    for plan in policies(org_type):
        yield from ((f"{plan.topic}: {fact.name}", led * fact.said.wordings("s")) for fact in plan.facts)
