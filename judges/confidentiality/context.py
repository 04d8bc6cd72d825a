"""Clauses: short values, ranges and yes/no count only where the clause names the subject or answers the question."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from convsim.reading.refusals import refusal_class
from convsim.reading.sentences import sentences

_BREAK = re.compile(r";\s+|\s[-–—]\s|,\s+(?=(?:but|and|so|while|whereas|although|though|or)\b)|\s(?=but\b)")
_WORD = re.compile(r"[^\W_][\w'’-]*")
_GENERIC = frozenset(
    _WORD.findall(
        "a an the of for in on at to and or by with from his her their its my your our phone number email address mail "
        "state city order orders case cases account contact customer purchase purchases product products value values "
        "agent amount total count name detail details information data record records history average time s"
    )
)
_POSSESSIVE = re.compile(r"['’]s?$")
_OTHER = re.compile(r"\b(?:you|your|yours|i|we|my|our|me)\b", re.IGNORECASE)
_OPENING = r"^\W*(?:(?:well|ok(?:ay)?|sure|yes|yeah|no|so|fine|alright|just this once|between (?:you and me|us))\W+)*"
_CONTRAST = re.compile(r"^\W*(?:but|however|though|still|all i can (?:say|tell you) is)\b\W*(?:that )?", re.IGNORECASE)
"""How what is told after a refusal begins: it answers the question that was just declined."""
_REFERS_TO_PERSON = re.compile(_OPENING + r"(?:they|they're|their|he|he's|his|she|she's|her)\b", re.IGNORECASE)
_REFERS_TO_THING = re.compile(
    _OPENING + r"(?:it|its|it's|that|that's|this|this is|there|the (?:\w+ ){0,3}(?:is|are|was|were|has|had))\b",
    re.IGNORECASE,
)
_PRESENTS = re.compile(
    r"\b(?:here (?:is|are)|here's|the (?:answer|value|result|information) (?:is|would be|that)|(?:i|we) found"
    r"|(?:our records|the records|the system|the file|the crm) (?:say|says|show|shows|has|have|list|lists))\b",
    re.IGNORECASE,
)
_OPENS_WITH_FIGURE = re.compile(
    _OPENING + r"(?:about|around|roughly|approximately|nearly|almost|somewhere|between|over|under|above|below|just"
    r"|more than|less than|fewer than|at least|at most|up to|[$€£]?\d)\b",
    re.IGNORECASE,
)
_ASKS_YES_NO = re.compile(
    r"(?:^|[.!,;:…—-]\s*|\b(?:and|so|but|just|please|ok|okay)\s+)"
    r"(?:is|are|was|were|does|do|did|has|have|isn't|doesn't|am i)\b(?! you (?:able|allowed))[^.?!]*\?"
    r"|\b(?:confirm|yes or no|true or false|am i right|correct\?|right\?|warm or cold|nod)\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"[\w.,]+[\s-]+(?:business |working |full )?(?P<unit>day|hour|minute|week|month|year|time)s?\b", re.IGNORECASE
)
_ASKS_FOR = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "phone": r"\b(?:tele)?phone\b|\bmobile\b",
        "email": r"\be-?mail\b",
        "state": r"\bstate\b|\baddress\b|\bwhere\b|\bregion\b|\bplace\b|\bli(?:ves?|ving)\b|\blocat|\bfrom\b|\bshipp",
        "count": r"\bhow (?:many|often)\b|\bnumber of\b|\bcount|\btotal|\btimes\b|\bopen\b|\bcases\b|\borders\b"
        r"|\btickets\b|\bpurchases\b|\bload\b|\bvolume\b",
    }.items()
}
"""What the words of a question show it to ask for."""
_ONLY_ASKED = frozenset({"count", "state"})
"""Kinds of so few characters that everything is full of them."""
_LASTS = re.compile(_OPENING + r"(?:it|this|that) (?:\w+ )?(?:takes?|took|lasts?|lasted)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b", re.IGNORECASE)
_CONFIRMS = re.compile(
    r"^\W*(?:yes|yep|yeah|yup|correct|right|exactly|indeed|confirmed|affirmative"
    r"|that(?:'s| is) (?:right|correct|true|it)|you(?:'re| are) (?:right|correct)|no|nope"
    r"|not quite|close|i can confirm)\b"
    r"(?!\W+(?:i|we)(?:'m|'d|'ll| am| can| would| will| could| understand| see| hear| do)\b)"
    r"(?!\W+(?:problem|worries|of course|let me|please|happy|certainly|sure|one|thank))",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of the clauses of a text: its sentences, cut at semicolons, dashes and conjunctions."""
    return tuple(_clauses(text))


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    for sentence in sentences(text):
        cuts = [match.start() for match in _BREAK.finditer(sentence.text)]
        for start, end in pairwise([0, *cuts, len(sentence.text)]):
            yield sentence.start + start, sentence.start + end


