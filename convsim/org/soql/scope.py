"""Names to columns: the object of FROM, its aliases, and one LEFT JOIN for every path through parents."""

from dataclasses import dataclass
from typing import Any

from convsim.org.layout import folded_column, has_rank, quoted, rank_column
from convsim.org.schema.model import Field, Schema, SObject
from convsim.org.soql.ast import Path, Source
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.limits import MAX_PARAMETERS, MAX_PARENTS_UP, MAX_RELATIONSHIPS
from convsim.org.soql.messages import malformed, no_column, no_object, no_parent, too_complicated


class ClockValue:
    """A bound value that is known only when a session runs the query, such as the begin of LAST_WEEK."""

    def resolve(self, clock: SessionClock) -> Any:
        """Return the value for this session."""
        raise NotImplementedError


class Parameters:
    """The bound values of one statement, numbered, and the numbers of its tables."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._tables = 0

    def add(self, value: Any) -> str:
        """Return the placeholder for a value."""
        if len(self.values) >= MAX_PARAMETERS:
            raise too_complicated()
        self.values.append(value)
        return f"?{len(self.values)}"

    def table(self) -> str:
        """Return an alias that no other table of the statement has."""
        self._tables += 1
        return f"t{self._tables - 1}"


@dataclass(frozen=True, slots=True)
class Column:
    """A field at the end of a path."""

    table: str
    """Alias of the table that holds it."""
    field: Field
    sobject: SObject
    """The object that has the field."""
    parents: tuple[str, ...]
    """Relationships of the path by their API names, from the object of FROM."""
    at: int

    @property
    def sql(self) -> str:
        """Return the column of the value."""
        return f"{self.table}.{quoted(self.field.name)}"

    @property
    def compared(self) -> str:
        """Return the column that comparisons use: the folded text where there is one."""
        return f"{self.table}.{folded_column(self.field)}" if self.field.folded else self.sql

    @property
    def sort_keys(self) -> tuple[str, ...]:
        """Return the columns to sort by, the most significant first."""
        ranks = (f"{self.table}.{rank_column(self.field)}",) if has_rank(self.field) else ()
        return (*ranks, self.compared)


@dataclass(frozen=True, slots=True)
class _Join:
    table: str
    sobject: SObject
    parents: tuple[str, ...]


class Scope:
    """What the paths of one SELECT mean."""

    def __init__(self, text: str, schema: Schema, sobject: SObject, *, parameters: Parameters) -> None:
        self.text = text
        self.schema = schema
        self.sobject = sobject
        self.parameters = parameters
        self.table = parameters.table()
        self._joined: dict[tuple[str, ...], _Join] = {(): _Join(self.table, sobject, ())}
        self._clauses: list[str] = []
        self._prefixes: dict[str, tuple[str, ...]] = {sobject.name.lower(): ()}

    def add_sources(self, sources: tuple[Source, ...]) -> None:
        """Learn the aliases of the FROM list; entries after the first must be parents: `FROM Case c, c.Account a`."""
        if sources[0].alias:
            self._prefixes[sources[0].alias.lower()] = ()
        for source in sources[1:]:
            prefix = self._prefixes.get(source.path.parts[0].lower())
            if prefix is None or len(source.path.parts) < 2:
                raise no_object(self.text, source.at, name=".".join(source.path.parts))
            self._join((*prefix, *source.path.parts[1:]), at=source.at)
            name = source.alias or source.path.parts[-1]
            self._prefixes[name.lower()] = (*prefix, *source.path.parts[1:])

    def column(self, path: Path, *, begin: tuple[str, ...] = ()) -> Column:
        """Return the column of a path; raises INVALID_FIELD for what the schema does not have.

        `begin` is the way that TYPEOF has gone before the path begins.
        """
        *way, name = path.parts
        if begin:
            way = [*begin, *way]
        elif way:
            prefix = self._prefixes.get(way[0].lower())
            if prefix is not None:
                way = [*prefix, *way[1:]]
        join = self._join(tuple(way), at=path.at)
        field = join.sobject.field(name)
        if field is None:
            raise no_column(self.text, path.at, name=name, sobject=join.sobject.name)
        return Column(join.table, field, join.sobject, join.parents, path.at)

    def parent(self, way: tuple[str, ...], *, at: int) -> tuple[str, SObject]:
        """Return alias and object of the table that a way through parents reaches."""
        join = self._join(way, at=at)
        return join.table, join.sobject

    def concrete(self, reference: Column, sobject: SObject) -> tuple[str, ...]:
        """Return the way to one object of a polymorphic reference, for TYPEOF: a join that paths can continue."""
        way = (*(each.lower() for each in reference.parents), f"{reference.field.name}:{sobject.name}".lower())
        if way not in self._joined:
            self._joined[way] = self._add(reference.sql, sobject, ())
        return way

    def from_clause(self) -> str:
        """Return FROM with all joins that were asked for; to be called last."""
        return " ".join((f"FROM {quoted(self.sobject.name)} {self.table}", *self._clauses))

    def _join(self, way: tuple[str, ...], *, at: int) -> _Join:
        key = tuple(each.lower() for each in way)
        found = self._joined.get(key)
        if found is not None:
            return found
        if len(way) > MAX_PARENTS_UP:
            raise malformed(self.text, at, f"a path can go up at most {MAX_PARENTS_UP} relationships")
        child = self._join(way[:-1], at=at)
        reference = child.sobject.parent(way[-1])
        parent = self.schema.parent_of(reference) if reference else None
        if reference is None or parent is None or reference.relationship is None:
            raise no_parent(self.text, at, name=way[-1])
        reached = (*child.parents, reference.relationship)
        self._joined[key] = self._add(f"{child.table}.{quoted(reference.name)}", parent, reached)
        return self._joined[key]

    def _add(self, reference: str, parent: SObject, parents: tuple[str, ...]) -> _Join:
        if len(self._clauses) >= MAX_RELATIONSHIPS:
            raise too_complicated()
        table = self.parameters.table()
        self._clauses.append(f'LEFT JOIN {quoted(parent.name)} {table} ON {table}."Id" = {reference}')
        return _Join(table, parent, parents)
