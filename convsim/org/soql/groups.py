"""Queries with aggregates: what is grouped, selected, filtered by HAVING and sorted, as one SQL statement.

SQLite knows neither ROLLUP nor CUBE: each set of grouped fields is a SELECT of its own, joined by UNION ALL.
"""

from dataclasses import dataclass
from itertools import combinations

from convsim.org.errors import SalesforceError
from convsim.org.soql.ast import Call, Distance, Expression, Grouping, Order, Path, Query, Selected
from convsim.org.soql.filters import Filters
from convsim.org.soql.limits import MAX_ROLLUP_FIELDS
from convsim.org.soql.messages import malformed, unfit
from convsim.org.soql.operands import AGGREGATES, Operand, aggregate_operand, misplaced, operand
from convsim.org.soql.record import Convert
from convsim.org.soql.scope import Scope
from convsim.org.soql.shown import formatted, shown
from convsim.org.soql.sorting import direction

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """One grouped expression and its place in GROUP BY."""

    operand: Operand
    place: int


@dataclass(frozen=True, slots=True)
class _Output:
    key: str
    sql: str
    convert: Convert | None
    group: int | None
    """Place of the grouped expression it shows, which is null in subtotals of others."""


class GroupedQuery:
    """Compiles one query with aggregates or GROUP BY."""

    def __init__(self, scope: Scope, query: Query) -> None:
        self._scope = scope
        self._query = query
        self._text = scope.text
        self._groups: dict[Key, Grouped] = {}
        self._outputs: list[_Output] = []
        if query.group:
            self._read_groups(query.group)

    def build(self) -> tuple[list[str], dict[str, Convert]]:
        """Read the SELECT list; return the answer's keys in order and how their values are shown."""
        number = 0
        for entry in self._query.select:
            if not isinstance(entry, Selected):
                raise malformed(self._text, entry.at, "Only root queries support aggregate expressions")
            key = entry.alias
            if key is None and isinstance(entry.expression, Path):
                key = self._grouped(entry.expression).operand.name
            if key is None:
                key, number = f"expr{number}", number + 1
            if any(key == each.key for each in self._outputs):
                raise malformed(self._text, entry.at, f"duplicate alias: {key}")
            self._outputs.append(self._output(key, entry.expression))
        return [each.key for each in self._outputs], {each.key: each.convert for each in self._outputs if each.convert}

    def sql(self, *, where: str) -> str:
        """Return the statement: first column NULL, then the answer's columns, sorted, without LIMIT."""
        having = self._having()
        sorts = [self._sort(order) for order in self._query.order]
        sources = f"{self._scope.from_clause()}{where}"
        sets = self._sets()
        branches = [self._branch(chosen, sorts, sources=sources, having=having) for chosen in sets]
        if not self._groups and not sorts:
            return branches[0]
        union = " UNION ALL ".join(branches)
        columns = ", ".join(f"c{i}" for i in range(len(self._outputs) + 1))
        return f"SELECT {columns} FROM ({union}) ORDER BY {', '.join(self._terms(sorts))}"  # noqa: S608

    def _read_groups(self, group: Grouping) -> None:
        if group.kind and len(group.fields) > MAX_ROLLUP_FIELDS:
            message = f"{group.kind} takes at most {MAX_ROLLUP_FIELDS} fields"
            raise malformed(self._text, group.fields[MAX_ROLLUP_FIELDS].at, message)
        for place, expression in enumerate(group.fields):
            if isinstance(expression, Call) and expression.function in AGGREGATES:
                raise self._aggregated(expression)
            found = operand(self._scope, expression)
            if found.column and not found.column.field.groupable:
                raise unfit(self._text, found.at, name=found.name, verb="grouped")
            self._groups.setdefault(_key(self._scope, expression), Grouped(found, place))

    def _aggregated(self, call: Call) -> SalesforceError:
        argument = call.argument
        return malformed(
            self._text, argument.at if argument else call.at, f"Grouped field should not be aggregated: {_name(call)}"
        )

    def _grouped(self, expression: Expression, *, sorted_by: bool = False) -> Grouped:
        key = _key(self._scope, expression)
        found = self._groups.get(key)
        if found is not None:
            return found
        if isinstance(expression, Call) and expression.function not in {"TOLABEL"}:
            operand(self._scope, expression)
        kind = "Ordered field" if sorted_by else "Field"
        raise SalesforceError("MALFORMED_QUERY", f"{kind} must be grouped or aggregated: {_name(expression)}")

    def _output(self, key: str, expression: Expression) -> _Output:
        if isinstance(expression, Call) and expression.function == "FORMAT" and isinstance(expression.argument, Call):
            inner = self._output(key, expression.argument)
            found = self._operand(expression.argument)
            return _Output(key, inner.sql, formatted(found.type), inner.group)
        if isinstance(expression, Call) and expression.function == "GROUPING":
            return _Output(key, self._grouping(expression), None, None)
        found = self._operand(expression)
        if found.aggregate:
            return _Output(key, found.sql, shown(found.type), None)
        return _Output(key, found.sql, shown(found.type), self._grouped(expression).place)

    def _operand(self, expression: Expression) -> Operand:
        if isinstance(expression, Call) and expression.function in AGGREGATES:
            argument = expression.argument
            if isinstance(argument, Path) and _key(self._scope, argument) in self._groups:
                raise self._aggregated(expression)
            return aggregate_operand(self._scope, expression)
        return self._grouped(expression).operand

    def _grouping(self, call: Call) -> str:
        if call.argument is None or not self._query.group or not self._query.group.kind:
            raise misplaced(self._scope, call)
        return f"\0{self._grouped(call.argument).place}\0"

    def _having(self) -> str:
        if self._query.having is None:
            return ""
        filters = Filters(self._scope, semi_join=None, operand_of=self._operand)
        return f" HAVING {filters.compile(self._query.having)}"

    def _sort(self, order: Order) -> tuple[list[tuple[str, int | None]], Order]:
        """Return the SQL of the keys with the place of the grouped expression each belongs to, and the entry."""
        expression = order.field
        if isinstance(expression, Call) and expression.function == "GROUPING":
            return [(self._grouping(expression), None)], order
        if isinstance(expression, Call) and expression.function in AGGREGATES:
            return [(key, None) for key in self._operand(expression).sort_keys], order
        grouped = self._grouped(expression, sorted_by=True)
        found = grouped.operand
        if found.column and not found.column.field.sortable:
            raise unfit(self._text, order.at, name=found.name, verb="sorted")
        return [(key, grouped.place) for key in found.sort_keys], order

    def _sets(self) -> list[frozenset[int]]:
        places = [each.place for each in self._groups.values()]
        kind = self._query.group.kind if self._query.group else ""
        if kind == "ROLLUP":
            return [frozenset(places[:size]) for size in range(len(places), -1, -1)]
        if kind == "CUBE":
            sizes = range(len(places), -1, -1)
            return [frozenset(chosen) for size in sizes for chosen in combinations(places, size)]
        return [frozenset(places)]

    def _branch(
        self,
        chosen: frozenset[int],
        sorts: list[tuple[list[tuple[str, int | None]], Order]],
        *,
        sources: str,
        having: str,
    ) -> str:
        columns = ["NULL AS c0"]
        for i, output in enumerate(self._outputs, 1):
            columns.append(f"{self._cell(output.sql, output.group, chosen)} AS c{i}")
        for i, (keys, _) in enumerate(sorts):
            columns += [f"{self._cell(sql, group, chosen)} AS o{i}_{j}" for j, (sql, group) in enumerate(keys)]
        for each in self._groups.values():
            sql = each.operand.sql if each.place in chosen else "NULL"
            columns += [f"{sql} AS g{each.place}", f"{int(each.place not in chosen)} AS r{each.place}"]
        by = ", ".join(each.operand.sql for each in self._groups.values() if each.place in chosen)
        group = f" GROUP BY {by}" if by else ""
        return f"SELECT {', '.join(columns)} {sources}{group}{having}"

    def _cell(self, sql: str, group: int | None, chosen: frozenset[int]) -> str:
        if sql.startswith("\0"):
            return str(int(int(sql.strip("\0")) not in chosen))
        return sql if group is None or group in chosen else "NULL"

    def _terms(self, sorts: list[tuple[list[tuple[str, int | None]], Order]]) -> list[str]:
        terms = [f"o{i}_{j}{direction(order)}" for i, (keys, order) in enumerate(sorts) for j in range(len(keys))]
        for each in self._groups.values():
            terms += [f"r{each.place}", f"g{each.place}"]
        return terms or ["c0"]


def is_grouped(query: Query) -> bool:
    """Return whether the query answers with aggregates."""
    return query.group is not None or any(
        isinstance(each, Selected) and _has_aggregate(each.expression) for each in query.select
    )


def _has_aggregate(expression: Expression) -> bool:
    if not isinstance(expression, Call) or expression.argument is None:
        return False
    return expression.function in AGGREGATES or _has_aggregate(expression.argument)


def _key(scope: Scope, expression: Expression) -> Key:
    if isinstance(expression, Path):
        column = scope.column(expression)
        return column.parents, column.field.name
    if isinstance(expression, Distance):
        return ("DISTANCE", expression)
    if expression.function == "TOLABEL" and expression.argument is not None:
        return _key(scope, expression.argument)
    return (expression.function, _key(scope, expression.argument) if expression.argument else ())


def _name(expression: Expression) -> str:
    if isinstance(expression, Path):
        return ".".join(expression.parts) if len(expression.parts) > 1 else expression.parts[0]
    if isinstance(expression, Distance):
        return "DISTANCE"
    return _name(expression.argument) if expression.argument else expression.function
