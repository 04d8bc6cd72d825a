"""A text as normalised words that know where they stand: the ground on which values are found in any wording.

Case, accents, width, hyphens and spacing are levelled; number words become digits ("twenty-five" is `25`, "second"
is `2nd`), so that two wordings of one value give the same words.
"""

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

from convsim.reading.lexicon import load

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_WIDE_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u200b-\u200d\u2060\u00ad\ufeff]|['\u2019](?=[^\\W_]))*")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\u00ad\ufeff]")
_WORDS = load("words")
_ONES: list[str] = _WORDS["ones"]
_TENS: list[str] = _WORDS["tens"]
_ORDINALS: list[str] = _WORDS["ordinals"]


def _ordinal(number: int) -> str:
    special = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number < 14 else special.get(number % 10, 'th')}"


_DIGITS = {word: str(number) for number, word in enumerate(_ONES)}
_DIGITS |= {word: str(20 + 10 * place) for place, word in enumerate(_TENS)}
_DIGITS |= {word: _ordinal(number) for number, word in enumerate(_ORDINALS, 1)}
_DIGITS |= _WORDS["others"]
_TEN_WORDS = frozenset(_TENS)
_UNITS = {word: number for number, word in enumerate(_ONES) if 0 < number < 10}
_UNITS |= {word: number for number, word in enumerate(_ORDINALS, 1) if number < 10}


class Tokens(NamedTuple):
    """The words of a text: `flat` is all of them with one space around each."""

    flat: str
    starts: tuple[int, ...]
    """Where each word begins in the text, in code points."""
    ends: tuple[int, ...]
    places: tuple[int, ...]
    """Where each word begins in `flat`."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points [start, end) of the text for characters [start, end) of `flat`."""
        first = bisect_right(self.places, start) - 1 if self.flat[start] != " " else bisect_right(self.places, start)
        last = bisect_right(self.places, end - 1) - 1
        return self.starts[first], self.ends[last]


def tokenise(text: str) -> Tokens:
    """Return the words of a text, normalised."""
    plain = text.isascii()
    matches = list((_WORD if plain else _WIDE_WORD).finditer(text.lower() if plain else text))
    words = [match.group() for match in matches] if plain else [_fold(match.group()) for match in matches]
    words = [word.removesuffix("'s") for word in words]
    if not _TEN_WORDS.isdisjoint(words):
        return _compounded(words, matches)
    starts, ends = [match.start() for match in matches], [match.end() for match in matches]
    return _joined([_DIGITS.get(word, word) for word in words], starts, ends)


def _compounded(found: list[str], matches: list[re.Match[str]]) -> Tokens:
    """Return the words, tens and ones next to each other made one number."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    pending = 0
    for word, match in zip(found, matches, strict=True):
        if pending and word in _UNITS and match.start() - ends[-1] == 1:
            total = pending + _UNITS[word]
            words[-1], ends[-1], pending = str(total) if word in _DIGITS_OF_ONES else _ordinal(total), match.end(), 0
            continue
        pending = int(_DIGITS[word]) if word in _TEN_WORDS else 0
        words.append(_DIGITS.get(word, word))
        starts.append(match.start())
        ends.append(match.end())
    return _joined(words, starts, ends)


_DIGITS_OF_ONES = frozenset(_ONES)


def flatten(text: str) -> str:
    """Return only the normalised words of a text, one space around each; empty when it has none."""
    flat = tokenise(text).flat
    return flat if flat.strip() else ""


def _joined(words: list[str], starts: list[int], ends: list[int]) -> Tokens:
    places, place = [], 1
    for word in words:
        places.append(place)
        place += len(word) + 1
    return Tokens(f" {' '.join(words)} ", tuple(starts), tuple(ends), tuple(places))


def _fold(word: str) -> str:
    bare = unicodedata.normalize("NFKD", _INVISIBLE.sub("", word)).casefold().replace("\u2019", "'")
    return "".join(char for char in bare if not unicodedata.combining(char))
