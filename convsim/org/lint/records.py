"""The records of a bundle, line by line: values against their fields, ids against each other, references at the end."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from convsim.org.bundle_source import nearest, reader_of
from convsim.org.fold import fold
from convsim.org.ids import normal_id
from convsim.org.schema.model import Field, Schema, SObject
from personas.errors import SourceError

_PICKED = ("picklist", "multipicklist")
Judge = Callable[[Any], str]
"""Takes a value; returns what is allowed instead, empty when it fits."""


class Records:
    """What was read so far, of all objects."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._owner: dict[str, str] = {}
        self._usernames: set[str] = set()

    def is_user(self, named: str) -> bool:
        """Return whether a User with this Username or id was read."""
        return named in self._usernames or self._owner.get(normal_id(named) or "") == "User"

    def mistakes(self, file: Path, name: str) -> Iterator[SourceError]:
        """Yield the mistakes of one object's file."""
        sobject = self._schema.object(name)
        assert sobject is not None
        judges = {each.name: _judge(each) for each in sobject.fields}
        once = [(each, set[str]()) for each in sobject.fields if each.unique]
        for number, record in _lines(file):
            if isinstance(record, SourceError):
                yield record
                continue
            for field, value in record.items():
                yield from _of_value(file, number, field, value, judges=judges)
            yield from self._of_id(file, number, record, sobject)
            yield from _repeated(file, number, record, once=once)
            if name == "User" and isinstance(record.get("Username"), str):
                self._usernames.add(record["Username"])

    def references(self, file: Path, name: str) -> Iterator[tuple[SourceError, bool]]:
        """Yield what references say wrong, and whether it is only that the record is not here; after all `mistakes`."""
        sobject = self._schema.object(name)
        assert sobject is not None
        fields = [each for each in sobject.fields if each.to]
        for number, record in _lines(file):
            if isinstance(record, dict):
                for field in fields:
                    yield from self._of_reference(file, number, field, record.get(field.name))

    def _of_id(self, file: Path, number: int, record: dict[str, Any], sobject: SObject) -> Iterator[SourceError]:
        record_id = record.get("Id")
        if not record_id:
            yield SourceError(file, number, found="no Id", remedy="give every record an 18-character Id")
            return
        known = normal_id(record_id) if isinstance(record_id, str) else None
        if known is None:
            return
        if known in self._owner:
            found = f"Id '{record_id}' appears twice" + ("" if self._owner[known] == sobject.name else ", in two files")
            yield SourceError(file, number, found=found, remedy="give each record its own")
        elif not known.startswith(sobject.prefix):
            allowed = f"ids of {sobject.name} begin with {sobject.prefix}"
            yield SourceError(file, number, found=f"Id '{record_id}'", allowed=allowed)
        self._owner.setdefault(known, sobject.name)

    def _of_reference(self, file: Path, number: int, field: Field, value: Any) -> Iterator[tuple[SourceError, bool]]:
        known = normal_id(value) if isinstance(value, str) else None
        if known is None:
            return
        owner = self._owner.get(known)
        if owner is not None:
            if owner not in field.to:
                found = f"{field.name} is '{value}', a record of {owner}"
                yield SourceError(file, number, found=found, allowed=f"it refers to {' or '.join(field.to)}"), False
        elif (meant := self._schema.by_prefix(known)) is not None or all(map(self._schema.object, field.to)):
            place = f"of {meant.name}" if meant else "of any object"
            told = f"{field.name} is '{value}', which is no record {place} here"
            yield SourceError(file, number, found=told, remedy="add the record, or leave the field empty"), True


def _lines(file: Path) -> Iterator[tuple[int, Any]]:
    """Yield line numbers with records, or with what is wrong with a line that holds none."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _record(file, number, line)


def _record(file: Path, number: int, line: bytes) -> dict[str, Any] | SourceError:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return SourceError(file, number, found=f"not readable as JSON: {error}")
    if not isinstance(record, dict):
        return SourceError(file, number, found="not a JSON object", remedy='write {"Id": "...", ...}')
    record.pop("attributes", None)
    return record


def _of_value(file: Path, number: int, field: str, value: Any, *, judges: dict[str, Judge]) -> Iterator[SourceError]:
    judge = judges.get(field)
    if judge is None:
        yield SourceError(file, number, found=f"unknown field '{field}'", allowed=nearest(field, list(judges)))
    elif value is not None and (allowed := judge(value)):
        shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
        yield SourceError(file, number, found=f"{field} is {shown}", allowed=allowed)


def _judge(field: Field) -> Judge:
    read = reader_of(field)
    known = {fold(each) for each in field.values}
    split = field.type == "multipicklist"

    def judge(value: Any) -> str:
        try:
            read(value)
        except (ValueError, TypeError) as error:
            return str(error)
        if field.is_text and field.length and len(value) > field.length:
            return f"at most {field.length} characters, these are {len(value)}"
        if field.type in _PICKED and known and value:
            strange = [each for each in (value.split(";") if split else [value]) if fold(each) not in known]
            if strange:
                return f"'{strange[0]}' is no value of it: {nearest(strange[0], list(field.values))}"
        return ""

    return judge


def _repeated(
    file: Path, number: int, record: dict[str, Any], *, once: Iterable[tuple[Field, set[str]]]
) -> Iterator[SourceError]:
    for field, seen in once:
        value = record.get(field.name)
        if isinstance(value, str) and value:
            key = value if field.case_sensitive else fold(value)
            if key in seen:
                yield SourceError(file, number, found=f"{field.name} '{value}' appears twice", allowed="it is unique")
            seen.add(key)
