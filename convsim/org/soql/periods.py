"""Date literals such as LAST_QUARTER or LAST_N_DAYS:30 as ranges of days in the running user's calendar.

SOQL and SOSL Reference, "Date Formats and Date Literals". Each range runs from its first day to the day after its last.
"""

from collections.abc import Callable
from datetime import date

from convsim.org.soql.clock import SessionClock, first_of_week, later, month_later

Range = tuple[date, date]
_Unit = Callable[[SessionClock, int], date]


def _week(clock: SessionClock, steps: int) -> date:
    return later(first_of_week(clock.today, week_start=clock.week_start), 7 * steps)


def _month(clock: SessionClock, steps: int) -> date:
    return month_later(clock.today, steps)


def _quarter(clock: SessionClock, steps: int) -> date:
    return month_later(clock.today, 3 * steps - (clock.today.month - 1) % 3)


def _year(clock: SessionClock, steps: int) -> date:
    return month_later(clock.today, 12 * steps - clock.today.month + 1)


def _fiscal_quarter(clock: SessionClock, steps: int) -> date:
    return month_later(clock.today, 3 * steps - (clock.today.month - clock.fiscal_month) % 3)


def _fiscal_year(clock: SessionClock, steps: int) -> date:
    return month_later(clock.today, 12 * steps - (clock.today.month - clock.fiscal_month) % 12)


_UNITS: dict[str, _Unit] = {
    "WEEK": _week,
    "MONTH": _month,
    "QUARTER": _quarter,
    "YEAR": _year,
    "FISCAL_QUARTER": _fiscal_quarter,
    "FISCAL_YEAR": _fiscal_year,
}
_RELATIVE = {"LAST": -1, "THIS": 0, "NEXT": 1}
_DAYS: dict[str, tuple[int, int]] = {
    "YESTERDAY": (-1, 0),
    "TODAY": (0, 1),
    "TOMORROW": (1, 2),
    "LAST_90_DAYS": (-90, 1),
    "NEXT_90_DAYS": (1, 91),
}
FORMULAS = frozenset(_DAYS) | {f"{word}_{unit}" for word in _RELATIVE for unit in _UNITS}
"""Date literals without a number."""
COUNTED_FORMULAS = (
    {"LAST_N_DAYS", "NEXT_N_DAYS", "N_DAYS_AGO"}
    | {f"{word}_N_{unit}S" for word in ("LAST", "NEXT") for unit in _UNITS}
    | {f"N_{unit}S_AGO" for unit in _UNITS}
)
"""Date literals that take a number after a colon."""


def period(name: str, count: int | None, clock: SessionClock) -> Range:
    """Return the range of a date literal: its first day, and the day after its last."""
    if count is not None:
        return _counted(name, count, clock)
    if name in _DAYS:
        start, end = _DAYS[name]
        return later(clock.today, start), later(clock.today, end)
    word, unit = name.split("_", 1)
    return _steps(unit, _RELATIVE[word], 1, clock=clock)


def _counted(name: str, count: int, clock: SessionClock) -> Range:
    if name.endswith("_DAYS") or name == "N_DAYS_AGO":
        start, end = {"LAST_N_DAYS": (-count, 1), "NEXT_N_DAYS": (1, count + 1), "N_DAYS_AGO": (-count, 1 - count)}[
            name
        ]
        return later(clock.today, start), later(clock.today, end)
    if name.endswith("_AGO"):
        return _steps(name.removeprefix("N_").removesuffix("S_AGO"), -count, 1, clock=clock)
    word, unit = name.removesuffix("S").split("_N_")
    return _steps(unit, -count if word == "LAST" else 1, count, clock=clock)


def _steps(unit: str, first: int, length: int, *, clock: SessionClock) -> Range:
    start_of = _UNITS[unit]
    return start_of(clock, first), start_of(clock, first + length)
