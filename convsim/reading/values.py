"""Which units' values a text tells, in any form: the unit's wordings, its canonical value, ids, numbers, dates, states.

Each unit gives words to look for in the normalised text and typed keys (times, ids, counts, states) that are scanned
once for all units. Everything that depends on the task is built once per task.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from convsim.reading.lexicon import load
from convsim.reading.periods import keys_of, periods
from convsim.reading.tokens import Tokens, flatten, tokenise
from convsim.records.task import Unit
from personas.units import UnitName

_DETERMINER = re.compile(r"^ (?:the|a|an|my|our) (?=\S+ )")
_ID = re.compile(r"\b(?=[A-Za-z0-9]{0,14}\d)(?:[A-Za-z0-9]{18}|[A-Za-z0-9]{15})\b")
_COUNT = re.compile(
    r"(?<= )(?:(?P<above>more than|over|above|exceeding|exceeds?|greater than|beyond)"
    r"|(?P<least>at least|no fewer than|no less than|not less than|minimum of|minimum is|minimum)) (?P<n>\d+)(?= )"
    r"|(?<= )(?P<m>\d+)(?= (?:(?P<more>or more|and up|plus|minimum)|cases?|leads?|quotes?|deals?) )"
)
_MONEY_OR_TIME = re.compile(r" (?:days?|weeks?|months?|quarters?|years?|hours?|minutes?|dollars?|percent|usd) ")
_STATE_CODE = re.compile(r"(?<![A-Za-z'’])[A-Z]{2}(?![A-Za-z'’])")
_TIMES: frozenset[UnitName] = frozenset({"window", "purchase_date"})
_LONG = 6
_SHARE = 0.7
_PLAIN_WORDS = frozenset(load("words")["plain"])


class FoundValue(NamedTuple):
    """A place where a text tells a unit's value: code points [start, end)."""

    unit: UnitName
    start: int
    end: int
    form: str
    """How it is told: `wording`, `id`, `time`, `count`, `state`, or `paraphrase`."""


