"""Units in a query, as Apex binds variables: `:product`, `:window.start`, `:direction.order`.

Reference: Apex Developer Guide, "Using Apex Variables in SOQL and SOSL Queries". A value is quoted by the client's own
quoting and stands for itself only; what stands in quotes in the query is left alone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from convsim.records.task import UnitValue
from personas.units import UnitName
from tasks.soql import midnight

_BOUND = re.compile(r"'(?:\\.|[^'\\])*'|(?<![\w:]):(?P<unit>[A-Za-z_]+)(?:\.(?P<part>[A-Za-z_]+))?")
_ORDERS = {"highest": "DESC", "most": "DESC", "lowest": "ASC", "fewest": "ASC"}


class UnboundError(Exception):
    """A query names a unit that has no value."""

    def __init__(self, unit: str) -> None:
        super().__init__(unit)
        self.unit = unit


def bound(query: str) -> tuple[tuple[str, str | None], ...]:
    """Return (unit, part) for each place of the query where a unit stands, in order."""
    return tuple((each["unit"], each["part"]) for each in _BOUND.finditer(query) if each["unit"])


def filled(query: str, values: Mapping[UnitName, UnitValue]) -> str:
    """Return the query with the units' values in place.

    Raises UnboundError for a unit without a value, ValueError for a part that its value does not have.
    """

    def value_of(found: re.Match[str]) -> str:
        name = found["unit"]
        if name is None:
            return found.group()
        if name not in values:
            raise UnboundError(name)
        return _said(values[name], found["part"])  # type: ignore[index]  # it is a key: see above

    return _BOUND.sub(value_of, query)


def parts_of(unit: UnitName) -> tuple[str, ...]:
    """Return the parts by which a unit must be named in a query; none where it stands for itself."""
    return {"window": ("start", "end", "start_day", "end_day"), "direction": ("order",)}.get(unit, ())


def _said(value: UnitValue, part: str | None) -> str:
    from simple_salesforce.format import format_soql

    if part is None:
        return str(value) if isinstance(value, int) else str(format_soql("{}", value))
    if part not in _PARTS:
        raise ValueError(part)
    return _PARTS[part](str(value))


def _order(value: str) -> str:
    return _ORDERS[value]


def _edge(place: int, *, day: bool) -> Callable[[str], str]:
    def edge(window: str) -> str:
        limit = date.fromisoformat(window.split("/")[place])
        return limit.isoformat() if day else midnight(limit).strftime("%Y-%m-%dT%H:%M:%SZ")

    return edge


_PARTS: Mapping[str, Callable[[str], str]] = {
    "start": _edge(0, day=False),
    "end": _edge(1, day=False),
    "start_day": _edge(0, day=True),
    "end_day": _edge(1, day=True),
    "order": _order,
}
