"""SOQL in plain Python, written to be obviously right and to share nothing with the engine: the oracle of its tests.

It takes syntax trees and rows, looks at every row for every question, and knows no SQL.
"""

import re
from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

from convsim.org.schema.model import NAME_FIELDS, Field, Schema, SObject
from convsim.org.soql import ast
from convsim.org.soql.clock import SessionClock

Row = dict[str, Any]


class NaiveOrg:
    """Rows by object, and the questions that can be asked of them."""

    def __init__(self, schema: Schema, rows: dict[str, list[Row]], clock: SessionClock) -> None:
        self.schema = schema
        self.clock = clock
        self.rows = {each.name: [self._whole(each, row) for row in rows.get(each.name, [])] for each in schema}
        self._by_id = {row["Id"]: (name, row) for name, listed in self.rows.items() for row in listed}

    def _whole(self, sobject: SObject, row: Row) -> Row:
        empty = {each.name: False if each.type == "boolean" else None for each in sobject.fields}
        return {**empty, **row}

    # paths ------------------------------------------------------------------------------------------------------

    def field(self, sobject: SObject, path: ast.Path) -> Field:
        *way, name = path.parts
        for each in way:
            reference = sobject.parent(each)
            assert reference is not None
            sobject = self.schema.parent_of(reference) or sobject
        found = sobject.field(name)
        assert found is not None
        return found

    def value(self, sobject: SObject, row: Row, path: ast.Path) -> Any:
        *way, name = path.parts
        for each in way:
            reference = sobject.parent(each)
            assert reference is not None
            if row[reference.name] not in self._by_id:
                return None
            parent_name, row = self._by_id[row[reference.name]]
            parent = self.schema.object(parent_name)
            assert parent is not None
            sobject = parent
            if reference.polymorphic:
                row, sobject = self._name_row(parent, row), self.schema.name
        found = sobject.field(name)
        assert found is not None
        return row[found.name]

    def _name_row(self, sobject: SObject, row: Row) -> Row:
        named: Row = {name: row.get(name) for name, _ in NAME_FIELDS}
        name_field = sobject.name_field
        named["Name"] = row[name_field.name] if name_field else None
        named["Type"] = sobject.name
        named["IsActive"] = row.get("IsActive", True)
        return named

    def operand(self, sobject: SObject, row: Row, expression: ast.Expression) -> Any:
        if isinstance(expression, ast.Path):
            return self.value(sobject, row, expression)
        assert isinstance(expression, ast.Call)
        inner, zone = expression.argument, UTC
        if isinstance(inner, ast.Call):
            inner, zone = inner.argument, self.clock.zone  # type: ignore[assignment]
        assert isinstance(inner, ast.Path)
        text = self.value(sobject, row, inner)
        if text is None:
            return None
        if len(text) == 10:
            return self._date_function(expression.function, datetime.fromisoformat(text))
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(zone)
        return self._date_function(expression.function, moment)

    def _date_function(self, name: str, moment: datetime) -> Any:
        fiscal = (moment.month - self.clock.fiscal_month) % 12
        return {
            "CALENDAR_YEAR": moment.year,
            "CALENDAR_QUARTER": (moment.month - 1) // 3 + 1,
            "CALENDAR_MONTH": moment.month,
            "FISCAL_YEAR": moment.year + int(self.clock.fiscal_month > 1 and moment.month >= self.clock.fiscal_month),
            "FISCAL_QUARTER": fiscal // 3 + 1,
            "FISCAL_MONTH": fiscal + 1,
            "DAY_IN_MONTH": moment.day,
            "DAY_IN_WEEK": moment.isoweekday() % 7 + 1,
            "DAY_IN_YEAR": moment.timetuple().tm_yday,
            "WEEK_IN_MONTH": (moment.day - 1) // 7 + 1,
            "WEEK_IN_YEAR": (moment.timetuple().tm_yday - 1) // 7 + 1,
            "HOUR_IN_DAY": moment.hour,
            "DAY_ONLY": moment.date().isoformat(),
        }[name]

    # conditions -------------------------------------------------------------------------------------------------

    def matches(self, sobject: SObject, row: Row, condition: ast.Condition | None) -> bool:
        match condition:
            case None:
                return True
            case ast.Logic("AND", parts):
                return all(self.matches(sobject, row, part) for part in parts)
            case ast.Logic("OR", parts):
                return any(self.matches(sobject, row, part) for part in parts)
            case ast.Not(part):
                return not self.matches(sobject, row, part)
            case ast.SemiJoin(field, negated, query):
                inner = self.schema.object(query.sources[0].path.parts[0])
                assert inner is not None
                selected = query.select[0].expression  # type: ignore[union-attr]
                found = {self.operand(inner, each, selected) for each in self.select(inner, query.where)} - {None}
                return (self.operand(sobject, row, field) in found) != negated
            case ast.Comparison(field, operator, value):
                type_, unfolded = self._kind(sobject, field)
                return self.compare(self.operand(sobject, row, field), operator, value, type_, exact=unfolded)
            case ast.Membership(field, operator, values):
                type_, unfolded = self._kind(sobject, field)
                left = self.operand(sobject, row, field)
                if operator in {"INCLUDES", "EXCLUDES"}:
                    return self._includes(left, values) == (operator == "INCLUDES")
                found_one = any(self.compare(left, "=", each, type_, exact=unfolded) for each in values)
                return found_one == (operator == "IN")
        raise AssertionError(condition)

    def _kind(self, sobject: SObject, expression: ast.Expression) -> tuple[str, bool]:
        if isinstance(expression, ast.Path):
            field = self.field(sobject, expression)
            return field.type, field.case_sensitive
        assert isinstance(expression, ast.Call)
        return ("date" if expression.function == "DAY_ONLY" else "int"), False

    def compare(self, left: Any, operator: str, literal: ast.Literals, type_: str, *, exact: bool) -> bool:
        if operator == "!=":
            return not self.compare(left, "=", literal, type_, exact=exact)
        if isinstance(literal, ast.DateFormula):
            return left is not None and self._within(left, operator, literal)
        right = literal_value(literal)
        if type_ == "boolean":
            return bool(left) == bool(right)
        if right is None or right == "":
            return operator == "=" and left is None
        if left is None:
            return False
        if type_ in {"id", "reference"}:
            return plainly(left[:15], operator, right[:15])
        if operator == "LIKE":
            return like(left, right, exact=exact)
        if isinstance(left, str) and isinstance(right, str) and type_ not in {"date", "datetime"}:
            return compare_texts(left, operator, right, exact=exact)
        return plainly(left, operator, right)

    def _includes(self, left: str | None, values: tuple[ast.Literals, ...]) -> bool:
        chosen = set((left or "").lower().split(";"))
        return left is not None and any(set(literal_value(each).lower().split(";")) <= chosen for each in values)

    def _within(self, left: str, operator: str, formula: ast.DateFormula) -> bool:
        if len(left) == 10:
            day = date.fromisoformat(left)
        else:
            day = datetime.strptime(left, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(self.clock.zone).date()
        steps, first, last = self.steps(day, formula)
        return {
            "=": first <= steps <= last,
            "<": steps < first,
            "<=": steps <= last,
            ">": steps > last,
            ">=": steps >= first,
        }[operator]

    def steps(self, day: date, formula: ast.DateFormula) -> tuple[int, int, int]:
        """Return how many periods the day is from today, and the first and last number that the literal means."""
        today, name, n = self.clock.today, formula.name, formula.count or 0
        simple = {
            "TODAY": (0, 0),
            "YESTERDAY": (-1, -1),
            "TOMORROW": (1, 1),
            "LAST_90_DAYS": (-90, 0),
            "NEXT_90_DAYS": (1, 90),
            "LAST_N_DAYS": (-n, 0),
            "NEXT_N_DAYS": (1, n),
            "N_DAYS_AGO": (-n, -n),
        }
        if name in simple:
            return (day - today).days, *simple[name]
        unit = next(u for u in ("FISCAL_QUARTER", "FISCAL_YEAR", "QUARTER", "YEAR", "MONTH", "WEEK") if u in name)
        number = self._numbered(day, unit) - self._numbered(today, unit)
        if formula.count is None:
            step = {"LAST": -1, "THIS": 0, "NEXT": 1}[name.split("_")[0]]
            return number, step, step
        if name.endswith("_AGO"):
            return number, -n, -n
        return (number, -n, -1) if name.startswith("LAST") else (number, 1, n)

    def _numbered(self, day: date, unit: str) -> int:
        months = day.year * 12 + day.month - 1
        fiscal = months - (self.clock.fiscal_month - 1)
        return {
            "WEEK": (day.toordinal() - 1 - self.clock.week_start) // 7,
            "MONTH": months,
            "QUARTER": months // 3,
            "YEAR": months // 12,
            "FISCAL_QUARTER": fiscal // 3,
            "FISCAL_YEAR": fiscal // 12,
        }[unit]

    # whole queries ----------------------------------------------------------------------------------------------

    def select(self, sobject: SObject, condition: ast.Condition | None, *, deleted: bool = False) -> list[Row]:
        rows = self.rows[sobject.name]
        return [row for row in rows if (deleted or not row["IsDeleted"]) and self.matches(sobject, row, condition)]

    def sorted(self, sobject: SObject, rows: list[Row], orders: tuple[ast.Order, ...]) -> list[Row]:
        rows = list(reversed(rows)) if orders and orders[-1].descending else list(rows)
        for order in reversed(orders):
            nulls_high = (order.nulls == "LAST") != order.descending if order.nulls else False

            def key(row: Row, order: ast.Order = order, nulls_high: bool = nulls_high) -> tuple[int, Any]:
                value = self.sort_value(sobject, row, order.field)
                return (1 + int(nulls_high), 0) if value is None else (2 if not nulls_high else 1, value)

            rows = sorted(rows, key=key, reverse=order.descending)
        return rows

    def sort_value(self, sobject: SObject, row: Row, expression: ast.Expression) -> Any:
        value = self.operand(sobject, row, expression)
        field = self.field(sobject, expression) if isinstance(expression, ast.Path) else None
        if value is None or field is None or not isinstance(value, str):
            return value
        if field.type == "picklist" and field.values:
            rank = field.values.index(value) if value in field.values else len(field.values)
            return (rank, folded(value))
        return folded(value) if field.is_text and not field.case_sensitive else value

    def cut(self, rows: list[Any], query: ast.Query) -> list[Any]:
        rows = rows[query.offset or 0 :]
        return rows if query.limit is None else rows[: query.limit]

    def groups(self, sobject: SObject, query: ast.Query) -> list[tuple[tuple[Any, ...], frozenset[int], list[Row]]]:
        """Return (values of the grouped fields, which of them are grouped in this set, rows) of all groups."""
        assert query.group is not None
        fields = query.group.fields
        places = range(len(fields))
        sets = [frozenset(places)]
        if query.group.kind == "ROLLUP":
            sets = [frozenset(range(size)) for size in range(len(fields) + 1)]
        if query.group.kind == "CUBE":
            sets = [frozenset(chosen) for size in range(len(fields) + 1) for chosen in combinations(places, size)]
        answer = []
        rows = self.select(sobject, query.where)
        for chosen in sets:
            found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
            if not chosen:
                found[tuple(None for _ in fields)] = []
            for row in rows:
                values = tuple(
                    self.operand(sobject, row, each) if i in chosen else None for i, each in enumerate(fields)
                )
                found[values].append(row)
            answer += [(values, chosen, listed) for values, listed in found.items()]
        return answer

    def aggregate(self, sobject: SObject, rows: list[Row], call: ast.Call) -> Any:
        assert isinstance(call.argument, ast.Path)
        values = [v for row in rows if (v := self.value(sobject, row, call.argument)) is not None]
        field = self.field(sobject, call.argument)
        match call.function:
            case "COUNT":
                return len(values)
            case "COUNT_DISTINCT":
                return len(set(values))
            case _ if not values:
                return None
            case "SUM":
                return sum(values)
            case "AVG":
                return sum(values) / len(values)
            case "MIN" | "MAX":
                choose = min if call.function == "MIN" else max
                return choose(values, key=lambda v: (folded(v), v) if field.is_text else v)
        raise AssertionError(call)


def literal_value(literal: ast.Literals) -> Any:
    match literal:
        case ast.Text(value) | ast.Pattern(value) | ast.Word(value):
            return value
        case ast.Number(text):
            return float(text)
        case ast.Moment("datetime", text):
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}+0000"
        case ast.Moment(_, text):
            return text
    raise AssertionError(literal)


def folded(text: str) -> list[str]:
    return [c.casefold() if len(c.casefold()) == 1 else c.lower() if len(c.lower()) == 1 else c for c in text]


def same(left: str, right: str) -> bool:
    return len(left) == len(right) and all(a.casefold() == b.casefold() for a, b in zip(left, right, strict=True))


def compare_texts(left: str, operator: str, right: str, *, exact: bool) -> bool:
    if operator == "=":
        return left == right if exact else same(left, right)
    return plainly(left, operator, right) if exact else plainly(folded(left), operator, folded(right))


def plainly(left: Any, operator: str, right: Any) -> bool:
    return {
        "=": left == right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[operator]


def like(text: str, pattern: str, *, exact: bool) -> bool:
    translated = ""
    for token in re.findall(r"\\[%_\\]|[%_]|[^\\%_]", pattern, re.DOTALL):
        translated += {"%": ".*", "_": "."}.get(token) or re.escape(token[-1])
    return re.fullmatch(translated, text, re.DOTALL | (re.NOFLAG if exact else re.IGNORECASE)) is not None
