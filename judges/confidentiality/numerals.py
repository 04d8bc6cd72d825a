"""Numbers and dates in text, in digits or in words, with their places."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, NamedTuple

from convsim.reading.lexicon import load

NumberUnit = Literal["", "money", "percent"]

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
DIGIT_WORDS = {word: str(number) for number, word in enumerate(_ONES)} | {"oh": "0", "nought": "0", "nil": "0"}
TENS = {word: str(10 * (2 + index)) for index, word in enumerate(
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"))}  # fmt: skip
_SMALL = {word: int(number) for word, number in {**DIGIT_WORDS, **TENS}.items() if word not in {"oh", "nil", "nought"}}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_LETTERS = {"k": 1000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000}
_MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip

_NUMBER = re.compile(
    r"(?P<digits>\d(?<![\w.,/-]\d)(?<!\d:\d)(?:\d{0,2}(?:[. ]\d{3})+,\d\d(?!\d)|\d{0,2}(?:[, ’']\d{3})+(?:\.\d+)?"
    r"|\d*(?:\.\d+)?))"
    r"(?:\s?(?P<scale>k|mn|m|bn|thousand|million|billion|grand|hundred)\b)?"
    r"(?:\s?(?P<after>%|percent\b|per ?cent\b|dollars?\b|USD\b|EUR\b|euros?\b|GBP\b|pounds?\b|[€£¥]))?"
    r"(?![\w/]|[.,:-]\d)",
    re.IGNORECASE,
)
"""A digit stands first: the search for an expression that begins with one is several times faster."""
_SIGN = re.compile(r"(?:[$€£¥]|\b(?:USD|EUR|GBP|US\$)\s?)\s?$", re.IGNORECASE)
_SIGN_ENDS = frozenset("$€£¥DdRrPp \t\n\xa0\u202f")
_SIGN_LENGTH = 5
_IN_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join((*_SMALL, *_SCALES))}|and|a)\b[\s-]?)+"
    r"(?P<after>percent\b|per ?cent\b|dollars?\b|euros?\b|pounds?\b)?",
    re.IGNORECASE,
)
_SEPARATORS = str.maketrans("", "", ", ’'")
_DIGIT = re.compile(r"\d")
RUN = re.compile(r"[a-z0-9]+")
_LETTERS_RUN = re.compile(r"[a-z]+", re.IGNORECASE)
_ANY_WORD = frozenset((*_SMALL, *_SCALES))
_OPENING_WORDS = _ANY_WORD | {"and", "a"}
_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "september" else "sept?(?:ember)?" for name in _MONTH_NAMES)
_FIRST_ORDINALS: list[str] = load("words")["ordinals"]
_ORDINALS = {word: number for number, word in enumerate(_FIRST_ORDINALS, 1)} | {"twentieth": 20, "thirtieth": 30}
_ORDINALS |= {f"{tens}-{word}": start + number for tens, start in (("twenty", 20), ("thirty", 30))
              for number, word in enumerate(_FIRST_ORDINALS[:9], 1)}  # fmt: skip
_IN_ORDINALS = "|".join(word.replace("-", r"[\s-]") for word in sorted(_ORDINALS, key=lambda word: -len(word)))
_DATE = re.compile(
    rf"\b(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)(?!\d)"
    rf"|(?<![\d.-])(?P<y5>(?:19|20)\d\d)(?P<m5>[01]\d)(?P<d5>[0-3]\d)(?![\d.-]\d|\d)"
    rf"|\b(?P<a>\d\d?)[-/.](?P<b>\d\d?)[-/.](?P<y2>(?:19|20)?\d\d)\b"
    rf"|\b(?P<m3>{_MONTHS})\.?\s+(?:the\s+)?(?P<d3>\d\d?|{_IN_ORDINALS})(?:st|nd|rd|th)?,?\s+(?P<y3>(?:19|20)\d\d)\b"
    rf"|\b(?P<d4>\d\d?|{_IN_ORDINALS})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<m4>{_MONTHS})\.?,?\s+(?P<y4>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)

_BEFORE_DAY = re.compile(rf"\b(?:{_MONTHS})\.?\s+(?:the\s+)?$", re.IGNORECASE)
_AFTER_DAY = re.compile(rf"(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?:{_MONTHS})\b", re.IGNORECASE)
_DATED = re.compile(r"(?:19|20)\d\d|\d[-/.]\d\d?[-/.]\d")
"""What every date holds: without it the dear search has nothing to find."""
_DIGITS = re.compile(r"\d+")


class Number(NamedTuple):
    """A number that a text tells."""

    value: Decimal
    unit: NumberUnit
    start: int
    end: int
    words: bool
    """Whether it is written in words."""


def tells_numbers(text: str) -> bool:
    """Tell whether a text holds any digit or number word."""
    return _DIGIT.search(text) is not None or _tells_number_words(text)


@lru_cache(maxsize=64)
def runs(text: str) -> tuple[str, ...]:
    """Return the runs of the letters a-z and digits of a text, in lower case."""
    return tuple(RUN.findall(text.lower()))


def _tells_number_words(text: str) -> bool:
    return not _ANY_WORD.isdisjoint(runs(text))


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text: digits with separators, currency, scale (1.2k), and number words."""
    passed = 0
    for match in _NUMBER.finditer(text):
        start = _with_sign(text, passed, match.start())
        passed = match.end()
        try:
            value = _decimal(match["digits"]) * _scale(match["scale"])
        except InvalidOperation:
            continue
        yield Number(value, _unit(start < match.start(), match["after"]), start, passed, words=False)
    if _tells_number_words(text):
        yield from _in_words(text)


