"""Scenario files as data: which there are, and what is wrong with them before any org is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personas.allowed import schema_of
from personas.errors import SourceError
from personas.mistakes import validate
from personas.schema import DIALECT
from personas.source import KeyPath, Source, parse
from tasks.scenarios.scenario import Scenario

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class File:
    """One file with what it says; a place in it can be named in a mistake."""

    source: Source
    scenario: Scenario

    @property
    def name(self) -> str:
        """The file's name without its folder, which is another one on another machine."""
        return Path(self.source.file).name

    def mistake(self, path: KeyPath, found: str, allowed: str = "", remedy: str = "") -> SourceError:
        """Return what is wrong at a key path, with file and line."""
        place = self.source.place(path)
        return SourceError(place.file, place.line, found=found, allowed=allowed, remedy=remedy)


@dataclass(slots=True)
class Reading:
    """The readable files in order, and every mistake in the others."""

    files: list[File] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)


def schema() -> dict[str, Any]:
    """Return the published JSON Schema of a scenario file."""
    return {"$schema": DIALECT, **schema_of(Scenario)}


def read_files(paths: Iterable[Path]) -> Reading:
    """Return what the files, and all files of the folders, say."""
    reading = Reading()
    for file in _named(paths, reading.errors):
        _read(file, reading)
    _refuse_doubles(reading)
    return reading


def _named(paths: Iterable[Path], errors: list[SourceError]) -> list[Path]:
    files: dict[Path, Path] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            errors.append(SourceError(path, None, found="no scenario in this folder", allowed="files named *.yaml"))
        files |= {each.resolve(): each for each in inside}
    return list(files.values())


def _read(file: Path, reading: Reading) -> None:
    try:
        raw = file.read_bytes()
    except OSError as error:
        remedy = "name a scenario file or a folder of them; `convsim scenarios new ID` writes one"
        found = f"this file cannot be read: {error.strerror}"
        reading.errors.append(SourceError(file, None, found=found, remedy=remedy))
        return
    source, errors = parse(raw, file=str(file), kind="scenario")
    reading.errors += errors
    if source is None or errors:
        return
    scenario, mistakes = validate(source, Scenario)
    reading.errors += mistakes
    if scenario is not None:
        reading.files.append(File(source, scenario))


def _refuse_doubles(reading: Reading) -> None:
    first: dict[str, str] = {}
    for file in reading.files:
        taken = first.setdefault(file.scenario.id, file.source.file)
        if taken != file.source.file:
            found = f"the id '{file.scenario.id}' is already taken by {taken}"
            reading.errors.append(file.mistake(("id",), found, remedy="choose another id"))
