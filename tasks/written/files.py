"""Tasks in files of every format: scenarios (YAML), published tasks (JSON, Parquet), records of ours (JSON lines)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from convsim.errors import ConfigError
from convsim.records.task import TaskRecord
from convsim.roles import World
from tasks.imported.files import is_published


def read(path: Path, worlds: Mapping[str, World]) -> Sequence[TaskRecord]:
    """Return the tasks of a file or a folder of scenarios, each of one of these orgs.

    Raises ConfigError or SourceError for what is no task file, holds mistakes, or is about an org that is not here.
    """
    if not is_published(path) or path.is_dir():
        from tasks.scenarios.build import read as read_scenarios

        return read_scenarios(path, worlds)
    if holds_records(path):
        return [_here(record, path, worlds) for record in _records(path)]
    from tasks.imported.report import import_file

    return import_file(path, _only(path, worlds)).records


def orgs_of(paths: Iterable[Path]) -> Mapping[str | None, Path]:
    """Return the orgs that readable files name, each with the first file that does; None for published tasks."""
    found: dict[str | None, Path] = {}
    for path in paths:
        for org, file in _orgs(path):
            found.setdefault(org, Path(file))
    return found


def _orgs(path: Path) -> Iterator[tuple[str | None, str]]:
    from tasks.scenarios.files import read_files

    if not is_published(path) or path.is_dir():
        yield from ((file.scenario.org, file.source.file) for file in read_files([path]).files)
    elif holds_records(path):
        yield from ((record.org, str(path)) for record in _records(path))
    else:
        yield None, str(path)


def holds_records(path: Path) -> bool:
    """Return whether a file holds records as `tasks build --json` and `tasks import --out` write them."""
    if path.suffix != ".jsonl":
        return False
    try:
        with path.open(encoding="utf-8") as lines:
            first = json.loads(next(lines, "null"))
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and "family" in first and "units" in first


def _records(path: Path) -> list[TaskRecord]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(TaskRecord.model_validate_json(line))
        except ValidationError as error:
            detail = error.errors()[0]
            told = f"{'.'.join(map(str, detail['loc'])) or 'line'}: {detail['msg']}"
            raise ConfigError(f"{path}, line {number} is no task record: {told}; see docs/schema/task") from error
    return found


def _here(record: TaskRecord, path: Path, worlds: Mapping[str, World]) -> TaskRecord:
    if record.org not in worlds:
        raise ConfigError(
            f"{path}: task {record.id} is about the org '{record.org}', and here is {', '.join(worlds)}; name its org "
            "with --org or --bundle, or import the published file for this one"
        )
    return record


def _only(path: Path, worlds: Mapping[str, World]) -> World:
    if len(worlds) != 1:
        raise ConfigError(f"{path} does not say which of the orgs {', '.join(worlds)} it is about; name one alone")
    return next(iter(worlds.values()))
