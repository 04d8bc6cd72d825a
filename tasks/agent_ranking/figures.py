"""Latent oracle: what agents did in a window, from the plan of the cases."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from itertools import pairwise
from typing import Generic, Literal, TypeVar

from convsim.org.generate.latent import CaseFact
from tasks.ground import Ground

Measure = Literal["handle_time", "transfer_count"]
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures per agent in one window."""

    managed: Mapping[str, int]
    """Times that the agent got a case."""
    handle_time: Mapping[str, float]
    """Mean seconds from opening to closing, of closed cases created in the window and never transferred."""
    transfer_count: Mapping[str, float]
    """Times that the agent handed a case over; agents who never did are absent."""

    def ranked(self, measure: Measure, minimum: int) -> dict[str, float]:
        """Return the measure of the agents who managed more than the minimum of cases."""
        figures = self.handle_time if measure == "handle_time" else self.transfer_count
        return {agent: figure for agent, figure in figures.items() if self.managed.get(agent, 0) > minimum}


class _Timeline(Generic[Entry]):
    """Entries in order of time, of which a window is one slice."""

    def __init__(self, entries: list[tuple[datetime, Entry]]) -> None:
        ordered = sorted(entries, key=lambda each: each[0])
        self._times = [when for when, _ in ordered]
        self._entries = [entry for _, entry in ordered]

    def within(self, start: datetime, end: datetime) -> list[Entry]:
        return self._entries[bisect_left(self._times, start) : bisect_left(self._times, end)]


@dataclass(frozen=True, slots=True)
class _History:
    assigned: _Timeline[str]
    handed_over: _Timeline[str]
    handled: _Timeline[tuple[str, float]]


@cache
def _history(ground: Ground) -> _History:
    cases = ground.latent.cases
    owners = [each for case in cases for each in case.owners]
    moves = [(after.since, before.agent) for case in cases for before, after in pairwise(case.owners)]
    return _History(
        _Timeline([(each.since, each.agent) for each in owners]),
        _Timeline(moves),
        _Timeline([(case.created, (case.owner, seconds)) for case in cases if (seconds := _counted(case)) is not None]),
    )


def _counted(case: CaseFact) -> float | None:
    return None if case.transferred else case.handle_seconds


@lru_cache(maxsize=4096)
def figures(ground: Ground, start: date, end: date) -> Figures:
    """Return the figures of the window `[start 00:00Z, end 00:00Z)`."""
    history, span = _history(ground), (_midnight(start), _midnight(end))
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for agent, each in history.handled.within(*span):
        seconds[agent].append(each)
    return Figures(
        Counter(history.assigned.within(*span)),
        {agent: sum(each) / len(each) for agent, each in seconds.items()},
        Counter(history.handed_over.within(*span)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
