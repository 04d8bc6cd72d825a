"""A checked query as SQL: compiled once per text and schema, run by any session.

    plan = compile_query(parse(text), text, schema, include_deleted=False)
    records = plan.run(store, clock, root="/services/data/v59.0")

Every path through parents is a LEFT JOIN, every child subquery one more statement for all parents at once, every
semi-join an `IN (SELECT ...)`. Values are bound, names come from the schema.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.limits import MAX_GROUPED_ROWS
from convsim.org.soql.messages import too_complicated
from convsim.org.soql.record import Convert, Record, Row, Shaping
from convsim.org.soql.scope import ClockValue
from convsim.org.store import Store

Nesting = Mapping[str, "Nesting"]
"""Child subqueries by the key under which their records stand, each with those inside it."""
_NO_QUERY_MORE = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
_TOO_COMPLICATED = ("too complex", "too many", "too large", "too deep", "overflow", "at most")


@dataclass(slots=True, eq=False)
class Statement:
    """SQL with its values; some are known only to the session that runs it."""

    sql: str
    values: list[Any]
    late: list[tuple[int, ClockValue]] = field(init=False)

    def __post_init__(self) -> None:
        self.late = [(place, value) for place, value in enumerate(self.values) if isinstance(value, ClockValue)]

    def rows(self, store: Store, clock: SessionClock, *, extra: Sequence[Any] = ()) -> list[Row]:
        """Return all rows; `extra` values follow the statement's own. Raises QUERY_TOO_COMPLICATED."""
        values: Sequence[Any] = self.values
        if self.late or extra:
            bound = [*self.values, *extra]
            for place, value in self.late:
                bound[place] = value.resolve(clock)
            values = bound
        try:
            return store.connection().execute(self.sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if any(words in str(error) for words in _TOO_COMPLICATED):
                raise too_complicated() from error
            raise


@dataclass(slots=True, eq=False)
class RecordPlan:
    """A query that answers with records of one object."""

    statement: Statement
    shape: Callable[[Sequence[Row], Shaping], list[Record]]
    children: dict[str, "ChildPlan"]
    minimum_version: float = 0.0
    """First API version that understands the query."""

    @property
    def nesting(self) -> Nesting:
        """The child subqueries by their keys."""
        return {key: child.plan.nesting for key, child in self.children.items()}

    def run(self, store: Store, clock: SessionClock, *, root: str, extra: Sequence[Any] = ()) -> list[Record]:
        """Return the records, those of child subqueries inside them."""
        rows = self.statement.rows(store, clock, extra=extra)
        return self.shaped(rows, store, clock, root=root)

    def shaped(self, rows: list[Row], store: Store, clock: SessionClock, *, root: str) -> list[Record]:
        """Return the records of rows that the statement gave."""
        shaping = Shaping(root, clock)
        if self.children and rows:
            ids = [row[0] for row in rows]
            for key, child in self.children.items():
                shaping.children[key] = child.run(ids, store, clock, root=root)
        return self.shape(rows, shaping)


@dataclass(slots=True, eq=False)
class ChildPlan:
    """A child subquery: its statement takes the parents' ids as one JSON text and gives each row's parent first."""

    plan: RecordPlan

    def run(self, ids: Sequence[str], store: Store, clock: SessionClock, *, root: str) -> dict[str, Record]:
        """Return for each parent that has children the answer for them; the others answer null."""
        rows = self.plan.statement.rows(store, clock, extra=(json.dumps(ids),))
        records = self.plan.shaped([row[1:] for row in rows], store, clock, root=root)
        answers: dict[str, Record] = {}
        for row, record in zip(rows, records):  # noqa: B905 - see `Level.rows_shaper`
            answer = answers.get(row[0])
            if answer is None:
                answer = answers[row[0]] = {"totalSize": 0, "done": True, "records": []}
            answer["records"].append(record)
            answer["totalSize"] += 1
        return answers


@dataclass(slots=True, eq=False)
class GroupPlan:
    """A query with aggregates."""

    statement: Statement
    keys: list[str]
    converts: dict[str, Convert]
    minimum_version: float = 0.0

    def run(self, store: Store, clock: SessionClock, *, root: str) -> list[Record]:
        """Return AggregateResult records; raises EXCEEDED_ID_LIMIT for more than one batch of them."""
        rows = self.statement.rows(store, clock)
        if len(rows) > MAX_GROUPED_ROWS:
            raise SalesforceError("EXCEEDED_ID_LIMIT", _NO_QUERY_MORE)
        shaping = Shaping(root, clock)
        keys = ("attributes", *self.keys)
        records = []
        for row in rows:
            record = dict(zip(keys, row))  # noqa: B905 - see `Level.rows_shaper`
            record["attributes"] = {"type": "AggregateResult"}
            for key, convert in self.converts.items():
                record[key] = convert(record[key], shaping)
            records.append(record)
        return records


@dataclass(slots=True, eq=False)
class CountPlan:
    """`SELECT COUNT()`: a number and no records."""

    statement: Statement
    minimum_version: float = 0.0

    def count(self, store: Store, clock: SessionClock) -> int:
        """Return how many records the query would give."""
        return int(self.statement.rows(store, clock)[0][0])


Plan = RecordPlan | GroupPlan | CountPlan
