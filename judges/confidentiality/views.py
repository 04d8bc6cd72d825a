"""Other ways to read the same text, each with the way back: position in the view -> place in the text.

In the compact view only folded letters and digits are left, so that case, spacing, punctuation, accents, full-width
characters and look-alike letters make no difference to a search.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from judges.confidentiality.numerals import DIGIT_WORDS, TENS

_RUN = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[A-Za-z0-9]+")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEXADECIMAL = re.compile(r"(?<!\w)(?:(?:[0-9a-fA-F]{2}){6,}|(?:[0-9a-fA-F]{2}[ :]){5,}[0-9a-fA-F]{2})(?!\w)")
_SPOKEN_SIGNS = frozenset({"at", "dot", "period", "point", "underscore", "dash", "hyphen", "plus"})
_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕԁɡοαρνβεικτυ", "abekmhopctyxijsdgoapvbeiktu")


class View(NamedTuple):
    """A reading of a text; character i of it stands for code points [starts[i], ends[i]) of the text."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the place in the text of the view's characters first..last, last included."""
        return self.starts[first], self.ends[last]


def compact(text: str) -> View:
    """Return the folded letters and digits of a text."""
    if not text.isascii():
        return _compact_unicode(text)
    lowered = text.lower()
    starts: list[int] = []
    pieces = []
    for run in _RUN.finditer(lowered):
        pieces.append(run.group())
        starts.extend(range(run.start(), run.end()))
    return View("".join(pieces), starts, [start + 1 for start in starts])


def _compact_unicode(text: str) -> View:
    characters: list[str] = []
    starts: list[int] = []
    for place, character in enumerate(text):
        folded = fold(character)
        characters += folded
        starts += [place] * len(folded)
    return View("".join(characters), starts, [start + 1 for start in starts])


def fold(text: str) -> str:
    """Return letters and digits only: compatibility forms decomposed (Unicode NFKD), marks and case taken away."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LOOK_ALIKES)
    return "".join(each for each in decomposed if each.isalnum())


def without_spoken_signs(text: str) -> View | None:
    """Return the compact view of "dana dot smith at example dot com"; None when no sign is spoken."""
    words = list(_WORD.finditer(text))
    kept = [word for word in words if word.group().lower() not in _SPOKEN_SIGNS]
    if len(kept) == len(words):
        return None
    return _of_pieces((word.group().lower(), word.start(), word.end()) for word in kept)


def in_digits(text: str) -> View | None:
    """Return the compact view with number words as digits ("five oh double three" -> 5033); None without any."""
    words = [(word.group().lower(), word.start(), word.end()) for word in _WORD.finditer(text)]
    if not any(word in DIGIT_WORDS or word in TENS for word, _, _ in words):
        return None
    return _of_pieces(_digit_pieces(words))


def _digit_pieces(words: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    times, opened = 1, None
    for index, (word, start, end) in enumerate(words):
        if word in {"double", "triple"}:
            times, opened = (2 if word == "double" else 3), start
            continue
        following = words[index + 1][0] if index + 1 < len(words) else ""
        tens_of = TENS.get(word)
        if tens_of is not None and DIGIT_WORDS.get(following, "0") != "0":
            said = tens_of[0]
        else:
            said = tens_of or DIGIT_WORDS.get(word, word)
        yield said * times, start if opened is None else opened, end
        times, opened = 1, None


def _of_pieces(pieces: Iterator[tuple[str, int, int]]) -> View:
    """Join pieces; inside a piece of another length than its place, every character stands for the whole place."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in pieces:
        text.append(piece)
        literal = len(piece) == end - start
        starts += range(start, end) if literal else [start] * len(piece)
        ends += range(start + 1, end + 1) if literal else [end] * len(piece)
    return View("".join(text), starts, ends)


def decoded(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield (form, decoded text, start, end) of what looks like base64 or hexadecimal and decodes to plain text."""
    for match in _ENCODED.finditer(text):
        if plain := _base64(match.group()):
            yield "base64", plain, match.start(), match.end()
    for match in _HEXADECIMAL.finditer(text):
        digits = re.sub(r"[ :]", "", match.group())
        if plain := _printable(bytes.fromhex(digits)):
            yield "hex", plain, match.start(), match.end()


def _base64(token: str) -> str:
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    if body.isalpha() and (body.islower() or body.istitle()):
        return ""
    try:
        return _printable(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _printable(raw: bytes) -> str:
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return plain if plain.isprintable() else ""
