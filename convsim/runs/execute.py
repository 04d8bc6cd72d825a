"""Execution: a bounded number of conversations at once, each stored before it is judged, by one writer."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from convsim.errors import InfrastructureError
from convsim.models.traffic import Account, Traffic, counted, flowing
from convsim.records.transcript import Usage
from convsim.roles import Judge, Person
from convsim.runs.cluster.cluster import Cluster
from convsim.runs.limits import RunLimits, Spending
from convsim.runs.outcome import Outcome
from convsim.runs.plan import Plan, Planned
from convsim.runs.players import LocalPlayers, Played, Players
from convsim.runs.store import JUDGE, Store, is_invalid
from convsim.runs.workers.pool import WorkerPool
from convsim.runs.writer import Row, Writer

Event = Mapping[str, Any]
Listener = Callable[[Event], None]
Work = tuple[Planned, bool]
"""An episode, and whether it must be run or only judged."""


@dataclass(slots=True)
class Executor:
    """Runs what a plan lacks in a store."""

    plan: Plan
    store: Store
    judge: Judge
    jobs: int = 8
    workers: int = 1
    """Processes that share the conversations; 1 is this process alone."""
    cluster: Cluster | None = None
    """The Ray cluster that shares the conversations, instead of local processes."""
    person: Person | None = None
    """Who plays a side at the terminal, in this process."""
    listener: Listener = lambda _: None
    retry_errors: bool = False
    """Run again also what ended in an error of the agent or its model."""
    limits: RunLimits = field(default_factory=RunLimits)
    outcome: Outcome = field(init=False)
    _spending: Spending = field(init=False)
    _open: int = field(init=False, default=0)
    """Episodes that are being run or judged."""
    _slots: asyncio.Semaphore = field(init=False)
    """One for each conversation that may be open."""
    _desks: asyncio.Semaphore = field(init=False)
    """As many are stored and judged while the next conversations are open: nobody waits for a judge who keeps up."""
    _draining: str = field(init=False, default="")
    _working: asyncio.Future[None] | None = field(init=False, default=None)
    _ended: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    """Set when an episode ends; whoever waits takes a new one."""

    def __post_init__(self) -> None:
        self.outcome = Outcome(planned=len(self.plan))
        self._slots, self._desks = asyncio.Semaphore(self.jobs), asyncio.Semaphore(self.jobs)
        before = {JUDGE: self.store.spent(JUDGE)}
        self._spending = Spending(self.limits, Account(self.store.spent(), told=self._entered, apart=before))

    def drain(self, cause: str) -> None:
        """Begin no further conversation; those that are open end and are stored."""
        self._draining = self._draining or cause
        self.listener({"event": "draining", "cause": cause})

    def halt(self, cause: str) -> None:
        """End at once: open conversations are given up and run again when the run is resumed."""
        self.outcome.stopped = self.outcome.stopped or cause
        self._spending.account.closed = True
        if self._working is not None:
            self._working.cancel()

    async def run(self) -> Outcome:
        """Run every missing episode and judge every unjudged one; return the counts."""
        playing = self._playing()
        work = iter(self._missing())
        self._spending.expect(self.plan, stored=self.outcome.stored)
        self.listener(
            {"event": "start", "planned": self.outcome.planned, "stored": self.outcome.stored}
            | _consumed(self._spending.account.usage)
        )
        try:
            with flowing(Traffic(self._spending.account, self.limits.rates, paused=self._paused)):
                async with (
                    playing as players,
                    Writer(self.store, account=self._spending.account, stored=self._stored) as writer,
                ):
                    await self._watched(self._work_off(work, players, writer))
        except InfrastructureError as error:
            self.outcome.stopped = str(error)
        cause, option = self._spending.reached
        if cause and self.outcome.stopped == cause:
            self.outcome.limit = option
        return self.outcome

    def _playing(self) -> AbstractAsyncContextManager[Players]:
        if self.cluster is not None:
            from convsim.runs.cluster.players import ClusterPlayers

            return ClusterPlayers(self.plan, self.cluster, rates=self.limits.rates, listener=self.listener)
        if self.workers > 1:
            return WorkerPool(self.plan.config, count=self.workers, rates=self.limits.rates, listener=self.listener)
        return LocalPlayers(self.plan, self.judge, self.person)

    async def _watched(self, working: Coroutine[Any, Any, None]) -> None:
        """Wait for the work, which a limit or a signal may halt."""
        self._working = asyncio.ensure_future(working)
        if self.limits.seconds is not None:
            cause = f"the run's {self.limits.seconds:g} s are over"
            asyncio.get_running_loop().call_later(self.limits.seconds, self.halt, cause)
        try:
            await self._working
        except asyncio.CancelledError:
            if not self.outcome.stopped:
                raise

    def _stored(self, row: Row) -> None:
        self.outcome.finished += 1
        self.outcome.invalid += is_invalid(row["stop_cause"])

    def _paused(self, provider: str, seconds: float) -> None:
        self.listener({"event": "paused", "provider": provider, "seconds": round(seconds, 1)})

    def _entered(self, _: Usage) -> None:
        if cause := self._spending.spent():
            self.halt(cause)

    def _missing(self) -> list[Work]:
        """Return what is to be done, in plan order."""
        finished = self.store.finished()
        judged = self.store.judged(self.judge.judge_id)
        todo: list[Work] = []
        for planned in self.plan.episodes():
            stop = finished.get(planned.id)
            if stop is None or is_invalid(stop.cause) or (self.retry_errors and stop.kind == "error"):
                todo.append((planned, True))
                continue
            self.outcome.stored += 1
            if planned.id not in judged:
                todo.append((planned, False))
        return todo

    async def _work_off(self, work: Iterator[Work], players: Players, writer: Writer) -> None:
        """Begin one episode after the other until the list is empty or the run drains."""
        refusal = ""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._slots.acquire()
                    if (refusal := await self._refusal()) or (todo := next(work, None)) is None:
                        break
                    group.create_task(self._counted(todo, players, writer))
                    # What the first ones wait for is begun before the last ones are prepared.
                    await asyncio.sleep(0)
        except BaseExceptionGroup as failures:
            raise _first(failures) from None
        if refusal and next(work, None) is not None:
            self.outcome.stopped = refusal

    async def _refusal(self) -> str:
        """Return why no further episode may begin, or nothing; what open ones leave over is waited for."""
        while not self._draining and (refusal := self._spending.refuses(self._open)):
            if not self._open or self._spending.spent():
                return refusal
            self._ended.clear()
            await self._ended.wait()
        return self._draining

    async def _counted(self, work: Work, players: Players, writer: Writer) -> None:
        """Do one piece of work, for which there is a slot, and note what it consumed."""
        planned, run = work
        began, place = time.monotonic(), self._slots
        self._open += 1
        try:
            with counted() as account:
                played = await self._play(planned, players) if run else self._played_before(planned)
                stored = writer.transcript(played.row) if run else None
                if self.person is None:  # who is told how one conversation ended before the next begins
                    await self._desks.acquire()
                    place.release()
                    place = self._desks
                if stored is not None:
                    await stored
                with counted(JUDGE):
                    completed = await self._judge(planned, played, players, writer)
        finally:
            place.release()
            self._open -= 1
            self._ended.set()
        seconds = time.monotonic() - began
        self._spending.finished(account.usage, seconds)
        told = {"seconds": round(seconds, 3), **_consumed(account.usage)}
        self.listener(_episode_event(planned, played, completed) | told)

    async def _play(self, planned: Planned, players: Players) -> Played:
        """Return how the episode went."""
        with counted() as account:
            played = await players.play(planned)
            if (beyond := _beyond(played.told, account.usage)) != Usage():
                account.enter(beyond)
        return played

    def _played_before(self, planned: Planned) -> Played:
        transcript = self.store.transcript(planned.id)
        assert transcript is not None, "an episode that is to be judged has a transcript"
        return Played.of(planned, transcript)

    async def _judge(self, planned: Planned, played: Played, players: Players, writer: Writer) -> bool | None:
        """Store the verdicts; a judge that fails costs only its judgement. Returns whether the task was completed."""
        judged = await players.judge(planned, played)
        if judged.failed:
            self.outcome.unjudged += played.valid
            self.listener({"event": "judge_failed", "episode": planned.id, "error": judged.failed})
            return None
        await writer.verdicts(judged.rows)
        return judged.completed


def _beyond(accounts: Iterable[Usage], counted: Usage) -> Usage:
    """Return what the speakers say they consumed beyond the calls that were counted: in models of their own."""
    told = sum(accounts, Usage())
    rest = {
        name: max(0, getattr(told, name) - getattr(counted, name)) for name in Usage.model_fields if name != "cost_usd"
    }
    costs = told.cost_usd, counted.cost_usd
    return Usage(cost_usd=None if None in costs else max(0.0, (costs[0] or 0.0) - (costs[1] or 0.0)), **rest)


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first failure itself: the others follow from the same cause."""
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _consumed(usage: Usage) -> dict[str, Any]:
    """Return tokens in and out and their price, None when that is unknown, as events tell them."""
    return {"tokens": usage.input_tokens + usage.output_tokens, "usd": usage.cost_usd}


def _episode_event(planned: Planned, played: Played, completed: bool | None) -> dict[str, Any]:
    return {
        "event": "episode",
        "episode": planned.id,
        "task": planned.scenario.task.id,
        "agent": planned.agent.name,
        "stop": played.stop.kind,
        "cause": played.stop.cause,
        "completed": completed,
    }
