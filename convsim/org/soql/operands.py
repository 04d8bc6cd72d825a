"""What can be compared, grouped and sorted: a field, a date function of one, a label, or an aggregate."""

from dataclasses import dataclass

from convsim.org.errors import SalesforceError
from convsim.org.schema.model import NUMBER_TYPES, FieldType
from convsim.org.soql.ast import Call, Distance, Expression, Path
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.limits import FISCAL_YEAR_NAMED_BY_END
from convsim.org.soql.messages import no_column, placed, unexpected
from convsim.org.soql.scope import ClockValue, Column, Scope

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
TRANSPARENT = frozenset({"TOLABEL", "CONVERTCURRENCY", "FORMAT"})
"""Functions that change how a value is shown, not which it is."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An SQL expression with all that comparing, sorting and showing it needs."""

    name: str
    """Its name in messages."""
    type: FieldType
    sql: str
    """Gives the value in wire format."""
    compared: str
    """Gives what comparisons use: folded text, or the value itself."""
    sort_keys: tuple[str, ...]
    at: int
    column: Column | None = None
    """The field, when it is one and no function is applied."""
    aggregate: bool = False


class _Zone(ClockValue):
    def resolve(self, clock: SessionClock) -> str:
        return clock.time_zone


class _FiscalMonth(ClockValue):
    def resolve(self, clock: SessionClock) -> int:
        return clock.fiscal_month


_YEAR, _MONTH = "CAST(substr({x}, 1, 4) AS INTEGER)", "CAST(substr({x}, 6, 2) AS INTEGER)"
_DAY_OF_YEAR = "CAST(strftime('%j', substr({x}, 1, 10)) AS INTEGER)"
_FISCAL_MONTH = f"(({_MONTH} - {{start}} + 12) % 12 + 1)"
_NAMED_BY_END = f"({_YEAR} + ({{start}} > 1 AND {_MONTH} >= {{start}}))"
_NAMED_BY_START = f"({_YEAR} - ({_MONTH} < {{start}}))"
DATE_FUNCTIONS: dict[str, str] = {
    "CALENDAR_YEAR": _YEAR,
    "CALENDAR_QUARTER": f"(({_MONTH} + 2) / 3)",
    "CALENDAR_MONTH": _MONTH,
    "FISCAL_YEAR": _NAMED_BY_END if FISCAL_YEAR_NAMED_BY_END else _NAMED_BY_START,
    "FISCAL_QUARTER": f"(({_FISCAL_MONTH} + 2) / 3)",
    "FISCAL_MONTH": _FISCAL_MONTH,
    "DAY_IN_MONTH": "CAST(substr({x}, 9, 2) AS INTEGER)",
    "DAY_IN_WEEK": "(CAST(strftime('%w', substr({x}, 1, 10)) AS INTEGER) + 1)",
    "DAY_IN_YEAR": _DAY_OF_YEAR,
    "WEEK_IN_MONTH": "((CAST(substr({x}, 9, 2) AS INTEGER) + 6) / 7)",
    "WEEK_IN_YEAR": f"(({_DAY_OF_YEAR} + 6) / 7)",
    "HOUR_IN_DAY": "CAST(substr({x}, 12, 2) AS INTEGER)",
    "DAY_ONLY": "substr({x}, 1, 10)",
}
"""SQL of the date functions over a date or dateTime text {x} (SOQL and SOSL Reference, "Date Functions")."""
_DATETIME_ONLY = frozenset({"HOUR_IN_DAY", "DAY_ONLY"})


def operand(scope: Scope, expression: Expression, *, aggregates: bool = False) -> Operand:
    """Return what an expression means; raises SalesforceError for unknown fields and functions out of place."""
    if isinstance(expression, Path):
        return field_operand(scope.column(expression))
    if isinstance(expression, Distance):
        column = scope.column(expression.path)
        raise _unsupported(scope, column, "DISTANCE")
    name = expression.function
    if name in DATE_FUNCTIONS:
        return _date_operand(scope, expression)
    if name in AGGREGATES and aggregates:
        return aggregate_operand(scope, expression)
    if name == "TOLABEL" and isinstance(expression.argument, Path):
        return field_operand(scope.column(expression.argument))
    raise misplaced(scope, expression)


