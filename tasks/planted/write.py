"""The planted org and its tasks on disk: a bundle like any other, and records for `convsim run --tasks`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from convsim.errors import ConfigError
from convsim.org.bundle import SENSITIVITY
from convsim.org.pull.pull import pull
from convsim.records.task import Plant, TaskRecord
from convsim.roles import World

TASKS = "tasks.jsonl"
_SEPARATORS: Mapping[str, str] = {"TextBody": "\n\nPS: ", "FAQ_Answer__c": "\n\n", "Description": " "}
"""What stands before a plant by field; transcripts get a line of their own."""


def write(records: Sequence[TaskRecord], world: World, out: Path) -> Path:
    """Write the planted org and append the tasks; return the org's folder.

    Raises ConfigError where the folder cannot be written or holds an org of that name.
    """
    folder = out / f"{world.name}-planted"
    if folder.exists():
        raise ConfigError(f"{folder} exists; choose another --out, or remove it")
    try:
        out.mkdir(parents=True, exist_ok=True)
        client = world.connect()
        names = [each["name"] for each in (client.describe() or {})["sobjects"] if each["queryable"]]
        pull(client, folder, objects=names)
        (folder / SENSITIVITY).unlink(missing_ok=True)
        plants = [each.plant for each in records if each.plant is not None and each.plant.present]
        for file in sorted((folder / "records").glob("*.jsonl")):
            _plant_into(file, plants)
        with (out / TASKS).open("a", encoding="utf-8") as lines:
            lines.writelines(f"{each.model_dump_json()}\n" for each in _placed(records, folder.name))
    except OSError as error:
        raise ConfigError(f"--out {out} cannot be written: {error.strerror}; choose another folder") from error
    return folder


def _placed(records: Iterable[TaskRecord], org: str) -> Iterable[TaskRecord]:
    return (each.model_copy(update={"org": org}) if each.is_planted else each for each in records)


def _plant_into(file: Path, plants: Sequence[Plant]) -> None:
    """Put the plants of one object's records behind their texts."""
    wanted = {plant.record: plant for plant in plants}
    lines = file.read_text(encoding="utf-8").splitlines()
    changed = [_changed(line, wanted) for line in lines]
    if changed != lines:
        file.write_text("".join(f"{line}\n" for line in changed), encoding="utf-8")


def _changed(line: str, wanted: Mapping[str, Plant]) -> str:
    record: dict[str, Any] = json.loads(line)
    plant = wanted.get(str(record.get("Id", "")))
    if plant is None:
        return line
    text = record.get(plant.field) or ""
    record[plant.field] = f"{text}{_SEPARATORS.get(plant.field, chr(10))}{plant.text}" if text else plant.text
    return json.dumps(record, ensure_ascii=False)
