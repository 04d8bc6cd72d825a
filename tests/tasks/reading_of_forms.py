"""A reader of window forms, written apart from the calendar: it decides day by day whether a form covers it."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

NAMES = {name: number for number, name in enumerate(calendar.month_name) if name}
WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "fall": (9, 10, 11)}
Covers = Callable[[date], bool]


def count(word: str) -> int:
    if word.isdigit():
        return int(word)
    tens, _, ones = word.partition("-")
    if tens in TENS:
        return TENS[tens] + (WORDS.index(ones) if ones else 0)
    return WORDS.index(word)


def months_before(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def day_of(text: str, year: str | None = None) -> date:
    words = text.replace(",", "").split()
    if len(words) == 2:
        words.append(str(year))
    name, number = (words[0], words[1]) if words[0] in NAMES else (words[1], words[0])
    return date(int(words[2]), NAMES[name], int(number))


def covers(form: str, today: date) -> Covers:
    """Return the predicate on days that a form means; raises AssertionError for a form that it cannot read."""
    text = form
    amount = re.fullmatch(r"the (?:past|last|previous)? ?(.*?)(?: (?:leading )?up to today)?", text)
    if amount and (begin := _relative(amount[1], today)):
        return lambda day: begin <= day < today
    if found := re.fullmatch(r"(?:the time|the whole time) since (?:early |the (?:beginning|start) of )?(.*)", text):
        rest = found[1]
        start = day_of(rest) if len(rest.split()) == 3 else day_of(f"{rest.split()[0]} 1 {rest.split()[1]}")
        return lambda day: start <= day < today
    if found := re.fullmatch(r"the days from (.*) up to today", text):
        start = day_of(found[1])
        return lambda day: start <= day < today
    return _absolute(text)


def _relative(amount: str, today: date) -> date | None:
    words = amount.split()
    if words == ["year"]:
        return months_before(today, 12)
    if not words or not re.fullmatch("(day|week|month|quarter)s?", words[-1]) or len(words) > 2:
        return None
    number = count(words[0]) if len(words) == 2 else 1
    span = words[-1].rstrip("s")
    if span in {"day", "week"}:
        return today - timedelta(days=number * (7 if span == "week" else 1))
    return months_before(today, number * (3 if span == "quarter" else 1))


def _absolute(text: str) -> Covers:
    text = re.sub(
        r"^(the \S+ months from|the days from|the whole of|all of|the month of|calendar year|the year) ", "", text
    )
    if found := re.fullmatch(r"(\d{4})", text):
        return lambda day: day.year == int(found[1])
    if (found := re.fullmatch(r"([A-Z]\w+)(?: of)? (\d{4})", text)) and found[1] in NAMES:
        return lambda day: (day.year, day.month) == (int(found[2]), NAMES[found[1]])
    if found := re.fullmatch(r"Q(\d)(?: of)? (\d{4})", text) or re.fullmatch(r"(?P<y>\d{4}) Q(?P<q>\d)", text):
        groups = found.groupdict() or {"q": found[1], "y": found[2]}
        return lambda day: (day.year, (day.month + 2) // 3) == (int(groups["y"]), int(groups["q"]))
    if found := re.fullmatch(r"the (\w+) quarter(?: of)? (\d{4})", text):
        return lambda day: (day.year, (day.month + 2) // 3) == (int(found[2]), ORDINALS[found[1]])
    if found := re.fullmatch(r"(?:H(\d)|the (\w+) half of) (\d{4})", text):
        half = int(found[1]) if found[1] else ORDINALS[found[2]]
        return lambda day: day.year == int(found[3]) and (day.month > 6) == (half == 2)
    if found := re.fullmatch(r"(?:the )?(\w+)(?: of)? (\d{4})(?:/\d\d)?", text):
        return _season(found[1], int(found[2]))
    return _range(text)


def _season(name: str, year: int) -> Covers:
    if name == "winter":
        return lambda day: (day.year, day.month) in {(year, 12), (year + 1, 1), (year + 1, 2)}
    return lambda day: day.year == year and day.month in SEASONS[name]


def _range(text: str) -> Covers:
    first, last = re.split(r" to | through ", text)
    year = re.findall(r"\d{4}", last)[0]
    if any(re.search(r"\b\d{1,2}\b", each) for each in (first, last)):
        start, end = day_of(first, year), day_of(last)
        return lambda day: start <= day <= end
    low = (int((re.findall(r"\d{4}", first) or [year])[0]), NAMES[first.split()[0]])
    high = (int(year), NAMES[last.split()[0]])
    return lambda day: low <= (day.year, day.month) <= high
