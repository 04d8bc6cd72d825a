"""Windows of time: half-open spans of days with the many ways in which people name them.

A window is `[start 00:00Z, end 00:00Z)`. Relative ones end at today; a quarter is three calendar months; months that
are too short clip (31 May minus three months is 28 or 29 February); winter Y runs from December Y to the end of
February Y+1. Every form is a noun phrase that fits after "I mean" and tells the window by itself, given today and the
calendar's definitions (`policies/periods.txt`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, get_args

from dateutil.relativedelta import relativedelta

from convsim.draws import chance, choice
from tasks.numerals import ORDINALS, counted, in_words

Span = Literal["day", "week", "month", "quarter"]
SPANS: tuple[Span, ...] = get_args(Span)
Season = Literal["winter", "spring", "summer", "autumn"]
SEASONS: tuple[Season, ...] = get_args(Season)

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ORIGIN = date(1970, 1, 1)
"""Start of windows that have only an end: before all records."""
_FIRST_MONTH: dict[Season, int] = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of days with its wordings."""

    start: date
    end: date
    forms: tuple[str, ...]

    @property
    def value(self) -> str:
        """The canonical value: `YYYY-MM-DD/YYYY-MM-DD`, half-open."""
        return f"{self.start}/{self.end}"


def bounds(value: str) -> tuple[date, date]:
    """Return first day and day after the last of a canonical value; raises ValueError when it is none."""
    start, _, end = value.partition("/")
    return date.fromisoformat(start), date.fromisoformat(end)


def earlier(day: date, count: int, span: Span) -> date:
    """Return the day that lies `count` spans before; months clip at their end."""
    if span in {"day", "week"}:
        return day - timedelta(days=count * (7 if span == "week" else 1))
    return day - relativedelta(months=count * (3 if span == "quarter" else 1))


def past(today: date, count: int, span: Span) -> Window:
    """Return `[today - count spans, today)`: "the past three months"."""
    amounts: list[str] = [counted(count, span, words=words) for words in (True, False)] if count > 1 else [span]
    if span == "month" and count == 12:
        amounts.append("year")
    forms = [f"the {word} {amount}" for amount in amounts for word in ("past", "last", "previous")]
    if count == 1:
        # "the last month" and "the previous month" may be taken for the calendar month.
        forms = [f"the past {amount}" for amount in amounts] + [f"the {span} up to today"]
    return Window(earlier(today, count, span), today, (*forms, f"the {amounts[0]} leading up to today"))


def month(year: int, number: int) -> Window:
    """Return a named month: "May 2023"."""
    name = MONTHS[number - 1]
    start = date(year, number, 1)
    forms = (f"{name} {year}", f"the month of {name} {year}", f"{name} of {year}", f"all of {name} {year}")
    return Window(start, start + relativedelta(months=1), forms)


def quarter(year: int, number: int) -> Window:
    """Return a calendar quarter: "Q2 2023", "the second quarter of 2023", "April to June 2023"."""
    start = date(year, 3 * number - 2, 1)
    ordinal = ORDINALS[number - 1]
    forms = (f"Q{number} {year}", f"the {ordinal} quarter of {year}", f"Q{number} of {year}", f"{year} Q{number}")
    months = _months(start, 3)
    return Window(start, start + relativedelta(months=3), (*forms, f"the {ordinal} quarter {year}", *months))


def season(year: int, name: Season) -> Window:
    """Return a season; that of `winter` ends in the next year: "winter 2023/24", "December 2023 to February 2024"."""
    start = date(year, _FIRST_MONTH[name], 1)
    names = ("autumn", "fall") if name == "autumn" else (name,)
    forms = [form for each in names for form in (f"{each} {year}", f"the {each} of {year}")]
    if name == "winter":
        after = (year + 1) % 100
        forms += [f"winter {year}/{after:02}", f"the winter of {year}/{after:02}"]
    return Window(start, start + relativedelta(months=3), (*forms, *_months(start, 3)))


def half(year: int, number: int) -> Window:
    """Return half a calendar year: "the first half of 2023", "H1 2023"."""
    start = date(year, 6 * number - 5, 1)
    forms = (f"the {ORDINALS[number - 1]} half of {year}", f"H{number} {year}", *_months(start, 6))
    return Window(start, start + relativedelta(months=6), forms)


def months(year: int, number: int, count: int) -> Window:
    """Return `count` whole months from a month on: "February to May 2023"."""
    start = date(year, number, 1)
    return Window(start, start + relativedelta(months=count), _months(start, count))


def whole_year(year: int) -> Window:
    """Return a calendar year: "the year 2023"."""
    forms = (f"the year {year}", f"the whole of {year}", f"all of {year}", f"calendar year {year}")
    return Window(date(year, 1, 1), date(year + 1, 1, 1), (*forms, *_months(date(year, 1, 1), 12)))


def since(start: date, today: date) -> Window:
    """Return `[start, today)`: "the time since March 3, 2024"; from the first of a month also "since early March"."""
    forms = [f"the time since {_day(start)}", f"the time since {_day(start, day_first=True)}"]
    forms += [f"the whole time since {_day(start)}", f"the days from {_day(start)} up to today"]
    if start.day == 1:
        name = f"{MONTHS[start.month - 1]} {start.year}"
        forms += [f"the time since early {name}", f"the time since the beginning of {name}"]
        forms += [f"the time since the start of {name}"]
    return Window(start, today, tuple(forms))


