"""The records of an org in one SQLite file: written once by `build_store`, then only read through `Store`.

    build_store(path, schema, rows)      # rows: {"Case": [{"Id": "500...", "Subject": "..."}, ...], ...}
    store = Store(path, schema)          # one per process, shared by all sessions and threads
    store.select("SELECT \"Id\" FROM \"Case\" WHERE \"AccountId\" = ?", (account_id,))

Values are in wire format (see `convsim.org.layout`, which also names tables, columns and the full-text index).
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from convsim.errors import ConfigError, InfrastructureError, unknown
from convsim.org.fold import fold
from convsim.org.layout import (
    SEARCH_GROUPS,
    column_order,
    create_indexes,
    create_table,
    has_rank,
    quoted,
    search_base,
    search_group,
)
from convsim.org.local import local_time
from convsim.org.schema.model import NAME_FIELDS, Field, Schema, SObject

Row = Mapping[str, Any]
FORMAT = 1
"""Version of the file's layout, kept in SQLite's user_version."""
_MODSTAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")


def build_store(path: Path, schema: Schema, rows: Mapping[str, Iterable[Row]]) -> None:
    """Write the records to a new file, which replaces the old one only when it is whole.

    Records are kept in the order of their ids, so that an org's answers do not depend on the order of its files. A row
    may leave out fields: they become null, booleans false, LastModifiedDate the CreatedDate, SystemModstamp the
    LastModifiedDate. Raises ConfigError for objects or fields that the schema does not know and for ids used twice.
    """
    names = [each.name for each in schema]
    for name in rows:
        if name not in names:
            raise unknown("object", name, names)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; BEGIN;"
        )
        _write(connection, schema, rows)
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA user_version={FORMAT}")
    except sqlite3.IntegrityError as error:
        raise ConfigError(f"records cannot be stored: {error}; every record needs an Id of its own") from error
    finally:
        connection.close()
    draft.replace(path)


def _write(connection: sqlite3.Connection, schema: Schema, rows: Mapping[str, Iterable[Row]]) -> None:
    groups = ", ".join(SEARCH_GROUPS)
    connection.execute(f"CREATE VIRTUAL TABLE search USING fts5({groups}, content='', tokenize='unicode61')")
    connection.execute("CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search, row)")
    connection.execute(create_table(schema.name))
    connection.create_function("fold", 1, lambda text: text and fold(text), deterministic=True)
    connection.create_function("digits", 1, _digits, deterministic=True)
    targets = schema.name_targets()
    for sobject in schema:
        connection.execute(create_table(sobject))
        _insert(connection, sobject, rows.get(sobject.name, ()))
        for statement in create_indexes(sobject):
            connection.execute(statement)
        if sobject.searchable:
            _index_text(connection, schema, sobject)
        if sobject in targets:
            _fill_name(connection, schema, sobject)
    for statement in create_indexes(schema.name):
        connection.execute(statement)
    connection.execute("INSERT INTO search(search) VALUES ('optimize')")
    connection.execute("ANALYZE")


def _insert(connection: sqlite3.Connection, sobject: SObject, rows: Iterable[Row]) -> None:
    ordered = column_order(sobject)
    short, long = [f for f in ordered if not f.is_long], [f for f in ordered if f.is_long]
    cells: list[Callable[[Row], Any]] = [
        *map(_cell, short),
        *(_folded(each) for each in sobject.fields if each.folded),
        *(_rank(each) for each in sobject.fields if has_rank(each)),
        *map(_cell, long),
    ]
    known = {each.name for each in sobject.fields} | {"attributes"}
    ordered_rows = sorted(_checked(sobject, rows, known=known), key=lambda row: str(row["Id"]))
    values = (tuple([cell(row) for cell in cells]) for row in ordered_rows)
    places = ", ".join("?" * len(cells))
    connection.executemany(f"INSERT INTO {quoted(sobject.name)} VALUES ({places})", values)  # noqa: S608


def _checked(sobject: SObject, rows: Iterable[Row], *, known: set[str]) -> Iterator[Row]:
    for row in rows:
        if not row.keys() <= known:
            name = min(row.keys() - known)
            raise unknown(f"field of {sobject.name}", name, sorted(known), remedy=f"in record {row.get('Id')}")
        if not row.get("Id"):
            raise ConfigError(f"a record of {sobject.name} has no Id: give every record an 18-character Id")
        yield row


def _cell(field: Field) -> Callable[[Row], Any]:
    name = field.name
    if field.type == "boolean":
        return lambda row: 1 if row.get(name) else 0
    if name in _MODSTAMPS:
        fallback = _MODSTAMPS[_MODSTAMPS.index(name) :]
        return lambda row: next((row[each] for each in fallback if row.get(each)), None)
    return lambda row: None if (value := row.get(name)) == "" else value


def _folded(field: Field) -> Callable[[Row], str | None]:
    name = field.name
    return lambda row: fold(value) if (value := row.get(name)) else None


def _rank(field: Field) -> Callable[[Row], int | None]:
    name, order = field.name, {fold(value): place for place, value in enumerate(field.values)}
    return lambda row: order.get(fold(value), len(order)) if (value := row.get(name)) else None


def _index_text(connection: sqlite3.Connection, schema: Schema, sobject: SObject) -> None:
    texts: dict[str, list[str]] = {group: [] for group in SEARCH_GROUPS}
    for each in sobject.fields:
        if each.searchable:
            column = f"coalesce({quoted(each.name)}, '')"
            texts[search_group(each)].append(column)
            if each.type == "phone":
                texts["phone"].append(f"digits({column})")
    columns = ", ".join(" || char(10) || ".join(parts) or "''" for parts in texts.values())
    connection.execute(
        f"INSERT INTO search(rowid, {', '.join(texts)}) "  # noqa: S608
        f'SELECT rowid + {search_base(schema, sobject)}, {columns} FROM {quoted(sobject.name)} WHERE "IsDeleted" = 0'
    )


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _fill_name(connection: sqlite3.Connection, schema: Schema, sobject: SObject) -> None:
    target: list[str] = []
    source: list[str] = []
    for name, _ in NAME_FIELDS:
        field = sobject.name_field if name == "Name" else sobject.field(name)
        pseudo = schema.name.field(name)
        if name == "Type":
            target += ['"Type"', '"Type~"']
            source += [f"'{sobject.name}'", f"'{fold(sobject.name)}'"]
        elif field is not None and pseudo is not None:
            target.append(quoted(name))
            source.append(quoted(field.name))
            if pseudo.folded:
                target.append(quoted(name + "~"))
                source.append(f"fold({quoted(field.name)})")
        elif name == "IsActive":
            target.append(quoted(name))
            source.append("1")
    connection.execute(
        f'INSERT INTO "Name" ({", ".join(target)}) SELECT {", ".join(source)} FROM {quoted(sobject.name)}'  # noqa: S608
    )


class Store:
    """A store opened for reading: one connection per thread, statements cached, nothing can be written.

    The file must not be replaced while it is open (`immutable=1`: SQLite takes no locks and looks for no journal).
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        if not path.is_file():
            raise ConfigError(f"org store '{path}' does not exist: build it first (`convsim org build`)")
        self.path = path
        self.schema = schema
        self.turn = threading.Lock()
        """Held while a query runs. SQLite gives up the interpreter's lock at every row, and threads that compete for it
        lose more than they gain: eight that take turns answer 1.4 times as many queries as eight at once."""
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        try:
            found = self.connection().execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise ConfigError(f"org store '{path}' is not readable ({error}): build it again") from error
        if found != FORMAT:
            raise ConfigError(f"org store '{path}' has format {found}, this version reads {FORMAT}: build it again")

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        return connection

    def select(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT; raises InfrastructureError when the file cannot be read."""
        try:
            return self.connection().execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise InfrastructureError(f"org store '{self.path}': {error}") from error

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._opened:
            self._opened.pop().close()
        self._local = threading.local()

    def _open(self) -> sqlite3.Connection:
        uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, cached_statements=512, check_same_thread=False
        )
        for pragma in ("query_only=1", "mmap_size=268435456", "temp_store=MEMORY", "case_sensitive_like=1"):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("local_time", 2, local_time, deterministic=True)
        self._opened.append(connection)
        return connection
