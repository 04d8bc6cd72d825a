"""A multi-turn persona conversation simulator and benchmark for CRM agents."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from convsim.runs.exports.frames import LoadedRun

__version__ = "0.1.0"


def load(place: "str | Path") -> "LoadedRun":
    """Return a run whose `.episodes()`, `.verdicts()` and `.turns()` are pandas data frames.

    `place` is a run's file or SQLAlchemy URL; raises ConfigError when there is none.
    """
    from convsim.runs.exports.frames import LoadedRun

    return LoadedRun(place)
