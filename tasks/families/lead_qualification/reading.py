"""Reading: what a lead says in its calls, and how long an installation takes by the article."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_CLAUSE = re.compile(r"[.;]\s|\n+|[.;]$")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONEY = re.compile(r"\$([\d,]*\d)|\b([\d,]*\d) (?:US )?dollars")
_TIME = re.compile(rf"\b(\d+|{'|'.join(_NUMBERS)}) (day|week)s?\b", re.IGNORECASE)
_LONG_AGO = re.compile(r"\b(?:ago|last|once|years)\b", re.IGNORECASE)
_NOT_DECIDING = re.compile(
    r"director (?:signs|decides)|committee|has the last word|last word is|manager has to sign|not for me to decide"
    r"|(?:wife|mother) decides|(?:husband|partner|daughter) has to|vote on"
)
_NO_USE = re.compile(
    r"does (?:the job|all that)|gathering information|collect prices|called off|been dropped|curious|curiosity|unused"
    r"|same thing last week|like to compare"
)
_STEP = re.compile(r"(\d+) (?:units|pieces)\b")
_DAYS = re.compile(r"(\d+) days\b")
_ABOVE = re.compile(r"(?<!no )\bmore than|\babove\b", re.IGNORECASE)


class Told(NamedTuple):
    """What a lead says."""

    basket: dict[str, int]
    """Quantity by product name."""
    budget: int
    days: int
    decides: bool
    needs: bool


def told(name: str, transcripts: Iterable[str], products: Iterable[str]) -> Told:
    """Return what the person of this name says in the calls, earlier years left aside."""
    own = [
        sentence
        for text in transcripts
        for line in text.splitlines()
        if line.startswith(f"{name}: ")
        for sentence in _SENTENCE.split(line.removeprefix(f"{name}: "))
    ]
    now = [sentence for sentence in own if not _LONG_AGO.search(sentence)]
    money = [match[1] or match[2] for sentence in now for match in [_MONEY.search(sentence)] if match]
    times = [match for sentence in now for match in [_TIME.search(sentence)] if match]
    return Told(
        basket=_basket(now, products),
        budget=int(money[0].replace(",", "")) if money else 0,
        days=_days(times[0]) if times else 0,
        decides=not any(_NOT_DECIDING.search(sentence) for sentence in own),
        needs=not any(_NO_USE.search(sentence) for sentence in own),
    )


def _days(match: re.Match[str]) -> int:
    word = match[1].lower()
    number = int(word) if word.isdigit() else _NUMBERS.index(word) + 1
    return number * 7 if match[2].lower() == "week" else number


def _basket(sentences: Iterable[str], products: Iterable[str]) -> dict[str, int]:
    names = "|".join(re.escape(each) for each in sorted(products, key=len, reverse=True))
    pattern = re.compile(rf"(?:([\d,]+) units? of )?(?:[Tt]he )?({names})(?: \(([\d,]+) licenses?\))?")
    found: dict[str, int] = {}
    for sentence in sentences:
        for before, name, after in pattern.findall(sentence):
            found.setdefault(name, int((before or after or "1").replace(",", "")))
    return found


def days_needed(article: str, units: int) -> int:
    """Return the days that the article states for so many units."""
    upper, beyond = [], 0
    for clause in _CLAUSE.split(article):
        steps, days = _STEP.findall(clause), _DAYS.findall(clause)
        if len(steps) == len(days) == 1:
            if _ABOVE.search(clause):
                beyond = int(days[0])
            else:
                upper.append((int(steps[0]), int(days[0])))
    return next((days for most, days in sorted(upper) if units <= most), beyond)


def failing(said: Told, prices: Mapping[str, float], article: str) -> tuple[str, ...]:
    """Return the factors that fail; `prices` are list prices by product name."""
    price = sum(prices[name] * quantity for name, quantity in said.basket.items())
    short = said.days < days_needed(article, sum(said.basket.values()))
    checks = {"Budget": said.budget < price, "Authority": not said.decides, "Need": not said.needs, "Timeline": short}
    return tuple(factor for factor, fails in checks.items() if fails)
