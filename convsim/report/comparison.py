"""Two agents on the same scenarios: paired differences, and the tasks on which they part."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from convsim.errors import ConfigError, SelectionError, unknown
from convsim.records.episode import Episode
from convsim.report.composites import cluster_of
from convsim.report.measures import MEASURES, Measure, values, verdict_of
from convsim.report.statistics import clustered_mean
from convsim.runs.config import BASELINES

Values = dict[str, float]
"""Measures of one episode by their names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of B minus A over the scenarios that both have, with its 95% interval clustered by task."""

    metric: str
    n: int
    """Scenarios in which the metric is defined for both."""
    mean: float | None
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Flip:
    """A scenario that one agent got right and the other did not."""

    scenario_id: str
    task: str
    family: str
    persona: str
    trial: int
    gained: bool
    """Right with B and wrong with A; else the other way round."""
    failure: str
    """Failure label of the one who was wrong."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two agents share and where they differ."""

    first: str
    second: str
    shared: int
    """Scenarios that both have met with a valid trial."""
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as `compare --json` prints it."""
        return asdict(self)


def compare(first: Sequence[Episode], second: Sequence[Episode]) -> Comparison:
    """Return the comparison of two agents' episodes, each of one agent; raises SelectionError when they share none."""
    ours, theirs = _by_scenario(first), _by_scenario(second)
    shared = [scenario for scenario in ours if scenario in theirs]
    if not shared:
        raise SelectionError(
            f"nothing to compare: '{_name(first)}' and '{_name(second)}' share no scenario with two valid trials; "
            "paired differences need the same tasks, personas, delivery, seed and org in both runs"
        )
    pairs = [(ours[scenario], theirs[scenario]) for scenario in shared]
    told = [(cluster_of(a), dict(values(a)), dict(values(b))) for a, b in pairs]
    return Comparison(
        _name(first),
        _name(second),
        len(shared),
        tuple(each for measure in MEASURES.values() if (each := _difference(measure, told)).n),
        tuple(flip for a, b in pairs if (flip := _flip(a, b)) is not None),
    )


def agent_of(episodes: Iterable[Episode], name: str | None, *, run: str) -> list[Episode]:
    """Return the episodes of the named agent, or of the only one that is no baseline; raises ConfigError."""
    found: dict[str, list[Episode]] = {}
    for episode in episodes:
        found.setdefault(episode.agent.name, []).append(episode)
    if not found:
        raise SelectionError(f"nothing to compare: {run} holds no finished episode")
    if name is not None:
        if name not in found:
            raise unknown(f"agent of {run}", name, found)
        return found[name]
    tested = [agent for agent in found if agent not in BASELINES] or list(found)
    if len(tested) > 1:
        raise ConfigError(f"{run} has several agents, choose one with --agent: {', '.join(tested)}")
    return found[tested[0]]


def _by_scenario(episodes: Iterable[Episode]) -> dict[str, Episode]:
    return {each.scenario.id: each for each in episodes if each.transcript is not None and each.transcript.valid}


def _name(episodes: Sequence[Episode]) -> str:
    return episodes[0].agent.name


def _difference(measure: Measure, told: Sequence[tuple[str, Values, Values]]) -> Difference:
    both = [(b[measure.name] - a[measure.name], task) for task, a, b in told if measure.name in a and measure.name in b]
    bounds = (-1.0, 1.0) if measure.unit_interval else None
    each = clustered_mean([value for value, _ in both], [task for _, task in both], bounds=bounds)
    return Difference(measure.name, each.n, each.mean, each.low, each.high)


def _flip(a: Episode, b: Episode) -> Flip | None:
    ours, theirs = verdict_of(a), verdict_of(b)
    if ours is None or theirs is None or None in (ours.completed, theirs.completed):
        return None
    if ours.completed == theirs.completed:
        return None
    failure = (ours if theirs.completed else theirs).failure
    scenario = a.scenario
    return Flip(
        scenario.id, scenario.task.id, scenario.task.family, scenario.persona, scenario.trial,
        gained=bool(theirs.completed), failure=failure.label if failure else "",
    )  # fmt: skip
