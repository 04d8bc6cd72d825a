"""The words of a text by what they mean: the concepts of `concepts.yaml`, found in one pass.

The longest phrase wins at each place; hyphens stand for spaces, a possessive for its noun.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from convsim.reading.lexicon import load

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CJK = re.compile("[\u4e00-\u9fff]")
_LONGEST_BEGINNING = 14
_ELISION = re.compile(r"(?:qu|[cdjlmnst])'(?=[^\W\d_]{3})")
"""What French leaves of a word before a vowel; the noun begins after it."""

Entry = tuple[tuple[str, ...], frozenset[str]]


class Mention(NamedTuple):
    """Words that carry concepts: characters [start, end) of the text searched."""

    concepts: frozenset[str]
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """Return the meaningful words and phrases of a lower-case text, in order and without overlap."""
    return list(_mentions(text))


@lru_cache(maxsize=4096)
def _mentions(text: str) -> list[Mention]:
    words = [_word(found) for found in _WORD.finditer(text)]
    told: list[Mention] = []
    place = 0
    while place < len(words):
        length, concepts = _longest(words, place)
        if concepts:
            told.append(Mention(concepts, words[place][1], words[place + max(length, 1) - 1][2]))
        place += max(length, 1)
    return [*told, *_chinese(text)] if not text.isascii() and _CJK.search(text) else told


def _word(found: re.Match[str]) -> tuple[str, int, int]:
    word, start = found.group().removesuffix("'s"), found.start()
    if "'" in word and (left_out := _ELISION.match(word)):
        word, start = word[left_out.end() :], start + left_out.end()
    return word, start, found.end()


def _longest(words: list[tuple[str, int, int]], place: int) -> tuple[int, frozenset[str]]:
    best, concepts = 0, frozenset[str]()
    for tail, meant in _entries(words[place][0]):
        length = len(tail) + 1
        if length < best:
            break
        if place + length > len(words):
            continue
        if all(_fits(each, words[place + at][0]) for at, each in enumerate(tail, 1)):
            concepts = concepts | meant if length == best else meant
            best = length
    return best, concepts


def _fits(entry: str, word: str) -> bool:
    return word.startswith(entry[:-1]) if entry[-1] == "*" else word == entry


@lru_cache(maxsize=16384)
def _entries(word: str) -> tuple[Entry, ...]:
    """Return what may begin with a word, the longest phrases first."""
    exact, beginnings = _index()
    found = list(exact.get(word, ()))
    for length in range(2, min(len(word), _LONGEST_BEGINNING) + 1):
        found += beginnings.get(word[:length], ())
    return tuple(sorted(found, key=lambda each: -len(each[0])))


@cache
def _index() -> tuple[dict[str, list[Entry]], dict[str, list[Entry]]]:
    exact: dict[str, list[Entry]] = {}
    beginnings: dict[str, list[Entry]] = {}
    for concept, wordings in load("concepts").items():
        for wording in wordings:
            first, *tail = re.findall(r"[^\W_]+(?:'[^\W_]+)*\*?", wording.removesuffix("'s"))
            entry = (tuple(tail), frozenset({concept}))
            (beginnings if first[-1] == "*" else exact).setdefault(first.rstrip("*"), []).append(entry)
    return exact, beginnings


def _chinese(text: str) -> list[Mention]:
    """Return the Chinese words of a text, which has no spaces between them."""
    found = [
        Mention(frozenset({concept}), each.start(), each.end())
        for concept, wording in _chinese_words()
        for each in re.finditer(wording, text)
    ]
    return sorted(found, key=lambda each: each.start)


@cache
def _chinese_words() -> tuple[tuple[str, str], ...]:
    return tuple(
        (concept, each) for concept, wordings in load("concepts").items() for each in wordings if _CJK.search(each)
    )
