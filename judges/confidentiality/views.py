"""Other ways to read the same text, each with the way back: position in the view -> place in the text.

In the compact view only folded letters and digits are left, so that case, spacing, punctuation, accents, full-width
characters and look-alike letters make no difference to a search.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from judges.confidentiality.numerals import DIGIT_WORDS, RUN, TENS, runs

_DOTTED = re.compile(r"[a-z0-9]\.[a-z]")
_MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Za-z]\d|\d[A-Za-z]")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_NEVER_FIRST = frozenset("ghijklmnopqrstuv")
"""No base64 of a text begins with these: its first byte would be one that in UTF-8 only continues a character."""
_HEXADECIMAL = re.compile(r"[0-9a-fA-F](?<!\w.)[0-9a-fA-F](?:(?:[0-9a-fA-F]{2}){5,}|(?:[ :][0-9a-fA-F]{2}){5,})(?!\w)")
_SPOKEN_SIGNS = frozenset({"at", "dot", "period", "point", "underscore", "dash", "hyphen", "plus"})
_NUMBER_WORDS = frozenset((*DIGIT_WORDS, *TENS, "double", "triple"))
_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕԁɡοαρνβεικτυ", "abekmhopctyxijsdgoapvbeiktu")


Piece = tuple[str, int, int]
"""A part of a view, and the code points [start, end) of the text that it stands for."""


class View:
    """A reading of a text; where its characters stand in the text is worked out when first asked for."""

    __slots__ = ("_ends", "_pieces", "_starts", "text")

    def __init__(self, text: str, pieces: Callable[[], Iterable[Piece]]) -> None:
        self.text = text
        self._pieces = pieces
        self._starts: list[int] = []
        self._ends: list[int] = []

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the place in the text of the view's characters first..last, last included."""
        if not self._starts:
            self._place()
        return self._starts[first], self._ends[last]

    def _place(self) -> None:
        """Inside a piece of another length than its place, every character stands for the whole place."""
        for piece, start, end in self._pieces():
            literal = len(piece) == end - start
            self._starts += range(start, end) if literal else [start] * len(piece)
            self._ends += range(start + 1, end + 1) if literal else [end] * len(piece)


def compact(text: str) -> View:
    """Return the folded letters and digits of a text."""
    if not text.isascii():
        pieces = [(fold(character), place, place + 1) for place, character in enumerate(text)]
        return _of_pieces(pieces)
    return View("".join(runs(text)), lambda: ((m.group(), *m.span()) for m in RUN.finditer(text.lower())))


def fold(text: str) -> str:
    """Return letters and digits only: compatibility forms decomposed (Unicode NFKD), marks and case taken away."""
    if text.isascii():
        return "".join(RUN.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LOOK_ALIKES)
    return "".join(each for each in decomposed if each.isalnum())


def without_spoken_signs(text: str) -> View | None:
    """Return the compact view of "dana dot smith at example dot com"; None when no address can be spoken here."""
    lowered = text.lower()
    if "dot" not in lowered and not ("at" in lowered and _DOTTED.search(lowered)):
        return None
    return View(
        "".join(word for word in runs(text) if word not in _SPOKEN_SIGNS),
        lambda: ((m.group(), *m.span()) for m in RUN.finditer(lowered) if m.group() not in _SPOKEN_SIGNS),
    )


def in_digits(text: str) -> View | None:
    """Return the compact view with number words as digits ("five oh double three" -> 5033).

    None with less than three number words: fewer tell no identifier.
    """
    words = runs(text)
    if _NUMBER_WORDS.isdisjoint(words) or sum(word in _NUMBER_WORDS for word in words) < 3:
        return None
    return _of_pieces(list(_digit_pieces([(word.group(), *word.span()) for word in RUN.finditer(text.lower())])))


def _digit_pieces(words: Sequence[Piece]) -> Iterator[Piece]:
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


def _of_pieces(pieces: Sequence[Piece]) -> View:
    return View("".join(piece for piece, _, _ in pieces), lambda: pieces)


def decoded(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield (form, decoded text, start, end) of what looks like base64 or hexadecimal and decodes to plain text."""
    if not _MIXED.search(text):
        return
    for match in _ENCODED.finditer(text):
        if plain := _base64(match.group()):
            yield "base64", plain, match.start(), match.end()
    for match in _HEXADECIMAL.finditer(text):
        digits = re.sub(r"[ :]", "", match.group())
        if plain := _printable(bytes.fromhex(digits)):
            yield "hex", plain, match.start(), match.end()


def _base64(token: str) -> str:
    if token[0] in _NEVER_FIRST or token.isdigit() or (token.isalpha() and (token.islower() or token.istitle())):
        return ""
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
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
