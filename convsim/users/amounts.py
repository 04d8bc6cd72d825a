"""Amounts of money in a text, in whatever form: "$5,000", "5k", "USD 5,000.00" and "five thousand dollars" are one."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from convsim.reading.lexicon import load

_SCALES = {"hundred": 100, "k": 1000, "thousand": 1000, "grand": 1000, "m": 10**6, "million": 10**6, "bn": 10**9,
           "billion": 10**9}  # fmt: skip
_WORDS: dict[str, int] = {word: number for number, word in enumerate(load("words")["ones"])}
_WORDS |= {word: 20 + 10 * place for place, word in enumerate(load("words")["tens"])}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_AMOUNT = re.compile(
    r"(?:(?P<sign>[$€£]|\b(?:usd|eur|gbp)\b)\s?)?"
    rf"(?:(?P<digits>(?<![\w.,])\d+(?:,\d{{3}})*(?:\.\d+)?)|(?P<words>\b(?:{_WORD})(?:[ -](?:{_WORD}|hundred|and)\b)*))"
    r"(?:(?P<letter>k|m|bn)\b|[ -]?(?P<scale>hundred|thousand|grand|million|billion)\b)?"
    r"(?:[ -]?(?P<currency>dollars?|euros?|pounds?|bucks|usd|eur|gbp)\b)?",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"[$€£]|\b(?:usd|eur|gbp|dollars?|euros?|pounds?|bucks)\b|\d(?:k|m|bn)\b|thousand|grand|million|billion",
    re.IGNORECASE,
)
"""Without any of these a text holds no amount."""


class Amount(NamedTuple):
    """An amount at code points [start, end); the currency is left out."""

    value: Decimal
    start: int
    end: int


def amounts(text: str) -> Iterator[Amount]:
    """Yield the amounts of money that a text names, in its order; bare numbers are none."""
    if not _HINT.search(text):
        return
    for found in _AMOUNT.finditer(text):
        scale = found["letter"] or found["scale"] or ""
        if found["sign"] or scale or found["currency"]:
            digits = found["digits"]
            number = Decimal(digits.replace(",", "")) if digits else Decimal(_spelled(found["words"]))
            yield Amount(number * _SCALES.get(scale.lower(), 1), *found.span())


def _spelled(words: str) -> int:
    """Return the number below a thousand that is written out: "two hundred and fifty" is 250."""
    number = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        number = number * 100 if word == "hundred" else number + _WORDS.get(word, 0)
    return number
