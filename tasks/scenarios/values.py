"""The canonical value of each unit, as an author writes it."""

from datetime import date

from convsim.reading.lexicon import load
from convsim.records.task import UnitValue
from personas.units import UnitName

_WINDOW = "a window, such as 2023-04-01/2023-07-01 (from the first day up to, without, the last)"
_ORDERS = ("highest", "lowest", "most", "fewest")


def typed(name: UnitName, value: UnitValue) -> UnitValue:
    """Return the value in the form in which units hold it; raises ValueError with what is allowed."""
    if name == "window":
        return _window(str(value))
    if name == "purchase_date":
        return _day(str(value))
    if name == "minimum_cases":
        if not isinstance(value, int):
            raise ValueError("a whole number")
        return value
    if name == "direction" and value not in _ORDERS:
        raise ValueError(", ".join(_ORDERS))
    if name == "region" and str(value) not in load("places"):
        raise ValueError("the two-letter code of a state, such as CA (in quotes where YAML takes it for a truth value)")
    return str(value)


def _window(value: str) -> str:
    first, slash, last = value.partition("/")
    try:
        if slash and date.fromisoformat(first) < date.fromisoformat(last):
            return f"{date.fromisoformat(first)}/{date.fromisoformat(last)}"
    except ValueError:
        pass
    raise ValueError(_WINDOW)


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("a date, such as 2023-04-01") from None
