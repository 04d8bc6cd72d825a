"""The object files of a bundle, each read as far as it can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from convsim.org.schema.load import cross_mistakes, read_field, read_object
from convsim.org.schema.model import Schema, SObject
from convsim.org.schema.source import Entry, read_entry
from personas.errors import SourceError


@dataclass(frozen=True, slots=True)
class Objects:
    """What could be read, and what could not."""

    schema: Schema
    mistakes: tuple[SourceError, ...]
    unread: frozenset[str]
    """Objects (lower case) whose file is wrong, so that their records cannot be judged."""


def read_objects(folder: Path) -> Objects:
    """Return the objects of the folder's files with all mistakes."""
    files = sorted(folder.glob("*.yaml"))
    mistakes: list[SourceError] = [] if files else [_empty(folder)]
    mistakes += [_ignored(file) for file in sorted(folder.glob("*.yml"))]
    good: dict[str, tuple[Entry, SObject]] = {}
    unread = set()
    for file in files:
        read = _read(file)
        if isinstance(read, list):
            mistakes += read
            unread.add(file.stem.lower())
        elif read[1].name.lower() in good:
            mistakes.append(SourceError(file, 1, found=f"object '{read[1].name}' is described twice"))
        else:
            good[read[1].name.lower()] = read
    schema = Schema(sobject for _, sobject in good.values())
    described = {*good, *unread}
    for mistake in cross_mistakes(folder, [entry for entry, _ in good.values()], schema):
        if not any(f"unknown object '{name}'" in mistake.found.lower() for name in described):
            mistakes.append(mistake)
    return Objects(schema, tuple(mistakes), frozenset(unread))


def _read(file: Path) -> tuple[Entry, SObject] | list[SourceError]:
    """Return the object, or the mistakes of the file: that of the whole and that of each field."""
    try:
        entry = read_entry(file)
    except SourceError as mistake:
        return [mistake]
    try:
        return entry, read_object(entry)
    except SourceError as mistake:
        found = [*_of_fields(entry)]
        return found if str(mistake) in map(str, found) else [mistake, *found]


def _of_fields(entry: Entry) -> Iterator[SourceError]:
    try:
        fields = entry.entries("fields")
    except SourceError as mistake:
        yield mistake
        return
    for each in fields:
        try:
            read_field(each)
        except SourceError as mistake:
            yield mistake


def _empty(folder: Path) -> SourceError:
    return SourceError(folder, None, found="no object files", remedy="put one *.yaml per object here")


def _ignored(file: Path) -> SourceError:
    return SourceError(file, None, found="this file is not read", remedy=f"rename it to {file.stem}.yaml")
