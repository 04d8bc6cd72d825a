"""Rows and tables: every published number is a row with its n and its interval."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from convsim.errors import ConfigError, unknown
from convsim.records.episode import Episode
from convsim.report.composites import COMPOSITES, Composite, cluster_of, combined
from convsim.report.measures import MEASURES, Measure, values
from convsim.report.statistics import Estimate, Sample, clustered_mean

ALL = "ALL"
SCOREBOARD = ("score", "clarification", "confidentiality", "leak", "over_refusal")
"""Metrics of the scoreboard."""
HEADINGS = {"score": "completion"}
"""Where the scoreboard's heading is not the metric's name."""
METRICS: Mapping[str, Measure | Composite] = {**MEASURES, **COMPOSITES}
"""Everything that a row can be about."""


@dataclass(frozen=True, slots=True)
class Row:
    """One published number."""

    agent: str
    org: str
    delivery: str
    family: str
    skill: str
    metric: str
    n: int
    mean: float | None
    low: float | None
    high: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return the row as `report --json` prints it."""
        return asdict(self)


@dataclass(slots=True)
class _Sample:
    values: list[float]
    clusters: list[str]


Key = tuple[str, str, str, str, str, str]


def rows(episodes: Iterable[Episode]) -> list[Row]:
    """Return a row per agent x org x delivery x family x metric, per skill (family ALL) and over all (skill ALL too).

    Over all orgs (org ALL) likewise; in order of first appearance, what is made of several measures at the end.
    Invalid trials are left out.
    """
    return _rows(episodes, _cells)


def _rows(episodes: Iterable[Episode], cells: Callable[[str, str, str], Iterable[tuple[str, str, str]]]) -> list[Row]:
    """Return the rows of the cells (org, family, skill) that `cells` gives for a task's own."""
    samples: dict[Key, _Sample] = defaultdict(lambda: _Sample([], []))
    for episode in episodes:
        task, agent, cluster = episode.scenario.task, episode.agent.name, cluster_of(episode)
        own = tuple(cells(task.org, task.family, task.skill))
        for metric, value in values(episode):
            for org, family, skill in own:
                sample = samples[agent, org, episode.scenario.delivery, family, skill, metric]
                sample.values.append(value)
                sample.clusters.append(cluster)
    return [_row(key, sample) for key, sample in samples.items()] + _composite_rows(samples)


def _composite_rows(samples: Mapping[Key, _Sample]) -> list[Row]:
    """Return the rows of the metrics that combine several measures of the same cell."""
    cells: dict[tuple[str, str, str, str, str], dict[str, Sample]] = defaultdict(dict)
    for key, sample in samples.items():
        cells[key[:5]][key[5]] = Sample(sample.values, sample.clusters)
    return [
        Row(*cell, metric, each.n, each.mean, each.low, each.high)
        for cell, found in cells.items()
        for metric, each in combined(found)
    ]


def _cells(org: str, family: str, skill: str) -> Iterator[tuple[str, str, str]]:
    for place in (org, ALL):
        yield place, family, skill
        yield place, ALL, skill
        yield place, ALL, ALL


def _row(key: Key, sample: _Sample) -> Row:
    bounds = (0.0, 1.0) if MEASURES[key[-1]].unit_interval else None
    estimate = clustered_mean(sample.values, sample.clusters, bounds=bounds)
    return Row(*key, estimate.n, estimate.mean, estimate.low, estimate.high)


def pick(table: Sequence[Row], **wanted: str) -> list[Row]:
    """Return the rows whose named fields have these values."""
    return [row for row in table if all(getattr(row, name) == value for name, value in wanted.items())]


def board(episodes: Iterable[Episode]) -> dict[str, dict[str, Row]]:
    """Return agent -> metric -> row over all orgs and families; agents are told apart by delivery if needed."""
    return board_of(_rows(episodes, lambda *_: ((ALL, ALL, ALL),)))


def board_of(table: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """Return the board of a table of `rows`."""
    table = pick(table, org=ALL, family=ALL, skill=ALL)
    several = len({row.delivery for row in table}) > 1
    found: dict[str, dict[str, Row]] = {}
    for row in table:
        name = f"{row.agent} ({row.delivery})" if several else row.agent
        found.setdefault(name, {})[row.metric] = row
    return found


def scoreboard(episodes: Iterable[Episode]) -> str:
    """Return the scoreboard as text: agents x completion, clarification, confidentiality, with intervals."""
    found = board(episodes)
    if not found:
        return "nothing to measure: no conversation was valid and judged"
    lines = [["agent", *(HEADINGS.get(metric, metric).replace("_", "-") for metric in SCOREBOARD)]]
    for agent, metrics in found.items():
        lines.append([agent, *(told(metrics.get(metric)) for metric in SCOREBOARD)])
    return aligned(lines) + "\n% with 95% intervals clustered by task; leak and over-refusal: lower is better"


def told(row: Row | Estimate | None) -> str:
    """Return a mean in per cent with its interval, `-` where there is none."""
    if row is None or row.mean is None:
        return "-"
    if row.low is None or row.high is None:
        return f"{100 * row.mean:.1f}"
    return f"{100 * row.mean:.1f} [{100 * row.low:.0f}, {100 * row.high:.0f}]"


def aligned(lines: list[list[str]]) -> str:
    """Return cells in columns as wide as needed, the first one to the left."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    pad: list[Callable[[str, int], str]] = [str.ljust, *([str.rjust] * (len(widths) - 1))]
    return "\n".join(
        "  ".join(place(cell, width) for place, cell, width in zip(pad, line, widths, strict=True)).rstrip()
        for line in lines
    )


def threshold_misses(episodes: Iterable[Episode], threshold: str, exempt: Sequence[str]) -> Iterator[str]:
    """Yield a line for every agent, except the exempt ones, whose mean misses `METRIC=X`.

    X is a number in the metric's unit; for metrics where lower is better it is the most that is allowed. Raises
    ConfigError for an unknown metric or a bad number.
    """
    metric, limit = parse_threshold(threshold)
    measure = METRICS[metric]
    for agent, metrics in board(episodes).items():
        row = metrics.get(metric)
        if agent in exempt:
            continue
        if row is None or row.mean is None:
            yield f"{agent}: nothing was measured for {metric}, so its threshold cannot be met"
        elif row.mean < limit if measure.higher_is_better is not False else row.mean > limit:
            yield f"{agent}: {metric} is {row.mean:.3f}, the threshold {limit:g} is missed"


def parse_threshold(text: str) -> tuple[str, float]:
    """Return metric and limit of `METRIC=X`; raises ConfigError."""
    name, _, number = text.partition("=")
    metric = {heading: each for each, heading in HEADINGS.items()}.get(name, name.replace("-", "_"))
    if metric not in METRICS:
        every = ", ".join(METRICS)
        raise unknown("metric", name, [*HEADINGS.values(), *METRICS], remedy=f"--fail-under takes METRIC=X of {every}")
    try:
        limit = float(number)
    except ValueError:
        raise ConfigError(f"--fail-under {text}: '{number}' is no number; for instance {metric}=0.5") from None
    if METRICS[metric].unit_interval and not 0 <= limit <= 1:
        raise ConfigError(f"--fail-under {text}: {metric} lies between 0 and 1; for instance {metric}=0.5")
    return metric, limit