def _with_sign(text: str, passed: int, start: int) -> int:
    """Return where a number with the currency before it begins."""
    if start == 0 or text[start - 1] not in _SIGN_ENDS:
        return start
    sign = _SIGN.search(text, max(passed, start - _SIGN_LENGTH), start)
    return sign.start() if sign else start


def _decimal(digits: str) -> Decimal:
    """Return the number; the comma before two last digits of grouped ones is a decimal comma ("12.450,00")."""
    if len(digits) > 6 and digits[-3] == ",":
        digits = digits.replace(".", "").replace(",", ".")
    return Decimal(digits.translate(_SEPARATORS))


def _in_words(text: str) -> Iterator[Number]:
    for match in _said_in_words(text):
        tokens = [token for token in _LETTERS_RUN.finditer(match.group()) if token.start() < _after(match)]
        for run in _runs(tokens):
            words = [token.group().lower() for token in run]
            if words[0] != "and" and any(word in _SMALL or word in _SCALES for word in words):
                last = run[-1].end() == (tokens[-1].end() if tokens else 0)
                end = len(match.group().rstrip(" -")) if last else run[-1].end()
                start = match.start() + run[0].start()
                yield Number(
                    Decimal(_counted(words)), _unit(False, match["after"]), start, match.start() + end, words=True
                )


def _said_in_words(text: str) -> Iterator[re.Match[str]]:
    """Yield what `finditer` would, tried only at words that can open a number."""
    passed = 0
    for word in _LETTERS_RUN.finditer(text):
        opens = word.start() >= passed and word.group().lower() in _OPENING_WORDS
        if opens and (match := _IN_WORDS.match(text, word.start())):
            passed = match.end()
            yield match


def _after(match: re.Match[str]) -> int:
    """Return where the unit begins in the match, or its length."""
    return match.start("after") - match.start() if match["after"] else len(match.group())


def _runs(tokens: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Yield the tokens of each number: an `and` joins only what a scale before it leaves room for.

    "five hundred and six" is one number; "five and six hundred", "five hundred and six hundred" are two.
    """
    begin = 0
    for place, token in enumerate(tokens):
        if token.group().lower() != "and" or place == begin:
            continue
        room = _SCALES.get(tokens[place - 1].group().lower(), 1)
        rest = [each.group().lower() for each in tokens[place + 1 :]]
        stop = rest.index("and") if "and" in rest else len(rest)
        if _counted(rest[:stop]) >= room:
            yield tokens[begin:place]
            begin = place + 1
    if begin < len(tokens):
        yield tokens[begin:]


def _counted(words: list[str]) -> int:
    total = part = 0
    for word in words:
        if word in _SMALL:
            part += _SMALL[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            total, part = total + max(part, 1) * _SCALES[word], 0
    return total + part


def _scale(word: str | None) -> int:
    key = (word or "").lower()
    return _SCALES.get(key) or _LETTERS.get(key) or 1


def _unit(sign: bool, after: str | None) -> NumberUnit:
    if sign or (after and not after.lower().startswith(("%", "per"))):
        return "money"
    return "percent" if after else ""


def years(text: str) -> set[str]:
    """Return the years that a text may tell, in four digits; a date's year stands where a run of digits begins."""
    told = set(_DIGITS.findall(text))
    return {run[:4] if len(run) >= 4 else f"20{run}" for run in told if len(run) != 3}


def dates(text: str) -> Iterator[tuple[date, int, int]]:
    """Yield the dates of a text with their places; one that can be read in two ways is yielded in both."""
    for match in _DATE.finditer(text) if _DATED.search(text) else ():
        for year, month, number in _readings(match):
            try:
                yield date(year, month, number), match.start(), match.end()
            except ValueError:
                continue


def is_day_of_month(text: str, start: int, end: int) -> bool:
    """Tell whether the number at a place stands beside the name of a month: "March 7", "the 7th of March"."""
    before = _BEFORE_DAY.search(text, max(start - 20, 0), start)
    return before is not None or _AFTER_DAY.match(text, end) is not None


def _day(said: str) -> int:
    """Return the day that digits or an ordinal word say."""
    return int(said) if said.isdigit() else _ORDINALS[re.sub(r"\s", "-", said.lower())]


def _readings(match: re.Match[str]) -> Iterator[tuple[int, int, int]]:
    if match["y"]:
        yield int(match["y"]), int(match["m"]), int(match["d"])
    elif match["y5"]:
        yield int(match["y5"]), int(match["m5"]), int(match["d5"])
    elif match["y2"]:
        year, first, second = int(match["y2"]), int(match["a"]), int(match["b"])
        year += 0 if year > 99 else 2000
        yield year, first, second
        if first != second:
            yield year, second, first
    else:
        name, number, of_year = match["m3"] or match["m4"], match["d3"] or match["d4"], match["y3"] or match["y4"]
        month = next(index for index, full in enumerate(_MONTH_NAMES, 1) if full.startswith(name[:3].lower()))
        yield int(of_year), month, _day(number)
