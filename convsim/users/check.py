"""Whether a user message says what was decided, and nothing else: the same check for templates and for models.

A message must tell all released values and none of the unreleased ones, must invent no id, number, date or amount, and
must not fall out of its role.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from convsim.reading.lexicon import load
from convsim.reading.periods import keys_of, periods
from convsim.reading.tokens import tokenise
from convsim.reading.values import FoundValue, find_ids
from convsim.users.amounts import amounts
from convsim.users.decide import Decision
from convsim.users.plan import Plan
from personas.units import UnitName

Kind = Literal["early", "missing", "invention", "second_speaker", "stage_direction", "instruction", "empty"]
# "One thing" and "two of them" are no claims: only larger numbers in words can be inventions.
_NUMERIC = re.compile(rf"\d|\b(?:{'|'.join([*load('words')['ones'][4:], *load('words')['tens']])})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<= )\d+(?:st|nd|rd|th)?(?= )")
_SECOND_SPEAKER = re.compile(
    r"^[ \t\"*]*(?:agent|assistant|user|customer|client|support|system|human|ai)[ \t\"*]*:"
    r"|\bas an? (?:ai|agent|assistant|language|support|large)\b|\bi'm (?:an ai|your assistant)\b"
    r"|\b(?:how|what) can i (?:help|assist|do for) you|\bi can assist you\b",
    re.IGNORECASE | re.MULTILINE,
)
_STAGE_DIRECTION = re.compile(
    r"\*[^*\n]{3,}\*|\[[^\]\n]{3,}\]|\((?:sigh|laugh|smil|paus|nod|think|typ|frustrat|angr|polite|annoy|hesitat|speak|"
    r"the user|as )\w*[^)\n]*\)",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"\b(?:must[- ](?:not[- ])?say|(?:my|the|your) persona\b|disclosure unit|as instructed|(?:my|the) instructions?\b"
    r"|withheld units?|openness\b|stay(?:ing)? in character|role-?play)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a message."""

    kind: Kind
    evidence: str
    """The unit or the words."""


class _Known(NamedTuple):
    """What the user may say beside the values: it was given or heard."""

    words: frozenset[str]
    times: frozenset[str]
    amounts: frozenset[Decimal]


class Checker:
    """Checks the messages of one conversation; it knows what may be said because it was heard or given."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._heard: list[str] = []
        self._known: tuple[int, _Known] | None = None

    def hear(self, text: str) -> None:
        """Take note of an agent's message: what it names may be repeated."""
        self._heard.append(text)

    def check(self, text: str, decision: Decision, released: frozenset[UnitName]) -> tuple[Fault, ...]:
        """Return what is wrong with a message; `released` are the units told before it."""
        if not text.strip():
            silent = decision.stop is not None
            return () if silent else (Fault("empty", "nothing is said"),)
        tokens = tokenise(text)
        found = self.plan.values.find(text, tokens)
        told = {name for name, _ in decision.told}
        faults = [Fault("missing", name) for name in sorted(told - {each.unit for each in found})]
        faults += [Fault("missing", wrong) for _, wrong in decision.slips if wrong.lower() not in text.lower()]
        faults += _early(found, told | released)
        rest = _without_given(text, found, decision)
        if _NUMERIC.search(rest.replace(self.plan.task.goal, "").replace(self.plan.task.request, "")):
            faults += self._numeric(rest, told | released)
        return (*faults, *_out_of_role(rest))

    def _numeric(self, text: str, allowed: set[UnitName] | frozenset[UnitName]) -> list[Fault]:
        """Return the amounts told early, and the ids, numbers, dates and amounts that the user cannot know."""
        known = self._vocabulary
        faults: list[Fault] = []
        for amount in list(amounts(text)):
            unit = self._amounts.get(amount.value)
            if unit and unit not in allowed:
                faults.append(Fault("early", unit))
            elif amount.value not in known.amounts:
                faults.append(Fault("invention", text[amount.start : amount.end].strip()))
            text = text[: amount.start] + " " * (amount.end - amount.start) + text[amount.end :]
        tokens = tokenise(text)
        for match in _NUMBER.finditer(tokens.flat):
            start, end = tokens.span(*match.span())
            if match.group() not in known.words and _NUMERIC.search(text, start, end):
                faults.append(Fault("invention", match.group()))
        faults += [Fault("invention", each) for each in find_ids(text) if each.lower() not in known.words]
        keys = {each.key for each in periods(tokens.flat)}
        return faults + [Fault("invention", key) for key in sorted(keys - known.times)]

    @property
    def _vocabulary(self) -> "_Known":
        """All that the user may know: from the task's wordings and what the agent said."""
        if self._known is None or self._known[0] != len(self._heard):
            text = f"{self._given} . {' . '.join(self._heard)}"
            words = frozenset(tokenise(text).flat.split())
            said = frozenset(each.value for each in amounts(text))
            self._known = (len(self._heard), _Known(words, keys_of(text), said))
        return self._known[1]

    @cached_property
    def _amounts(self) -> dict[Decimal, UnitName]:
        """The amounts of money that are the whole value of a unit."""
        values = {name: str(unit.value).strip() for name, unit in self.plan.units.items()}
        return {
            each.value: name
            for name, said in values.items()
            for each in amounts(said)
            if said[each.start : each.end] == said
        }

    @cached_property
    def _given(self) -> str:
        task = self.plan.task
        slips = [said for name in self.plan.units if (said := self.plan.slip(name))]
        forms = [form for unit in task.units for form in unit.forms]
        return " . ".join((task.goal, task.request, *forms, *slips, *(rung.text for rung in task.ladder)))


def _early(found: tuple[FoundValue, ...], allowed: set[UnitName] | frozenset[UnitName]) -> list[Fault]:
    """Return the unreleased values that stand outside of released ones."""
    return [
        Fault("early", each.unit)
        for each in found
        if each.unit not in allowed
        and not any(one.unit in allowed and one.start <= each.start and each.end <= one.end for one in found)
    ]


def _without_given(text: str, found: tuple[FoundValue, ...], decision: Decision) -> str:
    """Blank out values, with the amounts that they are part of, and given texts, which may hold anything."""
    spans = [(each.start, each.end) for each in found]
    amount_spans = [(each.start, each.end) for each in amounts(text)]
    spans += [one for one in amount_spans if any(one[0] < end and start < one[1] for start, end in spans)]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text.replace(decision.rung.text, " ") if decision.rung else text


def _out_of_role(text: str) -> list[Fault]:
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("second_speaker", _SECOND_SPEAKER),
        ("stage_direction", _STAGE_DIRECTION),
        ("instruction", _INSTRUCTION),
    )
    return [Fault(kind, found.group()) for kind, pattern in kinds if (found := pattern.search(text))]