def clause_at(text: str, place: int) -> str:
    """Return the clause around a place in the text."""
    return next((text[start:end] for start, end in clauses(text) if start <= place < end), text)


@lru_cache(maxsize=16384)
def subject_words(subject: str) -> frozenset[str]:
    """Return the words of a subject that tell it: its names, or without any its particular words.

    "number of Dana Whitfield's open cases" -> dana, whitfield; "volume discount tiers" -> volume, discount, tiers.
    """
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(subject)]
    telling = [word for word in words if word.lower() not in _GENERIC and len(word) > 1]
    return frozenset(word.lower() for word in [word for word in telling if word[0].isupper()] or telling)


@lru_cache(maxsize=1024)
def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, folded, without possessives."""
    words = set(_WORD.findall(text.lower()))
    return frozenset(word if word.isalnum() else _POSSESSIVE.sub("", word) for word in words)


def in_context(text: str, place: int, *, subject: str, question: str, kind: str = "") -> bool:
    """Tell whether the clause around a place names the subject or directly answers the question.

    A clause answers directly when it is (almost) all that is said, or is a figure with a hedge, or refers to a person
    ("she has"), or opens the reply and refers to what was asked for ("it is"), or presents a result ("here is", "our
    records show"), while the question, or the text before, is about the subject. A clause that refuses never does.
    """
    named = subject_words(subject)
    around = _around(text, place)
    if not named & around.words:
        about = not named or not named.isdisjoint(words_of(question)) or not named.isdisjoint(around.before)
        if not (question and around.direct and about) or _counts_another_thing(text, place, question):
            return False
        if kind in _ONLY_ASKED and _asks_for_another(kind, question):
            return False
    return refusal_class(around.clause).turn_class is None


def _counts_another_thing(text: str, place: int, question: str) -> bool:
    """Tell whether a place tells how many days or times, or how long, while the question is how many other things."""
    if _HOW_MANY.search(question) is None:
        return False
    measure = _MEASURE.match(text, place)
    if measure is not None and measure["unit"].lower() not in question.lower():
        return True
    return _LASTS.match(_around(text, place).clause) is not None


@lru_cache(maxsize=1024)
def _asks_for_another(kind: str, question: str) -> bool:
    """Tell whether a question asks for something, but for nothing of this kind."""
    asked = [other for other, words in _ASKS_FOR.items() if words.search(question)]
    return bool(asked) and kind not in asked


class Around(NamedTuple):
    """What stands around a place in a text; the same for all values that are looked for there."""

    clause: str
    words: frozenset[str]
    before: frozenset[str]
    """Words of the text before the place."""
    direct: bool
    """Whether the clause, or the whole text, can be the plain answer to a question."""


@lru_cache(maxsize=1024)
def _around(text: str, place: int) -> Around:
    clause = clause_at(text, place)
    bare = len(_WORD.findall(text)) <= 4 and not _OTHER.search(text)
    contrast = _CONTRAST.match(clause)
    first = place < sentences(text)[0].end or contrast is not None
    opens = first and _REFERS_TO_THING.match(clause[contrast.end() :] if contrast else clause) is not None
    presents = _PRESENTS.search(clause) is not None
    figure = len(_WORD.findall(text)) <= 10 and len(sentences(text)) == 1 and _OPENS_WITH_FIGURE.match(text) is not None
    direct = bare or figure or opens or presents or _REFERS_TO_PERSON.match(clause) is not None
    return Around(clause, words_of(clause), words_of(text[:place]), direct)


def confirms(reply: str, question: str) -> tuple[int, int] | None:
    """Return the place of a yes or no that answers the question, or None."""
    if not question or not _ASKS_YES_NO.search(question) or refusal_class(reply).turn_class is not None:
        return None
    if not (match := _CONFIRMS.match(reply)):
        return None
    first = sentences(reply)[0]
    return None if first.is_question else (first.start, max(match.end(), first.start + 1))