class ValueFinder:
    """Finds the values of a fixed set of units."""

    __slots__ = ("_codes", "_counts", "_ids", "_long", "_states", "_times", "_words")

    def __init__(self, units: Iterable[Unit]) -> None:
        self._words: list[tuple[str, UnitName]] = []
        self._long: list[tuple[frozenset[str], UnitName]] = []
        self._ids: dict[str, UnitName] = {}
        self._times: dict[str, UnitName] = {}
        self._counts: dict[int, UnitName] = {}
        self._states: list[tuple[str, UnitName]] = []
        self._codes: dict[str, UnitName] = {}
        for unit in units:
            self._add(unit)

    def find(self, text: str, tokens: Tokens | None = None) -> tuple[FoundValue, ...]:
        """Return all places where values are told, in order; places of one unit within a longer one are left out."""
        words = tokens or tokenise(text)
        found = [*self._wordings(words), *self._typed(words), *self._identifiers(text), *self._state_codes(text)]
        if self._long:
            found.extend(self._paraphrases(words, {each.unit for each in found}))
        return tuple(_outermost(found)) if len(found) > 1 else tuple(found)

    def _add(self, unit: Unit) -> None:
        forms = {flatten(form) for form in (*unit.forms, str(unit.value))} - {""}
        forms |= {_DETERMINER.sub(" ", form) for form in forms}
        self._words.extend((form, unit.name) for form in sorted(forms) if _tells(form, unit))
        if unit.name in _TIMES:
            keys = keys_of(" . ".join(unit.forms)) | {str(unit.value)}
            self._times |= dict.fromkeys(sorted(keys), unit.name)
        elif unit.name == "minimum_cases" and isinstance(unit.value, int):
            self._counts[unit.value] = unit.name
        elif unit.name == "region":
            self._add_region(str(unit.value))
        for identifier in _ID.findall(" ".join((*unit.forms, str(unit.value)))):
            self._ids[identifier[:15]] = unit.name
        self._add_long(unit)

    def _add_region(self, value: str) -> None:
        for code, name in load("places").items():
            if value.casefold() in (code.casefold(), name.casefold()):
                self._codes[code] = "region"
                self._words.append((flatten(name), "region"))

    def _add_long(self, unit: Unit) -> None:
        if unit.name == "answer_format":
            return
        for form in unit.forms:
            content = frozenset(flatten(form).split()) - _PLAIN_WORDS
            if len(content) >= _LONG:
                self._long.append((content, unit.name))

    def _wordings(self, tokens: Tokens) -> Iterator[FoundValue]:
        flat = tokens.flat
        for form, unit in self._words:
            place = flat.find(form)
            while place >= 0:
                yield FoundValue(unit, *tokens.span(place + 1, place + len(form) - 1), "wording")
                place = flat.find(form, place + 1)

    def _typed(self, tokens: Tokens) -> Iterator[FoundValue]:
        if self._times:
            for period in periods(tokens.flat):
                if unit := self._times.get(period.key):
                    yield FoundValue(unit, *tokens.span(period.start, period.end), "time")
        if self._counts:
            for match in _COUNT.finditer(tokens.flat):
                if unit := self._count(match, tokens.flat):
                    yield FoundValue(unit, *tokens.span(*match.span()), "count")

    def _count(self, match: re.Match[str], flat: str) -> UnitName | None:
        """Return the unit whose strict lower bound is told: "at least 6" is the same as "more than 5"."""
        if match["n"] and _MONEY_OR_TIME.match(flat, match.end()):
            return None
        number = int(match["n"] or match["m"])
        bound = number - 1 if match["least"] or match["more"] else number
        exact = self._counts.get(bound)
        return exact or (self._counts.get(number) if not match["above"] else None)

    def _identifiers(self, text: str) -> Iterator[FoundValue]:
        if self._ids:
            for match in _ID.finditer(text):
                if unit := self._ids.get(match.group()[:15]):
                    yield FoundValue(unit, *match.span(), "id")

    def _state_codes(self, text: str) -> Iterator[FoundValue]:
        if self._codes and not text.isupper():
            for match in _STATE_CODE.finditer(text):
                if unit := self._codes.get(match.group()):
                    yield FoundValue(unit, *match.span(), "state")

    def _paraphrases(self, tokens: Tokens, told: set[UnitName]) -> Iterator[FoundValue]:
        """Yield long wordings of which most words are there, in any order."""
        words = tokens.flat.split()
        said = set(words)
        for content, unit in self._long:
            if unit not in told and len(content & said) >= _SHARE * len(content):
                places = [index for index, word in enumerate(words) if word in content]
                told.add(unit)
                yield FoundValue(unit, tokens.starts[places[0]], tokens.ends[places[-1]], "paraphrase")


def find_values(text: str, units: Iterable[Unit]) -> tuple[FoundValue, ...]:
    """Return which units' values a text tells, in any form, in order."""
    return finder(tuple(units)).find(text)


@lru_cache(maxsize=1024)
def finder(units: tuple[Unit, ...]) -> ValueFinder:
    """Return the finder for these units, built once."""
    return ValueFinder(units)


def find_ids(text: str) -> tuple[str, ...]:
    """Return everything in a text that has the shape of a record Id (15 or 18 characters)."""
    return tuple(_ID.findall(text))


def _tells(form: str, unit: Unit) -> bool:
    """Tell whether these words alone give the value away: not a bare number, nor a two-letter word like "or"."""
    bare = form.strip()
    return not bare.isdigit() and not (unit.name == "region" and len(bare) == 2)


def _outermost(found: Iterable[FoundValue]) -> Iterator[FoundValue]:
    seen: dict[UnitName, int] = {}
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if each.end > seen.get(each.unit, -1):
            seen[each.unit] = each.end
            yield each
