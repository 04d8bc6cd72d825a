"""A message in sentences, with the place of each in the text; list items, table rows and headings are sentences."""

import re
from dataclasses import dataclass
from functools import lru_cache

Span = tuple[int, int]

_BREAK = re.compile(
    r"""
    (?<=[.!?…])["'”’)\]*_`]*\s+(?=["'“‘(\[*_`#>-]*[^\sa-z])   # an end mark, then something that opens a sentence
  | (?<=[。！？])["'”’」）]*\s*                                 # the same without spaces
  | \s*\n\s*                                                   # a line of its own
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|Mr|Mrs|Ms|Dr|Inc|Ltd|Co|Corp|St|No|Nr|[NSW])|^\W*\d+)\.$")
_ZONED = re.compile(r"\b[ap]\.m\.\s+[A-Z]{2,4}\b")
"""A time with its zone: "6 p.m. CET"."""
_QUESTION = re.compile(r"[?？][\"'”’)\]*_`\s]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: code points [start, end) of the message."""

    text: str
    start: int
    end: int

    @property
    def is_question(self) -> bool:
        """Whether it ends with a question mark."""
        return _QUESTION.search(self.text) is not None


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a message in order, without the white space around them."""
    found = []
    start = 0
    for gap in _BREAK.finditer(text):
        if "\n" not in gap.group() and _is_abbreviation(text, start, gap):
            continue
        found += _sentence(text, (start, gap.end()))
        start = gap.end()
    return (*found, *_sentence(text, (start, len(text))))


def _is_abbreviation(text: str, start: int, gap: re.Match[str]) -> bool:
    zoned = _ZONED.match(text, max(start, gap.start() - len("p.m.")))
    return zoned is not None or _ABBREVIATION.search(text[start : gap.start()]) is not None


def _sentence(text: str, span: Span) -> list[Sentence]:
    piece = text[span[0] : span[1]]
    body = piece.strip()
    start = span[0] + len(piece) - len(piece.lstrip())
    return [Sentence(body, start, start + len(body))] if body else []