def misplaced(scope: Scope, call: Call) -> SalesforceError:
    """Return the error for a function that does not exist or cannot stand here: its bracket is unexpected."""
    return unexpected(scope.text, scope.text.index("(", call.at), "(")


def field_operand(column: Column) -> Operand:
    """Return a plain field."""
    field = column.field
    return Operand(field.name, field.type, column.sql, column.compared, column.sort_keys, column.at, column=column)


def aggregate_operand(scope: Scope, call: Call) -> Operand:
    """Return an aggregate of a field; raises INVALID_FIELD where the field's type does not support it."""
    function, argument = call.function, call.argument
    if argument is None:
        raise misplaced(scope, call)
    inner = operand(scope, argument)
    if inner.type not in _aggregated_types(function):
        message = f"field {inner.name} does not support aggregate operator {function}"
        raise SalesforceError("INVALID_FIELD", placed(scope.text, call.at, message))
    sql = _aggregate_sql(function, inner)
    result: FieldType = inner.type
    if function in {"COUNT", "COUNT_DISTINCT"}:
        result = "int"
    elif function == "AVG" or (function == "SUM" and inner.type != "int"):
        result = "double"
    compared = f"{function}({inner.compared})" if _is_folded(inner) and result == inner.type else sql
    return Operand(inner.name, result, sql, compared, (compared,), call.at, aggregate=True)


def _is_folded(inner: Operand) -> bool:
    return inner.compared != inner.sql


def _aggregated_types(function: str) -> frozenset[str]:
    if function in {"SUM", "AVG"}:
        return NUMBER_TYPES
    if function in {"MIN", "MAX"}:
        texts = {"string", "picklist", "combobox", "email", "phone", "url"}
        return NUMBER_TYPES | {"date", "datetime", "time", "id", "reference"} | texts
    return NUMBER_TYPES | frozenset(
        {"date", "datetime", "time", "id", "reference", "boolean", "string", "picklist", "combobox"}
        | {"email", "phone", "url", "textarea", "multipicklist"}
    )


def _aggregate_sql(function: str, inner: Operand) -> str:
    if function == "COUNT_DISTINCT":
        return f"COUNT(DISTINCT {inner.sql})"
    if function in {"MIN", "MAX"} and _is_folded(inner):
        # the least text without regard to case, then its own spelling behind a character that sorts before all others
        both = f"{function}({inner.compared} || char(1) || {inner.sql})"
        return f"substr({both}, instr({both}, char(1)) + 1)"
    return f"{function}({inner.sql})"


def _date_operand(scope: Scope, call: Call) -> Operand:
    text, column = _date_text(scope, call)
    if column.field.type not in {"date", "datetime"} or (
        call.function in _DATETIME_ONLY and column.field.type == "date"
    ):
        raise _unsupported(scope, column, call.function)
    template = DATE_FUNCTIONS[call.function]
    start = scope.parameters.add(_FiscalMonth()) if "{start}" in template else ""
    sql = template.format(x=text, start=start)
    type_: FieldType = "date" if call.function == "DAY_ONLY" else "int"
    return Operand(call.written or call.function, type_, sql, sql, (sql,), call.at)


def _date_text(scope: Scope, call: Call) -> tuple[str, Column]:
    argument = call.argument
    if isinstance(argument, Path):
        column = scope.column(argument)
        return column.sql, column
    if isinstance(argument, Call) and argument.function == "CONVERTTIMEZONE" and isinstance(argument.argument, Path):
        column = scope.column(argument.argument)
        if column.field.type != "datetime":
            raise _unsupported(scope, column, "convertTimezone")
        return f"local_time({column.sql}, {scope.parameters.add(_Zone())})", column
    raise misplaced(scope, argument if isinstance(argument, Call) else call)


def _unsupported(scope: Scope, column: Column, function: str) -> SalesforceError:
    if column.field.type not in {"date", "datetime"} and function == "DISTANCE":
        return no_column(scope.text, column.at, name=column.field.name, sobject=column.sobject.name)
    message = f"field {column.field.name} does not support function {function}"
    return SalesforceError("INVALID_FIELD", placed(scope.text, column.at, message))
