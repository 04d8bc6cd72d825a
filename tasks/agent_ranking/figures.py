"""Latent oracle: what agents did in a window, from the plan of the cases."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise

from convsim.org.generate.latent import CaseFact
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
    transfer_count: Mapping[str, float]
    """Times that the agent handed a case over; agents who never did are absent."""

    def ranked(self, measure: str, minimum: int) -> dict[str, float]:
        """Return the measure of the agents who managed more than the minimum of cases."""
        figures = self.handle_time if measure == "handle_time" else self.transfer_count
        return {agent: figure for agent, figure in figures.items() if self.managed.get(agent, 0) > minimum}


@dataclass(frozen=True, slots=True)
class _History:
    assigned: Timeline[str]
    handed_over: Timeline[str]
    handled: Timeline[tuple[str, float]]


@cache
def _history(ground: Ground) -> _History:
    cases = ground.latent.cases
    owners = [each for case in cases for each in case.owners]
    moves = [(after.since, before.agent) for case in cases for before, after in pairwise(case.owners)]
    return _History(
        Timeline([(each.since, each.agent) for each in owners]),
        Timeline(moves),
        Timeline([(case.created, (case.owner, seconds)) for case in cases if (seconds := _counted(case)) is not None]),
    )


def _counted(case: CaseFact) -> float | None:
    return None if case.transferred else case.handle_seconds


@lru_cache(maxsize=4096)
def figures(ground: Ground, start: date, end: date) -> Figures:
    """Return the figures of the window `[start 00:00Z, end 00:00Z)`."""
    history, span = _history(ground), (start, end)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for agent, each in history.handled.within(*span):
        seconds[agent].append(each)
    return Figures(
        Counter(history.assigned.within(*span)),
        means(seconds),
        Counter(history.handed_over.within(*span)),
    )
