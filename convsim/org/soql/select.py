"""The SELECT list of a query without aggregates: fields, parents, TYPEOF, FIELDS() as one level of the answer."""

from collections.abc import Callable

from convsim.org.errors import SalesforceError
from convsim.org.schema.model import Field
from convsim.org.soql.ast import Call, Expression, Path, Query, Selected, Subquery, TypeOf
from convsim.org.soql.limits import MAX_FIELDS_LIMIT
from convsim.org.soql.messages import malformed, no_object, unexpected
from convsim.org.soql.operands import AGGREGATES, TRANSPARENT, misplaced
from convsim.org.soql.record import Convert, Level
from convsim.org.soql.scope import Column, Scope
from convsim.org.soql.shown import formatted, shown

_FIELDS_LIMIT = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_LIMIT}"
_CHOICES: dict[str, Callable[[Field], bool]] = {
    "ALL": lambda _: True,
    "STANDARD": lambda field: not field.custom,
    "CUSTOM": lambda field: field.custom,
}
AddSubquery = Callable[[Level, Subquery], None]


class SelectList:
    """Builds the level of one query's records, entry by entry."""

    def __init__(self, scope: Scope, query: Query, *, add_subquery: AddSubquery) -> None:
        self._scope = scope
        self._query = query
        self._add_subquery = add_subquery
        self.level = Level(scope.sobject.name, f'{scope.table}."Id"', scope.schema)
        self.uses_fields = False

    def build(self) -> Level:
        """Return the level with all entries of the SELECT list."""
        for entry in self._query.select:
            match entry:
                case Subquery():
                    if entry.alias:
                        raise self._no_alias(entry.at)
                    self._add_subquery(self.level, entry)
                case TypeOf():
                    self._add_type_of(entry)
                case Selected(expression):
                    if entry.alias:
                        self._refuse_alias(entry)
                    self._add(expression, at=entry.at)
        return self.level

    def _refuse_alias(self, entry: Selected) -> None:
        if not isinstance(entry.expression, Call) or entry.expression.function not in TRANSPARENT:
            raise self._no_alias(entry.at)

    def _no_alias(self, at: int) -> SalesforceError:
        return malformed(self._scope.text, at, "only aggregate expressions use field aliasing")

    def _add(self, expression: Expression, *, at: int) -> None:
        if isinstance(expression, Path):
            self._add_column(self._scope.column(expression), at=at)
        elif isinstance(expression, Call) and expression.function == "FIELDS":
            self._add_fields(expression)
        elif isinstance(expression, Call) and expression.function in TRANSPARENT:
            self._add_transparent(expression)
        elif isinstance(expression, Call) and expression.function not in AGGREGATES:
            raise misplaced(self._scope, expression)
        else:
            raise unexpected(self._scope.text, at, "DISTANCE")

    def _add_transparent(self, call: Call) -> None:
        argument, function = call.argument, call.function
        if isinstance(argument, Call) and argument.function == "CONVERTCURRENCY" and function == "FORMAT":
            argument = argument.argument
        if not isinstance(argument, Path):
            raise misplaced(self._scope, call)
        column = self._scope.column(argument)
        convert = formatted(column.field.type) if function == "FORMAT" else shown(column.field.type)
        alias = next(
            (each.alias for each in self._query.select if isinstance(each, Selected) and each.expression is call), None
        )
        if alias:
            self._place(self.level, alias, column, convert=convert, at=call.at)
        else:
            self._add_column(column, convert=convert, at=call.at)

    def _add_fields(self, call: Call) -> None:
        choice = call.argument.parts[0].upper() if isinstance(call.argument, Path) else ""
        chosen = _CHOICES.get(choice)
        if chosen is None:
            raise misplaced(self._scope, call)
        limit = self._query.limit
        if choice != "STANDARD" and (limit is None or limit > MAX_FIELDS_LIMIT):
            raise SalesforceError("MALFORMED_QUERY", _FIELDS_LIMIT)
        self.uses_fields = True
        for field in filter(chosen, self._scope.sobject.fields):
            self._add_column(self._scope.column(Path((field.name,), call.at)), at=call.at)

    def _add_column(self, column: Column, *, at: int, convert: Convert | None = None) -> None:
        level = self.level
        for depth, relationship in enumerate(column.parents, 1):
            level = self._parent(level, column.parents[:depth], relationship, at=at)
        self._place(level, column.field.name, column, convert=convert or shown(column.field.type), at=at)

    def _parent(self, level: Level, way: tuple[str, ...], relationship: str, *, at: int) -> Level:
        found = level.parents.get(relationship)
        if found is None:
            table, sobject = self._scope.parent(way, at=at)
            found = Level(sobject.name, f'{table}."Id"', self._scope.schema, polymorphic=sobject.pseudo)
            self._claim(level, relationship, at=at)
            level.parents[relationship] = found
            level.entries[relationship] = "NULL"
        return found

    def _place(self, level: Level, key: str, column: Column, *, convert: Convert | None, at: int) -> None:
        self._claim(level, key, at=at)
        level.entries[key] = column.sql
        if convert:
            level.converts[key] = convert

    def _claim(self, level: Level, key: str, *, at: int) -> None:
        if key in level.entries:
            raise malformed(self._scope.text, at, f"duplicate alias: {key}")

    def _add_type_of(self, entry: TypeOf) -> None:
        scope = self._scope
        relationship = entry.relationship
        reference = self._reference(relationship)
        key = reference.field.relationship or ""
        self._claim(self.level, key, at=entry.at)
        self.level.entries[key] = reference.sql
        branches = self.level.branches[key] = {}
        seen: set[str] = set()
        for when in entry.branches:
            name = when.sobject.parts[0]
            sobject = scope.schema.object(name)
            if name.lower() in seen:
                raise malformed(scope.text, when.sobject.at, f"WHEN clause operand [{name}] is not unique")
            seen.add(name.lower())
            if sobject is None or sobject.pseudo or sobject.name not in reference.field.to:
                raise no_object(scope.text, when.sobject.at, name=name)
            way = scope.concrete(reference, sobject)
            table, _ = scope.parent(way, at=entry.at)
            level = Level(sobject.name, f'{table}."Id"', scope.schema)
            branches[sobject.prefix] = self._branch(level, when.fields, begin=way)
        if entry.otherwise:
            way = (*relationship.parts,)
            table, sobject = scope.parent(way, at=entry.at)
            level = Level(sobject.name, f'{table}."Id"', scope.schema, polymorphic=sobject.pseudo)
            branches[""] = self._branch(level, entry.otherwise, begin=tuple(each.lower() for each in way))

    def _reference(self, relationship: Path) -> Column:
        sobject = self._scope.sobject
        reference = sobject.parent(relationship.parts[-1])
        if reference is None or not reference.polymorphic or len(relationship.parts) > 1:
            message = f"TYPEOF needs a polymorphic relationship: {'.'.join(relationship.parts)}"
            raise malformed(self._scope.text, relationship.at, message)
        return self._scope.column(Path((reference.name,), relationship.at))

    def _branch(self, level: Level, fields: tuple[Path, ...], *, begin: tuple[str, ...]) -> Level:
        for path in fields:
            column = self._scope.column(path, begin=begin)
            if len(path.parts) == 1:
                self._place(level, column.field.name, column, convert=shown(column.field.type), at=path.at)
                continue
            inner = level
            for depth in range(1, len(path.parts)):
                way = (*begin, *path.parts[:depth])
                inner = self._parent(inner, way, _relationship(self._scope, way, at=path.at), at=path.at)
            self._place(inner, column.field.name, column, convert=shown(column.field.type), at=path.at)
        return level


def _relationship(scope: Scope, way: tuple[str, ...], *, at: int) -> str:
    _, child = scope.parent(way[:-1], at=at)
    reference = child.parent(way[-1])
    return (reference.relationship if reference else None) or way[-1]
