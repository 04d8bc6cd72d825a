"""A syntax tree and a schema to a plan; everything that the schema refuses is refused here.

`compile_query` serves SOQL, and SOSL's RETURNING with `among=True`: then the plan's statement takes, as its last value,
the rowids of the records that may appear, as one JSON text.
"""

from convsim.org.errors import SalesforceError
from convsim.org.layout import quoted
from convsim.org.schema.model import ChildRelationship, Schema, SObject
from convsim.org.soql.ast import Query, Selected, Subquery
from convsim.org.soql.filters import Filters, semi_join_type_error
from convsim.org.soql.groups import GroupedQuery, is_grouped
from convsim.org.soql.limits import FIELDS_VERSION, MAX_OFFSET, MAX_SUBQUERIES, MAX_SUBQUERY_LEVELS
from convsim.org.soql.messages import malformed, no_child, no_object, unexpected
from convsim.org.soql.operands import operand
from convsim.org.soql.plan import ChildPlan, CountPlan, GroupPlan, Plan, RecordPlan, Statement
from convsim.org.soql.record import Level
from convsim.org.soql.scope import Parameters, Scope
from convsim.org.soql.select import SelectList
from convsim.org.soql.sorting import sort_terms, tie_break
from convsim.org.soql.visibility import check_with, scope_filter

_NO_LIMIT = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
_LAST_VALUES = "(SELECT value FROM json_each(\0))"
"""A list that is bound when the plan is run; `\\0` becomes the number of its value."""
_ROOT_ONLY = "Only root queries support aggregate expressions"


def compile_query(query: Query, text: str, schema: Schema, *, include_deleted: bool, among: bool = False) -> Plan:
    """Return the plan of a whole query; raises SalesforceError."""
    return _Compiler(text, schema, include_deleted=include_deleted).root(query, among=among)


