"""Literals to bound values of a field's type, or Salesforce's complaint that they are of another."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from convsim.org.fold import fold
from convsim.org.ids import normal_id
from convsim.org.soql.ast import DateFormula, Literals, Moment, Number, Pattern, Text, Word
from convsim.org.soql.clock import SessionClock, wire
from convsim.org.soql.messages import wrong_operator, wrong_value
from convsim.org.soql.operands import Operand
from convsim.org.soql.periods import period
from convsim.org.soql.scope import ClockValue

_TYPE_NAMES = {"datetime": "dateTime", "currency": "double", "percent": "double"}
_QUOTED_TYPES = frozenset(
    {"id", "reference", "string", "textarea", "picklist", "multipicklist", "combobox", "email", "phone", "url"}
)


@dataclass(frozen=True, slots=True)
class PeriodEnd(ClockValue):
    """The begin of a date literal's range, or the begin of what follows it, as a field of this type stores it."""

    name: str
    count: int | None
    side: Literal[0, 1]
    type: Literal["date", "datetime"]

    def resolve(self, clock: SessionClock) -> str:
        """Return the date, or the moment when the user's day begins."""
        day = period(self.name, self.count, clock)[self.side]
        return day.isoformat() if self.type == "date" else clock.midnight(day)


@dataclass(frozen=True, slots=True)
class Period:
    """A date literal for a field: `start <= value < end`."""

    start: PeriodEnd
    end: PeriodEnd


def value_of(text: str, operand: Operand, literal: Literals) -> Any:
    """Return the value to compare the operand with: None for null and for empty text, or a Period.

    Raises INVALID_FIELD for a literal of another type, INVALID_QUERY_FILTER_OPERATOR for a malformed id.
    """
    if isinstance(literal, Word) and literal.value is None:
        return None
    if operand.type in _QUOTED_TYPES:
        if not isinstance(literal, Text | Pattern):
            raise _mismatch(text, operand)
        return _text_value(text, operand, literal.value)
    if operand.type in {"date", "datetime"} and isinstance(literal, DateFormula):
        kind: Literal["date", "datetime"] = "date" if operand.type == "date" else "datetime"
        name, count = literal.name, literal.count
        return Period(PeriodEnd(name, count, 0, kind), PeriodEnd(name, count, 1, kind))
    value = _plain_value(operand, literal)
    if value is None:
        raise _mismatch(text, operand)
    return value


def _text_value(text: str, operand: Operand, value: str) -> str | None:
    if not value:
        return None
    if operand.type in {"id", "reference"}:
        record_id = normal_id(value)
        if record_id is None:
            raise wrong_operator(text, operand.at, f"invalid ID field: {value}")
        return record_id
    return fold(value) if operand.compared != operand.sql else value


def _plain_value(operand: Operand, literal: Literals) -> Any:
    match operand.type, literal:
        case "boolean", Word(value):
            return value
        case "int", Number(digits) if "." not in digits:
            return _number(digits)
        case (("double" | "currency" | "percent"), Number(digits)):
            return _number(digits)
        case (("date" | "datetime" | "time"), Moment(kind, written)) if kind == operand.type:
            return moment_value(kind, written)
    return None


def _number(digits: str) -> int | float:
    if "." in digits or len(digits) > 18:
        return float(digits)
    return int(digits)


def moment_value(kind: str, written: str) -> str | None:
    """Return a date, dateTime or time in wire format, or None when the calendar has none such."""
    try:
        if kind == "date":
            return date.fromisoformat(written).isoformat()
        if kind == "time":
            return _time(written)
        return wire(_datetime(written))
    except (ValueError, OverflowError):
        return None


def _datetime(written: str) -> datetime:
    clock, zone = _split_zone(written)
    clock, _, fraction = clock.partition(".")
    moment = datetime.fromisoformat(clock) + timedelta(milliseconds=int((fraction + "000")[:3]))
    return (moment - zone).replace(tzinfo=UTC)


def _time(written: str) -> str:
    clock, zone = _split_zone("2000-01-02T" + written)
    clock, _, fraction = clock.partition(".")
    moment = datetime.fromisoformat(clock) - zone
    return f"{moment:%H:%M:%S}.{(fraction + '000')[:3]}Z"


def _split_zone(written: str) -> tuple[str, timedelta]:
    if written.endswith("Z"):
        return written[:-1], timedelta()
    sign = max(written.rfind("+"), written.rfind("-"))
    digits = written[sign + 1 :].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return written[:sign], offset if written[sign] == "+" else -offset


def _mismatch(text: str, operand: Operand) -> Exception:
    name = "string" if operand.type in _QUOTED_TYPES else _TYPE_NAMES.get(operand.type, operand.type)
    return wrong_value(text, operand.at, name=operand.name, type_name=name)
