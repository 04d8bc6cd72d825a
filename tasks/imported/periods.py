"""Windows and days ago as published queries word them, with the dates that they stand for."""

import re
from datetime import date, timedelta
from typing import NamedTuple, cast

from tasks.calendar import MONTHS, Season, Span, Window, earlier, month, past, quarter, season, whole_year
from tasks.numerals import ORDINALS, in_words

_NUMBERS = {in_words(n): n for n in range(100)} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}
_NUMBER = r"\d+|" + "|".join(sorted((re.escape(word) for word in _NUMBERS), key=len, reverse=True))
_LEAD = r"(?:(?:in|over|during|within|for|from|across|throughout|of)\s+)?"
_RELATIVE = re.compile(
    rf"\b{_LEAD}(?P<form>(?:the\s+)?(?:past|last|previous|preceding)\s+(?:(?P<n>{_NUMBER})\s+)?"
    r"(?P<span>day|week|fortnight|month|quarter|year)s?)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"\b{_LEAD}(?P<form>(?:the\s+)?(?:"
    rf"(?:Q(?P<q>[1-4])|(?P<nth>{'|'.join(ORDINALS)})\s+quarter)(?:\s+of|,)?\s+(?P<qy>\d{{4}})"
    r"|(?:the\s+)?(?P<season>spring|summer|autumn|fall|winter)(?:\s+of|,)?\s+(?P<sy>\d{4})"
    rf"|(?:month\s+of\s+)?(?P<month>{'|'.join(MONTHS)})(?:\s+of|,)?\s+(?P<my>\d{{4}})"
    r"|(?:year\s+)?(?P<year>(?:19|20)\d\d)))\b",
    re.IGNORECASE,
)
_AGO = re.compile(
    rf"\b(?P<form>(?:exactly\s+)?(?:(?P<n>{_NUMBER})\s+)(?P<span>day|week|fortnight|month|year)s?\s+ago"
    r"|last\s+(?P<last>week|month|year)|(?P<yesterday>yesterday))\b",
    re.IGNORECASE,
)
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}


class Period(NamedTuple):
    """A window in a query."""

    start: int
    end: int
    form: str
    """A noun phrase."""
    window: Window
    relative: bool


class Ago(NamedTuple):
    """A day in a query, told by how long ago it was."""

    start: int
    end: int
    form: str
    day: date


def period(query: str, today: date) -> Period | None:
    """Return the first window that the query names; one that is relative ends at today."""
    if named := _NAMED.search(query):
        return Period(*named.span(), named["form"], _named(named), relative=False)
    if found := _RELATIVE.search(query):
        count, span = _count(found["n"]), found["span"].lower()
        form = found["form"] if found["form"].lower().startswith("the ") else f"the {found['form']}"
        return Period(*found.span(), form, _past(today, count, span), relative=True)
    return None


def ago(query: str, today: date) -> Ago | None:
    """Return the first day that the query names as so long ago; a month counts 30 days, as published."""
    found = _AGO.search(query)
    if found is None:
        return None
    span = "day" if found["yesterday"] else (found["last"] or found["span"]).lower()
    days = _count(found["n"]) * _DAYS[span]
    return Ago(*found.span(), found["form"], today - timedelta(days=days))


def _count(number: str | None) -> int:
    if not number:
        return 1
    return int(number) if number.isdigit() else _NUMBERS[" ".join(number.lower().split())]


def _past(today: date, count: int, span: str) -> Window:
    if span == "fortnight":
        return Window(earlier(today, 2 * count, "week"), today, ())
    return past(today, 12 * count, "month") if span == "year" else past(today, count, cast("Span", span))


def _named(found: re.Match[str]) -> Window:
    if found["qy"]:
        number = int(found["q"]) if found["q"] else ORDINALS.index(found["nth"].lower()) + 1
        return quarter(int(found["qy"]), number)
    if found["season"]:
        name = found["season"].lower()
        return season(int(found["sy"]), cast("Season", "autumn" if name == "fall" else name))
    if found["month"]:
        return month(int(found["my"]), MONTHS.index(found["month"].capitalize()) + 1)
    return whole_year(int(found["year"]))
