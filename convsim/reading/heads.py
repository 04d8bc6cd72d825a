"""What a stretch of text names: the heads of `asking.yaml`, found word by word through an index of first letters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from convsim.reading.lexicon import load
from personas.units import UnitName

_FIRST = re.compile(r"([a-z]+)(\?)?")
_WORD = re.compile(r"(?<![a-z'])[a-z]+")
_KEY = 3

Index = Mapping[str, Sequence[tuple[re.Pattern[str], UnitName]]]


class Head(NamedTuple):
    """A mention of a unit: characters [start, end) of the text searched."""

    unit: UnitName
    start: int
    end: int


def heads(text: str, *, section: str = "heads") -> list[Head]:
    """Return the units named in lower-case text, the longest name at each place, none within another."""
    return list(_mentions(text, _index(section)))


def _mentions(text: str, index: Index) -> Iterator[Head]:
    done = 0
    for word in _WORD.finditer(text):
        start = word.start()
        if start < done or not (entries := index.get(word.group()[:_KEY])):
            continue
        best: Head | None = None
        for entry, unit in entries:
            match = entry.match(text, start)
            if match and (best is None or match.end() > best.end):
                best = Head(unit, start, match.end())
        if best is not None:
            done = best.end
            yield best


@cache
def _index(section: str) -> Index:
    """Return the patterns of a section by the first letters of their first word."""
    index: dict[str, list[tuple[re.Pattern[str], UnitName]]] = {}
    for unit, entries in load("asking")[section].items():
        for entry in entries:
            first = _FIRST.match(entry)
            if first is None:
                raise ValueError(f"asking.yaml: the {section} entry {entry!r} of {unit} begins with no plain word")
            words = {first.group(1), first.group(1)[:-1]} if first.group(2) else {first.group(1)}
            for key in sorted({word[:_KEY] for word in words}):
                index.setdefault(key, []).append((re.compile(rf"(?:{entry})(?!\w)"), unit))
    return index
