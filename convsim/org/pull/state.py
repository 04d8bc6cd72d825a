"""What an unfinished pull must know to go on: which org, which records, and how they are masked.

The file `.pull.json` lies in the bundle's folder from the first request to the last. How far a pull got is told by the
record files themselves: `X.jsonl` is whole, `X.jsonl.part` ends with the last record that was kept.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from convsim.errors import ConfigError
from convsim.org.bundle import SHEET
from convsim.org.pull.condition import described

FILE = ".pull.json"


class PullState(BaseModel):
    """The settings of a pull; the same command goes on with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organization_id: str
    objects: tuple[str, ...]
    where: dict[str, str]
    mask_key: str | None
    """Secret of the replacements, None when nothing is masked. It goes with this file when the pull is finished."""
    now: str
    """The org's present when the pull began, in ISO 8601."""


def begun(out: Path, wanted: PullState, *, own_key: bool) -> PullState:
    """Return the state of the pull that the folder holds, or keep the wanted one in a folder that is free.

    Raises ConfigError when the folder holds anything else, or a pull with other settings. With `own_key` the caller
    chose the mask's key, so that another one counts as another setting.
    """
    file = out / FILE
    if file.is_file():
        kept = _read(file)
        changes = list(_changes(kept, wanted, own_key=own_key))
        if changes:
            raise ConfigError(
                f"'{out}' holds the beginning of another pull ({'; '.join(changes)}): "
                "repeat its command to go on, or choose another folder"
            )
        return kept
    if (out / SHEET).is_file():
        raise ConfigError(f"'{out}' holds a finished bundle: choose another folder, or delete it to pull anew")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"'{out}' is not empty and no pull began there: choose another folder")
    write(file, wanted.model_dump_json(indent=2) + "\n")
    return wanted


def write(file: Path, text: str) -> None:
    """Write a file that is either whole or not there."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
        draft.replace(file)
    except OSError as error:
        raise ConfigError(f"'{file}' cannot be written ({error.strerror}): choose another folder") from error


def _read(file: Path) -> PullState:
    try:
        return PullState.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigError(f"'{file}' is damaged: delete its folder and pull anew") from error


def _changes(kept: PullState, wanted: PullState, *, own_key: bool) -> Iterable[str]:
    shown: Mapping[str, tuple[Any, Any]] = {
        "org": (kept.organization_id, wanted.organization_id),
        "objects": (", ".join(kept.objects), ", ".join(wanted.objects)),
        "where": (described(kept.where), described(wanted.where)),
        "mask": (kept.mask_key is not None, wanted.mask_key is not None),
    }
    yield from (f"{name}: {json.dumps(old)} -> {json.dumps(new)}" for name, (old, new) in shown.items() if old != new)
    if own_key and kept.mask_key != wanted.mask_key:
        yield "another --mask-seed"
