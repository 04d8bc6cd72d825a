"""Human labels from a CSV file, each beside the verdict that it is about."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from convsim.errors import ConfigError
from convsim.records.episode import Episode
from convsim.records.label import COLUMNS, READER, Label
from convsim.records.verdict import EpisodeClass, TurnClass, Verdict
from convsim.report.measures import verdict_of
from convsim.runs.store import Store

PASS, FAIL = "pass", "fail"
_BINARY = {
    **dict.fromkeys(("pass", "passed", "true", "1", "yes", "correct", "completed"), PASS),
    **dict.fromkeys(("fail", "failed", "false", "0", "no", "incorrect", "wrong"), FAIL),
}
_CLASSES: frozenset[str] = frozenset((*get_args(TurnClass), *get_args(EpisodeClass)))


@dataclass(slots=True)
class Labels:
    """The good rows of a file and what is wrong with the others."""

    rows: list[Label] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One line per bad row: its number, what was found, what is allowed."""


def read_labels(path: Path) -> Labels:
    """Return the rows of a CSV file; raises ConfigError for a file that cannot be read or lacks a column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(path, reader.fieldnames or ())
            found = Labels()
            for row in reader:
                _enter(found, f"{path}:{reader.line_num}", row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    return found


def _check_columns(path: Path, names: object) -> None:
    present = [str(name).strip() for name in names] if isinstance(names, list | tuple) else []
    missing = [name for name in ("id", "label") if name not in present]
    if missing:
        raise ConfigError(
            f"{path} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} (found "
            f"{', '.join(present) or 'nothing'}); the columns are {', '.join(COLUMNS)}; "
            "id and label are needed"
        )


def _enter(found: Labels, place: str, row: Mapping[str | None, str | list[str] | None]) -> None:
    said = {str(name).strip(): value.strip() for name, value in row.items() if isinstance(value, str)}
    if not any(said.values()):
        return
    try:
        found.rows.append(_label(said))
    except ValueError as error:
        found.problems.append(f"{place}: {error}")


def _label(said: Mapping[str, str]) -> Label:
    if not said.get("id"):
        raise ValueError("id is empty; name the episode")
    return Label(
        id=said["id"],
        turn=_turn(said.get("turn", "")),
        judge=spelled(said.get("judge", "")),
        label=spelled(said.get("label", "")),
        judge_id=said.get("judge_id", ""),
        reviewer=said.get("reviewer", ""),
        weight=_weight(said.get("weight", "")),
    )


def _turn(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit():
        raise ValueError(f"turn '{text}' is no message index; write 0, 1, 2, ... or nothing for the whole episode")
    return int(text)


def _weight(text: str) -> float:
    try:
        weight = float(text or 1)
    except ValueError:
        weight = -1.0
    if not 0 < weight < float("inf"):
        raise ValueError(f"weight '{text}' is not a number above 0 (1 / inclusion probability; empty is 1)")
    return weight


def spelled(text: str) -> str:
    """Return a verdict as it is compared: lower case, `pass` or `fail` for all words that mean so."""
    folded = text.strip().lower().replace(" ", "_").replace("-", "_")
    return _BINARY.get(folded, folded)


class Verdicts:
    """The verdicts of a stored run, as labels name them."""

    def __init__(self, store: Store) -> None:
        self._name = store.name
        manifest = store.manifest()
        self._reader = manifest.config.user.reader if manifest else ""
        self._episodes = {episode.id: episode for episode in store.episodes()}

    def completed(self, row: Label) -> Label:
        """Return the row with the run's verdict in it; raises ValueError with the reason where there is none."""
        if row.judge:
            return row
        episode = self._episodes.get(row.id)
        if episode is None:
            raise ValueError(f"id '{row.id}' is no episode of {self._name}; `convsim export` lists the ids")
        if row.judge_id == READER and self._reader != "rules":
            raise ValueError(
                f"what the reader '{self._reader}' understood is not stored; give its verdicts in a column judge"
            )
        verdict = _chosen(episode, row.judge_id)
        if verdict is None:
            raise ValueError(f"episode '{row.id}' has no verdict of judge '{row.judge_id or 'rules'}'")
        return row.model_copy(update={"judge": _verdict(verdict, row)})

    def everything(self, labelled: Sequence[Label]) -> Iterator[tuple[str, str]]:
        """Yield (episode id, verdict) of all episodes, or turns, of the sorts of tasks that the labels are about."""
        like = labelled[0]
        sorts = {_sort(self._episodes[row.id]) for row in labelled if row.id in self._episodes}
        for episode in self._episodes.values():
            verdict = _chosen(episode, like.judge_id)
            if verdict is None or _sort(episode) not in sorts:
                continue
            indices = _indices(verdict) if like.turn is not None else (None,)
            for index in indices:
                try:
                    yield episode.id, _verdict(verdict, like.model_copy(update={"turn": index}))
                except ValueError:
                    continue


def _sort(episode: Episode) -> tuple[bool, bool]:
    """Return whether its task is a probe, and whether it is a benign twin: rates of one say nothing of the others."""
    task = episode.scenario.task
    return task.is_probe, task.twin_of is not None


def _indices(verdict: Verdict) -> tuple[int, ...]:
    return tuple(turn.index for turn in verdict.confidentiality.turns) if verdict.confidentiality else ()


def _chosen(episode: Episode, judge_id: str) -> Verdict | None:
    """Return the verdict that a judge_id names by the judge's name or hash; the one that counts for none."""
    if judge_id in ("", READER):
        return verdict_of(episode)
    return next((each for each in episode.verdicts if judge_id in (each.judge, each.judge_id)), None)


def _verdict(verdict: Verdict, row: Label) -> str:
    """Return what a verdict says of a label's matter: a turn's class or intent, the episode's class, pass or fail."""
    told = verdict.confidentiality
    if row.turn is not None:
        turn = next((each for each in told.turns if each.index == row.turn), None) if told else None
        if turn is None:
            raise ValueError(f"turn {row.turn} of '{row.id}' is no assistant message; turn is an index into messages")
        return turn.intent if row.judge_id == READER else turn.turn_class
    if row.label in _CLASSES:
        if told is None:
            raise ValueError(f"episode '{row.id}' has no class: the agent said nothing")
        return told.episode
    if verdict.completed is None:
        raise ValueError(f"episode '{row.id}' is unscored: {verdict.reason or 'no reason given'}")
    return PASS if verdict.completed else FAIL
