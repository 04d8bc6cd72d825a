"""Whether an answer says that it was found for another period or direction than the one that was asked for."""

from collections.abc import Iterable
from datetime import date, timedelta

from convsim.reading.periods import periods
from convsim.reading.tokens import tokenise
from convsim.records.task import Unit
from personas.units import UnitName

_HIGH = (" highest ", " longest ", " largest ", " greatest ", " biggest ", " slowest ")
_LOW = (" lowest ", " shortest ", " fewest ", " smallest ", " quickest ", " fastest ")
_DAY = timedelta(days=1)


def contradicted(text: str, units: Iterable[Unit]) -> tuple[UnitName, ...]:
    """Return those of the units (windows and directions) instead of whose value the text names only another one."""
    flat = tokenise(text).flat
    return tuple(unit.name for unit in units if _other_window(flat, unit) or _other_direction(flat, unit))


def _other_window(flat: str, unit: Unit) -> bool:
    if unit.name != "window":
        return False
    named = [period.key for period in periods(flat) if "/" in period.key]
    return bool(named) and not any(_meets(key, str(unit.value)) for key in named)


def _meets(key: str, value: str) -> bool:
    """Tell whether one window lies within the other, a day more or less: a part of it may be named on the way."""
    start, end = map(date.fromisoformat, key.split("/"))
    first, after = map(date.fromisoformat, value.split("/"))
    return (start >= first - _DAY and end <= after + _DAY) or (first >= start - _DAY and after <= end + _DAY)


def _other_direction(flat: str, unit: Unit) -> bool:
    if unit.name != "direction" or unit.value not in ("highest", "lowest"):
        return False
    wanted, other = (_HIGH, _LOW) if unit.value == "highest" else (_LOW, _HIGH)
    return any(word in flat for word in other) and not any(word in flat for word in wanted)
