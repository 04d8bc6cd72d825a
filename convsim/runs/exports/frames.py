"""A run as pandas data frames: `convsim.load("runs/first.sqlite").episodes()`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.runs.exports.flat import EPISODES, TURNS, VERDICTS, Row, episode_rows, turn_rows, verdict_rows
from convsim.runs.store import Store

if TYPE_CHECKING:
    import pandas as pd


class LoadedRun:
    """Reads a run's store; the columns are documented in `convsim.runs.exports.flat`."""

    def __init__(self, place: str | Path) -> None:
        """Open the store at a path or URL; raises ConfigError when there is none."""
        self._store = Store.open(place)

    def episodes(self) -> "pd.DataFrame":
        """Return one row an episode, indexed by episode_id."""
        return _frame(episode_rows(self._store), EPISODES).set_index("episode_id")

    def verdicts(self) -> "pd.DataFrame":
        """Return one row a verdict, indexed by (episode_id, judge)."""
        return _frame(verdict_rows(self._store), VERDICTS).set_index(["episode_id", "judge"])

    def turns(self) -> "pd.DataFrame":
        """Return one row a message, indexed by (episode_id, index)."""
        return _frame(turn_rows(self._store), TURNS).set_index(["episode_id", "index"])


def _frame(rows: Iterable[Row], columns: Mapping[str, str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns)).convert_dtypes()