def between(first: date, last: date) -> Window:
    """Return the days from the first to the last, both included: "March 3 to April 18, 2023"."""
    forms = (
        f"{_day(first, year=first.year != last.year)} to {_day(last)}",
        f"{_day(first)} to {_day(last)}",
        f"{_day(first, day_first=True, year=first.year != last.year)} to {_day(last, day_first=True)}",
        f"the days from {_day(first)} through {_day(last)}",
    )
    return Window(first, last + timedelta(days=1), tuple(dict.fromkeys(forms)))


QUOTES = "the accepted quotes"
"""What a cut-off is about: without it a date alone in an opening would be a riddle."""


def up_to(last: date) -> Window:
    """Return all accepted quotes up to the end of a day: "the accepted quotes up to and including March 31, 2024"."""
    after = last + timedelta(days=1)
    forms = [f"{QUOTES} up to and including {_day(last)}", f"{QUOTES} as of the end of {_day(last)}"]
    forms += [f"{QUOTES} from before {_day(after)}", f"{QUOTES} before {_day(after, day_first=True)}"]
    if after.day == 1:
        name = f"{MONTHS[last.month - 1]} {last.year}"
        forms += [f"{QUOTES} up to the end of {name}", f"{QUOTES} as of the end of {name}"]
    return Window(ORIGIN, after, tuple(forms))


_SPREAD = ("the past", "the last", "the previous", "the whole", "the days", "all of")
"""How forms begin that take "over"."""


def during(form: str) -> str:
    """Return a form as an adverbial: "in Q2 2023", "over the past three months", "from April to June 2023"."""
    if form.endswith("up to today") or form.startswith(_SPREAD):
        return f"over {form}"
    ranged = (" to " in form or " through " in form) and not form.startswith("the ")
    return f"{'from' if ranged else 'in'} {form}"


def _day(day: date, *, day_first: bool = False, year: bool = True) -> str:
    name = MONTHS[day.month - 1]
    if day_first:
        return f"{day.day} {name}" + (f" {day.year}" if year else "")
    return f"{name} {day.day}" + (f", {day.year}" if year else "")


def _months(start: date, count: int) -> tuple[str, ...]:
    end = start + relativedelta(months=count - 1)
    first, last = MONTHS[start.month - 1], MONTHS[end.month - 1]
    whole = f"{first} {start.year} to {last} {end.year}"
    if start.year != end.year:
        return (whole, f"the {in_words(count)} months from {first} {start.year} to {last} {end.year}")
    return (f"{first} to {last} {end.year}", f"{first} through {last} {end.year}", whole)


def draw(today: date, earliest: date, *key: object) -> Window | None:
    """Return a window between two days, of a kind and place drawn by the key; None when that kind finds no place."""
    kind = choice(_KINDS, *key, "kind")
    if kind == "past":
        span = choice(SPANS, *key, "span")
        found = past(today, choice(_COUNTS[span], *key, "count"), span)
        return found if found.start >= earliest else None
    if kind in {"since", "between"}:
        return _free(kind, today, earliest, key)
    named = _named(kind, earliest.year, today.year)
    options = [each for each in named if earliest <= each.start and each.end <= today]
    return choice(options, *key, "place") if options else None


def brief(today: date, earliest: date, *key: object) -> Window:
    """Return a window of one to three weeks between two days: before today, or anywhere in the past."""
    if chance(0.4, *key, "past"):
        count, span = choice(_BRIEF, *key, "span")
        return past(today, count, span)
    length = choice(range(7, 22), *key, "length")
    start = earliest + timedelta(days=choice(range((today - earliest).days - length), *key, "start"))
    return between(start, start + timedelta(days=length - 1))


_KINDS = (
    *("past",) * 6,
    *("month", "month", "quarter", "quarter", "quarter", "season", "season", "season"),
    *("half", "months", "months", "year", "since", "since", "between"),
)
_BRIEF: tuple[tuple[int, Span], ...] = (
    *((7, "day"), (8, "day"), (10, "day"), (12, "day"), (14, "day"), (20, "day")),
    *((1, "week"), (2, "week"), (3, "week")),
)
_COUNTS: dict[str, Sequence[int]] = {
    "day": (10, 14, 20, 30, 45, 60, 90),
    "week": range(2, 13),
    "month": range(1, 19),
    "quarter": range(1, 7),
}


@lru_cache(maxsize=256)
def _named(kind: str, earliest: int, latest: int) -> tuple[Window, ...]:
    """Return the windows of a kind in these years; made once, since thousands of candidates are drawn for an org."""
    years = range(earliest - 1, latest + 1)
    if kind == "month":
        return tuple(month(year, number) for year in years for number in range(1, 13))
    if kind == "quarter":
        return tuple(quarter(year, number) for year in years for number in range(1, 5))
    if kind == "season":
        return tuple(season(year, name) for year in years for name in SEASONS)
    if kind == "half":
        return tuple(half(year, number) for year in years for number in (1, 2))
    if kind == "months":
        spans = [(number, count) for number in range(1, 13) for count in (2, 4, 5, 8)]
        return tuple(months(year, number, count) for year in years for number, count in spans)
    return tuple(whole_year(year) for year in years)


def _free(kind: str, today: date, earliest: date, key: tuple[object, ...]) -> Window | None:
    days = (today - earliest).days
    if days < 60:
        return None
    if kind == "since":
        start = today - timedelta(days=choice(range(40, min(days, 420)), *key, "start"))
        first = start.replace(day=1)
        return since(first if first >= earliest and chance(0.6, *key, "first of the month") else start, today)
    start = earliest + timedelta(days=choice(range(days - 50), *key, "start"))
    length = choice(range(20, min((today - start).days, 200)), *key, "length")
    return between(start, start + timedelta(days=length - 1))
