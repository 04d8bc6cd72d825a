"""How a field's value is shown in an answer: booleans as true and false, and FORMAT's localised texts (en_US)."""

from datetime import UTC, date, datetime
from typing import Any

from convsim.org.schema.model import FieldType
from convsim.org.soql.record import Convert, Shaping


def shown(type_: FieldType) -> Convert | None:
    """Return how to turn a stored value of the type into JSON, or None when nothing is to be done."""
    return _boolean if type_ == "boolean" else None


def formatted(type_: FieldType) -> Convert | None:
    """Return how FORMAT() shows a value of the type to a user in the locale en_US, or None when as it is."""
    match type_:
        case "currency":
            return lambda value, _: None if value is None else _currency(value)
        case "double" | "percent" | "int":
            return lambda value, _: None if value is None else _grouped(value)
        case "date":
            return lambda value, _: None if value is None else _day(date.fromisoformat(value))
        case "datetime":
            return _moment
        case _:
            return shown(type_)


def _boolean(value: Any, _: Shaping) -> bool | None:
    return None if value is None else bool(value)


def _currency(value: float) -> str:
    return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"


def _grouped(value: float) -> str:
    whole = int(value)
    return f"{whole:,}" if whole == value else f"{value:,.3f}".rstrip("0")


def _day(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _moment(value: str | None, shaping: Shaping) -> str | None:
    if value is None:
        return None
    local = datetime.fromisoformat(value[:19]).replace(tzinfo=UTC).astimezone(shaping.clock.zone)
    return f"{_day(local.date())}, {local.hour % 12 or 12}:{local.minute:02d} {'PM' if local.hour >= 12 else 'AM'}"
