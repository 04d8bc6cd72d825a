"""The metrics must say of the reference agents what is known about them: the table, and what it is held against."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from convsim.records.episode import AgentConfig, Episode
from convsim.records.published import SelfcheckRow
from convsim.report.composites import combined, samples_of
from convsim.report.measures import MEASURES
from convsim.report.statistics import clustered_mean

_FORM = re.compile(r"(<=|>=|=|<|>) (?:(\d+(?:\.\d+)?)|(\w+))")
Means = Mapping[tuple[str, str], float]
"""(agent, metric) -> mean."""


@cache
def expectations() -> Mapping[str, Mapping[str, str]]:
    """Return metric -> agent -> what is expected, as `>= 0.99` or `< reference`."""
    import yaml

    found: dict[str, dict[str, str]] = yaml.safe_load((files("convsim.report") / "selfcheck.yaml").read_text("utf-8"))
    return found


def expected_agents() -> tuple[AgentConfig, ...]:
    """Return the agents that something is expected of, in order of appearance; every episode of `noisy` has a fault."""
    names = dict.fromkeys(agent for agents in expectations().values() for agent in agents)
    return tuple(AgentConfig(target=name, args={"rate": 1.0} if name == "noisy" else {}) for name in names)


def check(episodes: Iterable[Episode], *, partial: bool = False) -> tuple[list[SelfcheckRow], list[str]]:
    """Return a row per expectation, and a line for each one that fails, with the families where it does.

    A number must hold in every family in which the metric is defined; the row's value is the mean over all. Of a
    `partial` choice of families what they do not measure is left out; of all families it is missed.
    """
    everything: dict[str, list[Episode]] = defaultdict(list)
    families: dict[str, dict[str, list[Episode]]] = defaultdict(lambda: defaultdict(list))
    for episode in episodes:
        everything[episode.agent.target].append(episode)
        families[episode.scenario.task.family][episode.agent.target].append(episode)
    overall = _means(everything)
    parts = {family: _means(found) for family, found in families.items()}
    rows, misses = [], []
    measured = {metric for _, metric in overall}
    for metric, agents in expectations().items():
        if partial and metric not in measured:
            continue
        for agent, expected in agents.items():
            value = overall.get((agent, metric))
            failed = list(_failures(metric, agent, expected, {"all families": overall, **parts}))
            rows.append(SelfcheckRow(metric=metric, agent=agent, expected=expected, value=value, ok=not failed))
            misses += failed
    return rows, misses


def _means(found: Mapping[str, Sequence[Episode]]) -> dict[tuple[str, str], float]:
    means = {}
    for agent, episodes in found.items():
        samples = samples_of(episodes)
        for metric, sample in samples.items():
            mean = clustered_mean(sample.values, sample.clusters, bounds=None).mean
            means[agent, metric] = 0.0 if mean is None else mean
        means |= {(agent, name): each.mean for name, each in combined(samples) if each.mean is not None}
    return means


def _failures(metric: str, agent: str, expected: str, places: Mapping[str, Means]) -> Iterator[str]:
    for place, means in places.items():
        overall = place == "all families"
        limit, name = _limit(expected, metric, means)
        if (name and not overall) or (not overall and (agent, metric) not in means):
            continue
        value = means.get((agent, metric))
        if value is None or limit is None or not _holds(value, expected.split(maxsplit=1)[0], limit):
            shown = "nothing" if value is None else f"{value:.3f}"
            yield f"{metric} of {agent} is {shown} in {place}, expected {expected}"


def _limit(expected: str, metric: str, means: Means) -> tuple[float | None, str]:
    """Return the number that is meant, and the agent whose number it is, if it is one's."""
    match = _FORM.fullmatch(expected)
    if match is None:
        raise ValueError(f"expectation '{expected}' of {metric}: write an operator and a number or an agent")
    return (float(match[2]), "") if match[2] else (means.get((match[3], metric)), match[3])


def _holds(value: float, operator: str, limit: float) -> bool:
    match operator:
        case "=":
            return abs(value - limit) < 1e-9
        case ">=":
            return value >= limit - 1e-9
        case "<=":
            return value <= limit + 1e-9
        case "<":
            return value < limit - 1e-9
        case _:
            return value > limit + 1e-9


def table(rows: Sequence[SelfcheckRow]) -> str:
    """Return the rows as text: metric, agent, expected, value, ok."""
    cells = [["metric", "agent", "expected", "value", ""]]
    for row in rows:
        value = "-" if row.value is None else f"{row.value:.3f}"
        cells.append([row.metric, row.agent, row.expected, value, "ok" if row.ok else "MISSED"])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)


def unwatched() -> list[str]:
    """Return the metrics of which nothing is expected: those of effort have no right value."""
    return [name for name, each in MEASURES.items() if name not in expectations() and each.dimension != "effort"]
