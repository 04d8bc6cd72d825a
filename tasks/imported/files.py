"""Published task files as they lie on disk: a JSON list, JSON lines, or Parquet, in either of the two layouts.

Layouts: CRMArena-Pro (arXiv 2505.18878; fields idx, answer, task, persona, metadata, reward_metric, query) and the
original CRMArena (arXiv 2411.02305; `type` for `task`, no persona, `answer` a plain string or null).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError, field_validator

from convsim.errors import ConfigError
from convsim.records.record import Record

_NEEDED = ("idx", "query", "answer", "metadata", "reward_metric")
_LAYOUTS = "a CRMArena-Pro file has idx, answer, task, persona, metadata, reward_metric, query; CRMArena has `type`"


class Metadata(Record):
    """What upstream tells the agent beside the query."""

    model_config = ConfigDict(extra="ignore")

    required: str = ""
    """Told always: policy, today, login, ids of records."""
    optional: str = ""
    """Told only to aided agents: definitions of the calendar."""

    @field_validator("required", "optional", mode="before")
    @classmethod
    def _no_null(cls, value: object) -> object:
        return "" if value is None else value


class Published(Record):
    """One task of a published file."""

    model_config = ConfigDict(extra="ignore")

    idx: int | str
    family: str
    query: str = Field(min_length=1)
    answer: tuple[str | None, ...]
    persona: str = ""
    metadata: Metadata
    reward_metric: Literal["exact_match", "fuzzy_match", "privacy_rejection"]
    original: bool = False
    """Whether the layout is that of the original CRMArena, whose customers are consumers."""

    @property
    def gold(self) -> tuple[str, ...]:
        """The right answer; empty means "none"."""
        return tuple(each for each in self.answer if each is not None and each.strip().casefold() != "none")


def is_published(path: Path) -> bool:
    """Return whether the file is of a kind in which tasks are published, by its name alone."""
    return path.suffix in (".json", ".jsonl", ".parquet")


def read(path: Path) -> list[Published]:
    """Return the tasks of a file in its order; raises ConfigError naming file, task and field for a bad one."""
    try:
        rows = _READERS[path.suffix](path) if path.suffix in _READERS else _unknown(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}; name a task file") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no JSON: {error}") from error
    if not rows:
        raise ConfigError(f"{path} holds no task; {_LAYOUTS}")
    return [_task(path, number, row) for number, row in enumerate(rows, start=1)]


def _unknown(path: Path) -> list[Any]:
    raise ConfigError(f"{path}: task files end in .json, .jsonl or .parquet, not '{path.suffix}'")


def _listed(path: Path) -> list[Any]:
    text = path.read_text(encoding="utf-8")
    if not text.lstrip().startswith("["):
        return _lines(path)
    found: list[Any] = json.loads(text)
    return found


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _columns(path: Path) -> list[Any]:
    import pyarrow
    from pyarrow import parquet

    try:
        found: list[Any] = parquet.read_table(path).to_pylist()
    except pyarrow.ArrowInvalid as error:
        raise ConfigError(f"{path} is no Parquet file: {error}") from error
    return found


_READERS = {".json": _listed, ".jsonl": _lines, ".parquet": _columns}


def _task(path: Path, number: int, row: Any) -> Published:
    place = f"{path}, task {number}"
    if not isinstance(row, Mapping):
        raise ConfigError(f"{place}: found {type(row).__name__}, expected an object; {_LAYOUTS}")
    missing = [name for name in _NEEDED if name not in row]
    if missing or not ("task" in row or "type" in row):
        raise ConfigError(f"{place} lacks {', '.join(missing or ['task'])}; {_LAYOUTS}")
    answer = row["answer"]
    metadata = row["metadata"]
    try:
        return Published.model_validate(
            {
                **{name: row[name] for name in ("idx", "query", "reward_metric")},
                "family": row.get("task") or row.get("type"),
                "answer": answer if isinstance(answer, list) else [answer],
                "persona": row.get("persona") or "",
                "metadata": json.loads(metadata) if isinstance(metadata, str) else metadata or {},
                "original": "task" not in row,
            }
        )
    except (ValidationError, json.JSONDecodeError) as error:
        raise ConfigError(f"{place}: {_first(error)}; {_LAYOUTS}") from error


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"metadata is no JSON: {error}"
    found = error.errors()[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']}, found {found['input']!r}"
