"""Dates and windows in text, in digits and in words, as keys that compare equal when they mean the same time.

A key is `2023-04-01/2023-07-01` (half-open window), `2024-03-12` (day), `last 6 months`, or `14 days ago`.
It works on the normalised words of `tokens`: ordinals and number words are digits there already.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from convsim.reading.lexicon import load
from convsim.reading.tokens import tokenise

_MONTHS: list[str] = load("words")["months"]
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_SEASONS: dict[str, int] = load("words")["seasons"]
_SUFFIX = "(?:st|nd|rd|th)?"
_EVENT = re.compile(
    rf"(?<= )(?:"
    rf"(?P<iso_y>\d{{4}}) (?P<iso_m>\d\d?) (?P<iso_d>\d\d?)"
    rf"|(?P<us_m>\d\d?) (?P<us_d>\d\d?) (?P<us_y>\d{{4}})"
    rf"|(?P<dmy_d>\d\d?){_SUFFIX} (?:of )?(?P<dmy_m>{_MONTH})(?: (?:of )?(?P<dmy_y>\d{{4}}))?"
    rf"|(?P<mdy_m>{_MONTH}) (?:the )?(?P<mdy_d>\d\d?){_SUFFIX}(?: (?:of )?(?P<mdy_y>\d{{4}}))?"
    rf"|(?P<span_a>{_MONTH}) (?:to|through|thru|until|till|and) (?P<span_b>{_MONTH}) (?:of |in )?(?P<span_y>\d{{4}})"
    rf"|(?P<month_m>{_MONTH}) (?:of |in )?(?P<month_y>\d{{4}})"
    rf"|(?:q(?P<q1>[1-4])|quarter (?P<q2>[1-4])|(?P<q3>[1-4]){_SUFFIX} quarter) (?:of |in )?(?P<q_y>\d{{4}})"
    rf"|(?P<qy_y>\d{{4}}) q(?P<qy>[1-4])"
    rf"|(?P<season>spring|summer|autumn|fall|winter) (?:of |in )?(?P<season_y>\d{{4}})"
    rf"|(?:past|last|previous|preceding|prior|recent)(?: (?P<n>\d+|couple of))? (?P<unit>day|week|month|quarter|year)s?"
    rf"|(?P<ago>\d+|an?) (?P<ago_unit>day|week|fortnight|month|year)s? ago"
    rf")(?= )"
)
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NEAREST = 45


class Period(NamedTuple):
    """A stretch of time found in `flat`, characters [start, end)."""

    key: str
    start: int
    end: int


def periods(flat: str) -> list[Period]:
    """Return all days, windows and relative windows in normalised words; two days in a row also give their range."""
    found: list[Period] = []
    days: list[tuple[date | tuple[int, int], int, int]] = []
    for match in _EVENT.finditer(flat):
        day = _day(match)
        if day is not None:
            days.append((day, match.start(), match.end()))
        key = f"{day}" if isinstance(day, date) else "" if day else _key(match)
        if key:
            found.append(Period(key, match.start(), match.end()))
    found.extend(_ranges(days))
    return found


def keys_of(text: str) -> frozenset[str]:
    """Return the keys of all stretches of time in a text."""
    return frozenset(period.key for period in periods(tokenise(text).flat))


def wording(window: str) -> str:
    """Return a window in words: "June 2023", "Q2 2023", or "1 April 2023 to 14 May 2023".

    Raises ValueError when it is no half-open window `YYYY-MM-DD/YYYY-MM-DD`.
    """
    first, after = (date.fromisoformat(part) for part in window.split("/"))
    if window == _months(first.year, first.month, 1):
        return f"{first:%B %Y}"
    if first.month % 3 == 1 and window == _months(first.year, first.month, 3):
        return f"Q{(first.month + 2) // 3} {first.year}"
    last = after - timedelta(days=1)
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def _day(match: re.Match[str]) -> date | tuple[int, int] | None:
    """Return the day of a match, (month, day) when the year is left out, None when it is no day."""
    part = match.group
    for style in ("iso", "us"):
        if part(f"{style}_y"):
            month, day = int(part(f"{style}_m")), int(part(f"{style}_d"))
            if month > 12 and style == "us":
                month, day = day, month
            return _date(int(part(f"{style}_y")), month, day)
    for style in ("dmy", "mdy"):
        if part(f"{style}_m"):
            month, day = _number(part(f"{style}_m")), int(part(f"{style}_d"))
            year = part(f"{style}_y")
            return _date(int(year), month, day) if year else (month, day)
    return None


def _key(match: re.Match[str]) -> str:
    part = match.groupdict()
    if part["span_a"]:
        first, last = _number(part["span_a"]), _number(part["span_b"])
        return _months(int(part["span_y"]), first, last - first + 1) if last >= first else ""
    if part["month_m"]:
        return _months(int(part["month_y"]), _number(part["month_m"]), 1)
    if quarter := part["q1"] or part["q2"] or part["q3"] or part["qy"]:
        return _months(int(part["q_y"] or part["qy_y"]), 3 * int(quarter) - 2, 3)
    if part["season"]:
        return _months(int(part["season_y"]), _SEASONS[part["season"]], 3)
    if part["unit"]:
        count = {"": 1, "couple of": 2}.get(part["n"] or "") or int(part["n"])
        return f"last {_length(count, part['unit'])}"
    if part["ago"]:
        count = 1 if part["ago"] in ("a", "an") else int(part["ago"])
        return f"{_length(count, part['ago_unit'])} ago"
    return ""


def _length(count: int, unit: str) -> str:
    if unit in _DAYS:
        return f"{count * _DAYS[unit]} days"
    return f"{count * _IN_MONTHS[unit]} months"


def _ranges(days: list[tuple[date | tuple[int, int], int, int]]) -> Iterator[Period]:
    """Yield the ranges between neighbouring days, the last day read as inclusive and as exclusive."""
    for (first, start, end), (last, next_start, stop) in pairwise(days):
        if next_start - end > _NEAREST or not isinstance(last, date):
            continue
        begin = first if isinstance(first, date) else _date(last.year, *first)
        if begin is not None and begin <= last:
            yield Period(f"{begin}/{last + timedelta(days=1)}", start, stop)
            yield Period(f"{begin}/{last}", start, stop)


def _months(year: int, month: int, count: int) -> str:
    after = year * 12 + month - 1 + count
    return f"{year:04}-{month:02}-01/{after // 12:04}-{after % 12 + 1:02}-01"


def _number(month: str) -> int:
    return _MONTHS.index(month[:3]) + 1


def _date(year: int, month: int, day: int) -> date | None:
    if 1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
        return date(year, month, day)
    return None
