"""Latent oracle: what agents did in a window, from the plan of the cases."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise

from tasks.comparison.extreme import means
from tasks.comparison.timeline import Timeline
from tasks.ground import Ground


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures per agent in one window."""

    managed: Mapping[str, int]
    """Times that the agent got a case."""
    handle_time: Mapping[str, float]
    """Mean seconds from opening to closing, of closed cases created in the window and never transferred."""
    all_handle_time: Mapping[str, float]
    """The same with the transferred cases, for their last owner."""
    transfer_count: Mapping[str, float]
    """Times that the agent handed a case over; agents who never did are absent."""
    received: Mapping[str, float]
    """Times that the agent got a case from another; agents who never did are absent."""

    def ranked(self, measure: str, minimum: int, *, reading: str = "") -> dict[str, float]:
        """Return the measure of the agents who managed more than the minimum of cases, by a reading of the policy."""
        figures = self.handle_time if measure == "handle_time" else self.transfer_count
        if (measure, reading) == ("handle_time", "included"):
            figures = self.all_handle_time
        elif (measure, reading) == ("transfer_count", "received"):
            figures = self.received
        return {agent: figure for agent, figure in figures.items() if self.managed.get(agent, 0) > minimum}


@dataclass(frozen=True, slots=True)
class _History:
    assigned: Timeline[str]
    handed_over: Timeline[str]
    received: Timeline[str]
    handled: Timeline[tuple[str, float]]
    all_handled: Timeline[tuple[str, float]]


@cache
def _history(ground: Ground) -> _History:
    cases = ground.latent.cases
    owners = [each for case in cases for each in case.owners]
    moves = [(before, after) for case in cases for before, after in pairwise(case.owners)]
    closed = [(case, seconds) for case in cases if (seconds := case.handle_seconds) is not None]
    return _History(
        Timeline([(each.since, each.agent) for each in owners]),
        Timeline([(after.since, before.agent) for before, after in moves]),
        Timeline([(after.since, after.agent) for _, after in moves]),
        Timeline([(case.created, (case.owner, seconds)) for case, seconds in closed if not case.transferred]),
        Timeline([(case.created, (case.owner, seconds)) for case, seconds in closed]),
    )


@lru_cache(maxsize=4096)
def figures(ground: Ground, start: date, end: date) -> Figures:
    """Return the figures of the window `[start 00:00Z, end 00:00Z)`."""
    history, span = _history(ground), (start, end)
    return Figures(
        Counter(history.assigned.within(*span)),
        _mean_times(history.handled.within(*span)),
        _mean_times(history.all_handled.within(*span)),
        Counter(history.handed_over.within(*span)),
        Counter(history.received.within(*span)),
    )


def _mean_times(handled: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for agent, each in handled:
        seconds[agent].append(each)
    return means(seconds)
