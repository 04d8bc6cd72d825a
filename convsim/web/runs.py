"""The runs that a viewer shows."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from convsim.errors import SelectionError
from convsim.records.episode import Episode
from convsim.runs.config import Manifest
from convsim.runs.lock import is_being_run
from convsim.runs.redact.store import opened
from convsim.runs.store import APPLICATION_ID, Store
from convsim.web.index import Index

_MOMENT = 60.0
"""Seconds after its last episode for which a run whose lock cannot be seen from here counts as being written."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One run with its index."""

    slug: str
    """Its name in addresses."""
    name: str
    store: Store
    index: Index

    @property
    def manifest(self) -> Manifest | None:
        """The run's identity card."""
        return self.store.manifest()

    @property
    def planned(self) -> int:
        """Episodes of the whole run."""
        manifest = self.manifest
        return self.store.scenario_count() * len(manifest.config.agents) if manifest else 0

    @property
    def live(self) -> bool:
        """Whether there is more to come: something is missing that is being read or worked on, or was just now."""
        if len(self.index) >= self.planned:
            return False
        if not self.index.begun:
            return True
        lately = self.index.changed and time.monotonic() - self.index.changed < _MOMENT
        return bool(lately) or is_being_run(self.name)

    @property
    def abandoned(self) -> bool:
        """Whether something is missing and nobody is at work on it."""
        return len(self.index) < self.planned and not self.live

    def episode(self, episode_id: str) -> Episode | None:
        """Return a stored episode, or None."""
        return next(self.store.some([episode_id]), None)


def open_runs(places: Sequence[str], *, redact: bool = False) -> dict[str, Shown]:
    """Return the runs of files, folders (all runs in them) and store URLs by their slugs, in order.

    Raises SelectionError for a folder without runs, ConfigError for what is no run.
    """
    runs: dict[str, Shown] = {}
    for place in dict.fromkeys(each for given in places for each in _expanded(given)):
        store = opened(place, redact=redact)
        slug = _slug(place, runs)
        runs[slug] = Shown(slug, place, store, Index(store))
    return runs


def _expanded(place: str) -> Iterator[str]:
    path = Path(place)
    if "://" in place or not path.is_dir():
        yield place
        return
    found = [str(file) for file in sorted(path.glob("*.sqlite")) if _is_run(file)]
    if not found:
        raise SelectionError(f"the folder {place} holds no run (*.sqlite); `convsim run --out FILE` makes one")
    yield from found


def _is_run(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.DatabaseError:
        return False


def _slug(place: str, taken: dict[str, Shown]) -> str:
    """Return a short name for addresses: the file's, numbered where two are alike."""
    stem = place.rpartition("/")[2].partition("?")[0] if "://" in place else Path(place).stem
    base = "".join(each if each.isalnum() or each in "-_." else "-" for each in stem).strip(".-") or "run"
    return next(name for n in range(1, 10_000) if (name := base if n == 1 else f"{base}-{n}") not in taken)
