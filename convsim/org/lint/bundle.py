"""`findings(folder)`: what is wrong with a bundle, each with file, line and remedy.

    org.yaml -> schema/*.yaml -> records/*.jsonl -> references between records -> sensitivity.yaml

A file that cannot be read hides its own further mistakes only: the others are checked all the same. Warnings are what
a bundle may well have (a reference to a record that was not pulled) and what its author should know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from convsim.errors import ConfigError
from convsim.org.bundle import LATENT, SENSITIVITY, SHEET, STORE
from convsim.org.bundle_source import OrgSheet, object_of, read_org_sheet
from convsim.org.lint.objects import Objects, read_objects
from convsim.org.lint.records import Records
from convsim.org.schema.model import Schema
from convsim.org.sensitivity import sensitivity_mistakes
from convsim.org.soql.clock import SessionClock
from personas.errors import SourceError

_UNFINISHED = ".pull.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, or a warning."""

    told: SourceError
    warning: bool = False


def findings(folder: Path) -> Iterator[Finding]:
    """Yield every mistake and warning; raises ConfigError when the folder is no bundle at all."""
    _is_bundle(folder)
    sheet: OrgSheet | None = None
    try:
        sheet = read_org_sheet(folder / SHEET)
        SessionClock(now=sheet.now, time_zone=sheet.time_zone)
    except SourceError as mistake:
        yield Finding(mistake)
    except ConfigError as mistake:
        yield Finding(SourceError(folder / SHEET, None, found=str(mistake)))
    objects = read_objects(folder / "schema")
    yield from map(Finding, objects.mistakes)
    yield from _of_records(folder, objects, sheet)
    if (folder / SENSITIVITY).is_file():
        yield from map(Finding, sensitivity_mistakes(folder / SENSITIVITY, objects.schema))


def _is_bundle(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigError(f"'{folder}' is no folder: name a bundle's, or b2b or b2c")
    if (folder / LATENT).is_file() and (folder / STORE).is_file():
        raise ConfigError(f"'{folder}' is a generated org: check it by its name (`convsim org check b2b`)")
    if (folder / _UNFINISHED).is_file():
        raise ConfigError(f"'{folder}' holds an unfinished pull: run its command again to finish it")
    if not (folder / SHEET).is_file():
        raise ConfigError(
            f"'{folder}' is no bundle: it has no {SHEET}; a bundle holds {SHEET}, schema/*.yaml and records/*.jsonl"
        )


def _of_records(folder: Path, objects: Objects, sheet: OrgSheet | None) -> Iterator[Finding]:
    records = Records(objects.schema)
    files = list(_files(folder, objects.schema, objects.unread))
    yield from (each for each in files if isinstance(each, Finding))
    for each in files:
        if isinstance(each, tuple):
            yield from map(Finding, records.mistakes(*each))
    for each in files:
        if isinstance(each, tuple):
            yield from (Finding(mistake, warning=lost) for mistake, lost in records.references(*each))
    if sheet is not None and sheet.user and not objects.mistakes and not records.is_user(sheet.user):
        yield Finding(
            SourceError(
                folder / SHEET, None, found=f"user '{sheet.user}' is not among the records of User",
                remedy="give the Username or Id of one, or leave the line out",
            )
        )  # fmt: skip


def _files(folder: Path, schema: Schema, unread: frozenset[str]) -> Iterator[tuple[Path, str] | Finding]:
    """Yield the record files with their objects, and what is wrong with the other files."""
    home = folder / "records"
    if not any(home.glob("*.jsonl")):
        yield Finding(SourceError(home, None, found="no record files", remedy="put OBJECT.jsonl here"), warning=True)
    for file in sorted(home.glob("*")):
        if file.suffix != ".jsonl":
            told = SourceError(file, None, found="this file is not read", remedy="name it OBJECT.jsonl")
            yield Finding(told, warning=True)
        elif file.stem.lower() not in unread:
            try:
                yield file, object_of(file, schema).name
            except SourceError as mistake:
                yield Finding(mistake)
