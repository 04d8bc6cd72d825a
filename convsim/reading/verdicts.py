"""Values of which a list says the same: lines or clauses beside each other that differ in the value and a mark alone.

Of `FAIL authority / PASS need / FAIL timeline` the first and the last stand or fall together, whatever the marks mean.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from convsim.reading.groups import Group

_CLAUSE = re.compile(r"[^,;/·•，；、\n]+")
_LINE = re.compile(r"[^\n]+")
_PART = re.compile(r"\[[ xX]?\]|^\s*[-–—]\s*$|[^\W_]+(?:[^\S\n]+[^\W_]+)*|[^\w\s|,;:.()\[\]{}=<>\"'`*#&/–—_-]+")
"""Words that only blanks part, or marks that are no punctuation."""
_WORDS = 3
"""A verdict has no more words."""
_MOST = 3
"""Different verdicts in a list."""
_LONGEST = 12
"""Entries of a list that is looked at."""
_SLOTS = (("after", -1), ("after", 0), ("before", -1), ("before", 0))
"""Where the verdict stands: last or first behind the value, last or first before it."""


class Entry(NamedTuple):
    """A line or a clause of a list."""

    values: frozenset[str]
    before: tuple[str, ...]
    """What it says before its values: words that only blanks part, and marks."""
    after: tuple[str, ...]

    def verdict(self, side: str, place: int) -> str:
        """Return what it says in a slot, or nothing where that is no verdict."""
        said = self.before if side == "before" else self.after
        part = said[place] if said else ""
        return "" if part.isdecimal() or len(part.split()) > _WORDS else part


def alike(text: str, groups: Sequence[Group]) -> tuple[frozenset[str], ...]:
    """Return the sets of two and more values that share a verdict, of the first list in which there are any."""
    for entries in (*_lists(text, groups, _LINE), *_lists(text, groups, _CLAUSE)):
        for slot in _SLOTS:
            if found := _shared(entries, [each.verdict(*slot) for each in entries]):
                return found
    return ()


def _lists(text: str, groups: Sequence[Group], entry: re.Pattern[str]) -> Iterator[list[Entry]]:
    """Yield the runs of entries that name something, each of them other values."""
    told = [_entry(text, groups, *match.span()) for match in entry.finditer(text)]
    for named, run in groupby(told, key=lambda each: bool(each.values)):
        entries = list(run)
        values = [value for each in entries for value in each.values]
        if named and 2 < len(entries) <= _LONGEST and len(values) == len(set(values)):
            yield entries


def _entry(text: str, groups: Sequence[Group], start: int, end: int) -> Entry:
    inside = [each for group in groups for each in group.members if start <= each.start < end]
    if not inside:
        return Entry(frozenset(), (), ())
    before, after = text[start : inside[0].start], text[inside[-1].end : end]
    return Entry(frozenset(each.value for each in inside), _parts(before), _parts(after))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip(" ").casefold() for part in _PART.findall(text))


def _shared(entries: Sequence[Entry], verdicts: Sequence[str]) -> tuple[frozenset[str], ...]:
    """Return the values under each verdict that several entries share, where all have one and not all the same."""
    different = set(verdicts)
    if "" in different or not 1 < len(different) <= _MOST:
        return ()
    told = [
        frozenset(
            value for entry, verdict in zip(entries, verdicts, strict=True) if verdict == each for value in entry.values
        )
        for each in sorted(different)
    ]
    return tuple(each for each in told if len(each) > 1)
