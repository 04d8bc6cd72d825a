"""Words levelled and put in classes: "beats", "schlägt" and "gana a" all say that something comes first.

The classes are lists in `answers.yaml`, of five languages; what learns from a text by them needs to have seen the class
in a place and not each of its words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from convsim.reading.lexicon import load

_WORD = re.compile(r"[A-Za-zÀ-ÿŒœ]+'(?=[a-zà-ÿ]{2})|'s\b|[A-Za-zÀ-ÿŒœ]+|\d[\d.,:]*|[一-鿿]|[^\w\s]")
_ID = re.compile(r"\b(?=\w*\d)\w{15}(?:\w{3})?\b")
_SHORT_NOT = re.compile(r"n't\b|(?<=\bcan)not\b")
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-(?=[a-zà-ÿ])")
_MONTHS = frozenset(
    {
        "january", "february", "march", "april", "june", "july",
        "august", "september", "october", "november", "december",
    }
)  # fmt: skip
_DENIALS = frozenset({"not", "none"})
_DENIED = frozenset({"fail", "pass", "give", "right", "most", "check", "asked", "all"})
_SCOPE = 3
"""Words behind a denial that it may deny."""
_START = 3
"""Letters by which stems are looked up."""


_Runs = dict[str, list[tuple[tuple[str, ...], str]]]
_Stems = dict[str, list[tuple[str, str]]]


class Classed(NamedTuple):
    """A word or run of words with its classes."""

    classes: tuple[str, ...]
    place: int
    """Index of its first word."""


@lru_cache(maxsize=16384)
def words(text: str) -> tuple[str, ...]:
    """Return the words and marks of a text in small letters; numbers, ids and months are levelled."""
    plain = _SHORT_NOT.sub(" not", _ID.sub(" ID ", text).replace("’", "'").lower())
    plain = _HYPHEN.sub(" ", plain)
    return tuple(_level(word) for word in _WORD.findall(plain))


def _level(word: str) -> str:
    if word[0].isdigit():
        return "<n>"
    return "<month>" if word in _MONTHS else word


@lru_cache(maxsize=16384)
def classed(said: tuple[str, ...]) -> tuple[Classed, ...]:
    """Return the words that belong to a class, in order; of runs the longest.

    What is denied right before is another class: "isn't violated" holds `un-fail`.
    """
    found = list(_classed(said))
    for place, (one, other) in enumerate(pairwise(found), 1):
        if other.place - one.place <= _SCOPE and not _DENIALS.isdisjoint(one.classes):
            names = tuple(f"un-{name}" if name in _DENIED else name for name in other.classes)
            found[place] = Classed(names, other.place)
    return tuple(found)


def _classed(said: Sequence[str]) -> Iterator[Classed]:
    place = 0
    while place < len(said):
        length, found = _longest(said, place)
        if found:
            yield Classed(found, place)
        place += max(length, 1)


def _longest(said: Sequence[str], place: int) -> tuple[int, tuple[str, ...]]:
    runs, stems = _lexicon()
    best, found = 0, list[str]()
    for run, name in runs.get(said[place], ()):
        if len(run) >= best and _stands(run, said, place):
            found = [*found, name] if len(run) == best else [name]
            best = len(run)
    if best <= 1:
        found += [name for stem, name in stems.get(said[place][:_START], ()) if said[place].startswith(stem)]
    return best, tuple(dict.fromkeys(found))


def _stands(run: Sequence[str], said: Sequence[str], place: int) -> bool:
    if place + len(run) > len(said):
        return False
    there = said[place : place + len(run)]
    *first, last = zip(run, there, strict=True)
    return all(one == other for one, other in first) and (
        last[1].startswith(last[0][:-1]) if last[0].endswith("*") else last[0] == last[1]
    )


@cache
def _lexicon() -> tuple[_Runs, _Stems]:
    """Return runs by their first word, and stems by their first letters."""
    runs: _Runs = {}
    stems: _Stems = {}
    for name, told in load("answers")["classes"].items():
        for entry in told:
            run = list(words(entry.rstrip("*")))
            if entry.endswith("*") and len(run) == 1:
                stems.setdefault(run[0][:_START], []).append((run[0], name))
                continue
            run[-1] += "*" if entry.endswith("*") else ""
            runs.setdefault(run[0], []).append((tuple(run), name))
    return runs, stems


def classes_of(said: Iterable[str]) -> tuple[str, ...]:
    """Return the classes of some words, in order, as often as they occur."""
    return tuple(name for each in classed(tuple(said)) for name in each.classes)


def pairs_of(said: Iterable[str]) -> Iterator[str]:
    """Yield the classes that follow each other, whatever words stand between: `not>fail`."""
    found = classed(tuple(said))
    for one, other in pairwise(found):
        yield from (f"{first}>{second}" for first in one.classes for second in other.classes)


def runs_of(prefix: str, said: Sequence[str], longest: int) -> Iterator[str]:
    """Yield the runs of up to `longest` words."""
    for length in range(1, longest + 1):
        for start in range(len(said) - length + 1):
            yield prefix + " ".join(said[start : start + length])