class _Compiler:
    def __init__(self, text: str, schema: Schema, *, include_deleted: bool) -> None:
        self._text = text
        self._schema = schema
        self._include_deleted = include_deleted

    def root(self, query: Query, *, among: bool) -> Plan:
        self._check_bounds(query)
        sobject = self._object(query)
        scope = Scope(self._text, self._schema, sobject, parameters=Parameters())
        scope.add_sources(query.sources)
        if _is_count(query):
            return self._count(scope, query)
        if is_grouped(query):
            return self._group(scope, query)
        return self._records(scope, query, level=1, among=among)

    def _object(self, query: Query) -> SObject:
        source = query.sources[0]
        found = self._schema.object(source.path.parts[0])
        if len(source.path.parts) > 1 or found is None or found.pseudo:
            raise no_object(self._text, source.path.at, name=".".join(source.path.parts))
        return found

    def _check_bounds(self, query: Query) -> None:
        if query.limit is not None and query.limit < 0:
            raise malformed(self._text, query.limit_at, "Limit must be a non-negative value")
        if query.offset is not None and query.offset < 0:
            raise malformed(self._text, query.offset_at, "SOQL offset must be a non-negative value")
        if query.offset is not None and query.offset > MAX_OFFSET:
            raise SalesforceError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")

    def _where(self, scope: Scope, query: Query) -> str:
        """Return the WHERE clause with its leading space; joins that it needs are asked of the scope."""
        return self._filtered(scope, query)[0]

    def _filtered(self, scope: Scope, query: Query, *, more: tuple[str, ...] = ()) -> tuple[str, bool]:
        """Return the WHERE clause, and whether an index may find the records."""
        check_with(scope, query)
        parts = list(more)
        if not self._include_deleted:
            parts.append(f'{scope.table}."IsDeleted" = 0')
        parts += scope_filter(scope, query)
        filters = Filters(scope, semi_join=self._semi_join)
        if query.where is not None:
            parts.append(filters.compile(query.where))
        return f" WHERE {' AND '.join(parts)}" if parts else "", filters.seeks

    def _count(self, scope: Scope, query: Query) -> CountPlan:
        if query.group:
            raise unexpected(self._text, query.group.at, "GROUP")
        if query.order:
            raise self._ungrouped_order(query)
        where = self._where(scope, query)
        inner = f"SELECT 1 {scope.from_clause()}{where}{_cut(scope, query)}"
        counted = query.limit is not None or query.offset is not None
        sql = f"SELECT count(*) FROM ({inner})" if counted else f"SELECT count(*) {scope.from_clause()}{where}"  # noqa: S608
        return CountPlan(Statement(sql, scope.parameters.values))

    def _group(self, scope: Scope, query: Query) -> GroupPlan:
        if query.group is None and (query.limit is not None or query.offset is not None):
            word = "LIMIT" if query.limit is not None else "OFFSET"
            raise SalesforceError("MALFORMED_QUERY", _NO_LIMIT.replace("LIMIT", word))
        grouped = GroupedQuery(scope, query)
        keys, converts = grouped.build()
        where = self._where(scope, query)
        sql = f"{grouped.sql(where=where)}{_cut(scope, query)}"
        return GroupPlan(Statement(sql, scope.parameters.values), keys, converts)

    def _ungrouped_order(self, query: Query) -> SalesforceError:
        return malformed(self._text, query.order[0].at, "unexpected ORDER BY in a query with COUNT()")

    def _records(
        self, scope: Scope, query: Query, *, level: int, reference: str = "", among: bool = False
    ) -> RecordPlan:
        """Return the plan of records; those of a child subquery begin with the `reference` to their parent."""
        children: dict[str, ChildPlan] = {}

        def add_subquery(record: Level, entry: Subquery) -> None:
            name, plan = self._child(scope.sobject, entry, level=level + 1)
            if name in record.entries:
                raise malformed(self._text, entry.at, f"duplicate alias: {name}")
            if len(children) >= MAX_SUBQUERIES:
                raise malformed(self._text, entry.at, f"a query can have at most {MAX_SUBQUERIES} subqueries")
            record.entries[name] = record.id_sql
            record.subqueries.append(name)
            children[name] = plan

        selection = SelectList(scope, query, add_subquery=add_subquery)
        record = selection.build()
        owner = f"{scope.table}.{quoted(reference)}" if reference else ""
        chosen = owner or (f"{scope.table}.rowid" if among else "")
        where, seeks = self._filtered(scope, query, more=(f"{chosen} IN {_LAST_VALUES}",) if chosen else ())
        columns = [*([owner] if owner else []), *record.place(0)]
        order = self._order(scope, query, seeks=seeks or bool(owner))
        sources = f"{scope.from_clause()}{where}"
        if owner and (query.limit is not None or query.offset is not None):
            sql = self._windowed(scope, query, columns, rest=(order, sources))
        else:
            sql = f"SELECT {', '.join(columns)} {sources} ORDER BY {order}{_cut(scope, query)}"
        statement = Statement(_with_last(sql, scope.parameters), scope.parameters.values)
        version = FIELDS_VERSION if selection.uses_fields else 0.0
        return RecordPlan(statement, record.rows_shaper(), children, version)

    def _order(self, scope: Scope, query: Query, *, seeks: bool) -> str:
        terms = sort_terms(scope, query.order, lambda expression: operand(scope, expression))
        return ", ".join((*terms, tie_break(scope.table, query.order, seeks=seeks)))

    def _child(self, parent: SObject, entry: Subquery, *, level: int) -> tuple[str, ChildPlan]:
        query = entry.query
        if level > MAX_SUBQUERY_LEVELS:
            raise malformed(self._text, entry.at, f"subqueries can be nested at most {MAX_SUBQUERY_LEVELS} levels deep")
        self._check_bounds(query)
        relationship = self._relationship(parent, query)
        child = self._schema.object(relationship.child)
        assert child is not None
        if _is_count(query) or is_grouped(query):
            raise malformed(self._text, query.select[0].at, _ROOT_ONLY)
        scope = Scope(self._text, self._schema, child, parameters=Parameters())
        scope.add_sources(query.sources)
        return relationship.name, ChildPlan(self._records(scope, query, level=level, reference=relationship.field))

    def _relationship(self, parent: SObject, query: Query) -> ChildRelationship:
        source = query.sources[0]
        name = source.path.parts[-1]
        found = parent.child(name)
        if found is None or len(source.path.parts) > 2:
            raise no_child(self._text, source.path.at, name=name)
        return found

    def _windowed(self, scope: Scope, query: Query, columns: list[str], *, rest: tuple[str, str]) -> str:
        """Return a statement that cuts LIMIT and OFFSET for each parent, which is the first column."""
        order, sources = rest
        names = [f"c{i}" for i in range(len(columns))]
        listed = ", ".join(f"{sql} AS {name}" for sql, name in zip(columns, names, strict=True))
        numbered = f"row_number() OVER (PARTITION BY {columns[0]} ORDER BY {order}) AS place"
        first = scope.parameters.add(query.offset or 0)
        last = scope.parameters.add((query.offset or 0) + (10**10 if query.limit is None else query.limit))
        return (
            f"SELECT {', '.join(names)} FROM (SELECT {listed}, {numbered} {sources}) "  # noqa: S608
            f"WHERE place > {first} AND place <= {last} ORDER BY place"
        )

    def _semi_join(self, outer: Scope, query: Query) -> str:
        sobject = self._object(query)
        scope = Scope(self._text, self._schema, sobject, parameters=outer.parameters)
        scope.add_sources(query.sources)
        selected = query.select[0]
        assert isinstance(selected, Selected)
        inner = operand(scope, selected.expression)
        if inner.type not in {"id", "reference"}:
            raise semi_join_type_error(scope, selected.at)
        check_with(scope, query)
        parts = [f"{inner.sql} IS NOT NULL"]
        if not self._include_deleted:
            parts.append(f'{scope.table}."IsDeleted" = 0')
        if query.where is not None:
            parts.append(Filters(scope, semi_join=None).compile(query.where))
        return f"SELECT {inner.sql} {scope.from_clause()} WHERE {' AND '.join(parts)}"


def _is_count(query: Query) -> bool:
    """Return whether it is `SELECT COUNT()`."""
    first = query.select[0]
    return isinstance(first, Selected) and getattr(first.expression, "argument", first) is None


def _cut(scope: Scope, query: Query) -> str:
    if query.limit is None and query.offset is None:
        return ""
    limit = scope.parameters.add(-1 if query.limit is None else query.limit)
    return f" LIMIT {limit}" + (f" OFFSET {scope.parameters.add(query.offset)}" if query.offset else "")


def _with_last(sql: str, parameters: Parameters) -> str:
    """Return the SQL with the number of the value that comes last, at run time, put where it is wanted."""
    return sql.replace("\0", f"?{len(parameters.values) + 1}")
