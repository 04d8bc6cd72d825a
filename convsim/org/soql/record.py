"""Rows to the JSON objects that the API answers with: `attributes` first, then keys in the order of the SELECT list.

A level is one object of the answer: the record itself, or a parent inside it. It owns a run of the row's columns, whose
first is the record's id. All decisions are taken when the query is compiled; a row only runs what its level needs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from convsim.org.schema.model import Schema
from convsim.org.soql.clock import SessionClock

Row = tuple[Any, ...]
Record = dict[str, Any]


@dataclass(slots=True)
class Shaping:
    """What shaping the rows of one result needs beside them."""

    root: str
    """Path of the API version, such as `/services/data/v59.0`."""
    clock: SessionClock
    children: dict[str, Mapping[str, Record]] = field(default_factory=dict)
    """For each child subquery's key: parent id to the answer for its children."""


Convert = Callable[[Any, Shaping], Any]
Fill = Callable[[Row, Record, Shaping], None]


@dataclass(slots=True, eq=False)
class Level:
    """One object of the answer while its query is compiled; `shaper` turns it into a function."""

    sobject: str
    id_sql: str
    schema: Schema
    polymorphic: bool = False
    entries: dict[str, str] = field(default_factory=dict)
    """Key of the answer to the SQL of its column."""
    converts: dict[str, Convert] = field(default_factory=dict)
    parents: dict[str, "Level"] = field(default_factory=dict)
    subqueries: list[str] = field(default_factory=list)
    branches: dict[str, dict[str, "Level"]] = field(default_factory=dict)
    """For TYPEOF: id prefix to the level of that branch; the empty prefix is ELSE."""
    start: int = 0

    def place(self, start: int) -> list[str]:
        """Fix the columns of this level and of those inside it; return their SQL in order."""
        self.start = start
        columns = [self.id_sql, *self.entries.values()]
        inner = [*self.parents.values(), *(level for each in self.branches.values() for level in each.values())]
        for level in inner:
            columns += level.place(start + len(columns))
        return columns

    def shaper(self) -> Callable[[Row, Shaping], Record]:
        """Return the function from a row to this level's object."""
        keys = ("attributes", *self.entries)
        start, stop = self.start, self.start + len(keys)
        attributes, fills = self._attributes(), self._fills()

        def shape(row: Row, shaping: Shaping) -> Record:
            record = dict(zip(keys, row[start:stop]))  # noqa: B905 - see `rows_shaper`
            record["attributes"] = attributes(record["attributes"], shaping.root)
            for fill in fills:
                fill(row, record, shaping)
            return record

        return shape

    def rows_shaper(self) -> Callable[[Sequence[Row], Shaping], list[Record]]:
        """Return the function from all rows to records; this level's columns come first in a row."""
        keys = ("attributes", *self.entries)
        fills, name = self._fills(), self.sobject

        def shape(rows: Sequence[Row], shaping: Shaping) -> list[Record]:
            url = f"{shaping.root}/sobjects/{name}/"
            records: list[Record] = list(map(dict, map(zip, repeat(keys), rows)))
            for record in records:
                record["attributes"] = {"type": name, "url": url + record["attributes"]}
            for fill in fills:
                for row, record in zip(rows, records):  # noqa: B905 - `strict` costs as much as the rest of the loop
                    fill(row, record, shaping)
            return records

        return shape

    def _attributes(self) -> Callable[[str, str], Record]:
        name, middle = self.sobject, f"/sobjects/{self.sobject}/"
        if not self.polymorphic:
            return lambda record_id, root: {"type": name, "url": f"{root}{middle}{record_id}"}
        objects = {each.prefix: each.name for each in self.schema}

        def attributes(record_id: str, root: str) -> Record:
            return {"type": "Name", "url": f"{root}/sobjects/{objects.get(record_id[:3], 'Name')}/{record_id}"}

        return attributes

    def _fills(self) -> list[Fill]:
        return [
            *(_converter(key, convert) for key, convert in self.converts.items()),
            *(_parent(key, level.shaper(), at=level.start) for key, level in self.parents.items()),
            *(_branch(key, levels) for key, levels in self.branches.items()),
            *map(_subquery, self.subqueries),
        ]


def _converter(key: str, convert: Convert) -> Fill:
    def fill(_row: Row, record: Record, shaping: Shaping) -> None:
        record[key] = convert(record[key], shaping)

    return fill


def _parent(key: str, shape: Callable[[Row, Shaping], Record], *, at: int) -> Fill:
    def fill(row: Row, record: Record, shaping: Shaping) -> None:
        record[key] = None if row[at] is None else shape(row, shaping)

    return fill


def _branch(key: str, levels: Mapping[str, Level]) -> Fill:
    shapes = {prefix: (level.shaper(), level.start) for prefix, level in levels.items()}

    def fill(row: Row, record: Record, shaping: Shaping) -> None:
        record_id = record[key]
        found = shapes.get((record_id or "")[:3]) or shapes.get("")
        record[key] = found[0](row, shaping) if record_id and found and row[found[1]] is not None else None

    return fill


def _subquery(key: str) -> Fill:
    def fill(_row: Row, record: Record, shaping: Shaping) -> None:
        record[key] = shaping.children[key].get(record[key])

    return fill
