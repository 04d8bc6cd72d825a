"""When things happen: the four years of history, busy and quiet days, hours of the day, and the wire format."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from convsim.org.generate.draw import Draw

TODAY = date(2025, 6, 30)
"""The date of both built-in orgs; records lie in the four years before it."""
START = date(2021, 6, 30)
DAYS = (TODAY - START).days
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
_WEEKDAY = (1.25, 1.15, 1.05, 1.0, 0.9, 0.32, 0.25)


_SATURDAY = 5
_NOON, _EVENING = 12, 18


class Busyness:
    """Weights of the days of history: weekdays, seasons, and growth over the years."""

    def __init__(self, months: Sequence[float], *, growth: float = 0.1) -> None:
        """Take the weight of each month (January first) and the growth from year to year."""
        days = [START + timedelta(days=n) for n in range(DAYS)]
        weights = [
            _WEEKDAY[day.weekday()] * months[day.month - 1] * (1.0 + growth * n / 365) for n, day in enumerate(days)
        ]
        self._sums = [0.0, *accumulate(weights)]

    def day(self, unit: float, *, first: int = 0, end: int = DAYS) -> int:
        """Return a day (0 = first day of history) in [first, end) for a draw from [0, 1)."""
        low, high = self._sums[first], self._sums[end]
        return min(max(bisect_right(self._sums, low + unit * (high - low)) - 1, first), end - 1)


def moment(day: int, draw: Draw, purpose: str) -> datetime:
    """Return an instant in the working hours of a day of history (8 to 20 h, most before 17 h)."""
    unit = draw.unit(purpose)
    seconds = int((8.0 + 9.0 * unit + 3.0 * unit * unit) * 3600)
    return datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(days=day, seconds=seconds)


def workday(day: int, *, first: int, last: int) -> int:
    """Return the day itself, or a working day near it for one on a weekend, if there is one from first to last."""
    weekday = date_of(day).weekday()
    if weekday < _SATURDAY:
        return day
    near = (day + 7 - weekday, day + _SATURDAY - 1 - weekday)
    return next((each for each in near if first <= each <= last), day)


def greeting(when: datetime) -> str:
    """Return what people say at that hour."""
    return "Good morning" if when.hour < _NOON else "Good afternoon" if when.hour < _EVENING else "Good evening"


def day_of(when: datetime | date) -> int:
    """Return the day of history (0 = first) of an instant or date."""
    return ((when.date() if isinstance(when, datetime) else when) - START).days


def date_of(day: int) -> date:
    """Return the date of a day of history."""
    return START + timedelta(days=day)


def wire(when: datetime) -> str:
    """Return the instant in the wire format of a dateTime field."""
    return (
        f"{when.year:04d}-{when.month:02d}-{when.day:02d}T{when.hour:02d}:{when.minute:02d}:{when.second:02d}.000+0000"
    )
