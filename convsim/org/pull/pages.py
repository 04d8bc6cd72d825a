"""The records of one object, page after page in the order of their ids, appended to a file that survives a kill.

The last whole line of `X.jsonl.part` says where to go on; a torn one is cut off. When no record is left the file gets
its name `X.jsonl`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from convsim.errors import ConfigError
from convsim.org.pull.columns import Columns
from convsim.org.pull.condition import beyond
from convsim.org.pull.source import Source

PAGE = 2_000
"""Records of a page."""
_MAX_FIELDS = 12_000
"""Characters of the field list in an address; the rest of the 16,384 is for the condition."""
_TAIL = 1 << 20
"""Bytes at a file's end that are read at once in search of its last line."""
Row = dict[str, Any]
Masker = Callable[[str], str]


def pull_records(
    source: Source, columns: Columns, folder: Path, *, condition: str, maskers: Mapping[str, Masker]
) -> Iterator[int]:
    """Append the records that are missing; yield after each page how many it had (first those kept before)."""
    whole, part = folder / f"{columns.name}.jsonl", folder / f"{columns.name}.jsonl.part"
    if whole.is_file():
        yield _lines(whole)
        return
    last = _cut(part)
    yield _lines(part)
    with part.open("ab") as file:
        while rows := _page(source, columns, condition, after=last):
            masked = (_masked(row, maskers) for row in rows)
            file.write(b"".join(orjson.dumps(row) + b"\n" for row in masked))
            file.flush()
            last = rows[-1]["Id"]
            yield len(rows)
    part.replace(whole)


def _page(source: Source, columns: Columns, condition: str, *, after: str) -> list[Row]:
    """Return the next records, put together from several queries where the field list is too long for one."""
    where = beyond(condition, after)
    rows: dict[str, Row] | None = None
    for names in _portions([each["name"] for each in columns.fields]):
        text = f"SELECT {', '.join(names)} FROM {columns.name}{where} ORDER BY Id LIMIT {PAGE}"  # noqa: S608
        found = {row["Id"]: row for row in source.rows(columns.name, text)}
        rows = found if rows is None else {key: rows[key] | found[key] for key in rows if key in found}
    kept = [each["name"] for each in columns.fields]
    return [{name: row[name] for name in kept if row.get(name) is not None} for row in (rows or {}).values()]


def _portions(names: list[str]) -> Iterator[list[str]]:
    """Yield the names in portions that fit into an address, each with the Id."""
    portion, size = ["Id"], 2
    for name in names:
        if name == "Id":
            continue
        cost = len(quote(f", {name}"))
        if size + cost > _MAX_FIELDS:
            yield portion
            portion, size = ["Id"], 2
        portion.append(name)
        size += cost
    yield portion


def _masked(row: Row, maskers: Mapping[str, Masker]) -> Row:
    return {name: maskers[name](value) if name in maskers else value for name, value in row.items()}


def _cut(part: Path) -> str:
    """Cut off a torn last line; return the id of the last record, empty when there is none."""
    if not part.is_file():
        return ""
    with part.open("rb+") as file:
        end = file.seek(0, 2)
        tail = b""
        while end > 0 and tail.count(b"\n") < 2:
            start = max(0, end - _TAIL)
            file.seek(start)
            tail = file.read(end - start) + tail
            end = start
        kept, _, torn = tail.rpartition(b"\n")
        file.truncate(file.seek(0, 2) - len(torn))
    line = kept.rpartition(b"\n")[2]
    try:
        return str(orjson.loads(line)["Id"]) if line else ""
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"'{part}' is damaged: delete it and run the same command again") from error


def _lines(file: Path) -> int:
    if not file.is_file():
        return 0
    with file.open("rb") as opened:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(_TAIL), b""))
