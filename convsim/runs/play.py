"""Human play: a run in which a person at the terminal has one side; conversations come one after the other.

Whoever leaves loses nothing: the conversation so far is stored as spoiled, and when the run is taken up again, what
the person had typed is repeated before the person goes on.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from convsim.reading.typed import as_typed
from convsim.records.episode import HUMAN
from convsim.records.transcript import Query, Transcript
from convsim.roles import Person
from convsim.runs.execute import Event, Executor, Listener
from convsim.runs.hosting import served
from convsim.runs.outcome import Outcome
from convsim.runs.run import Run
from convsim.runs.signals import ending_signals, woken_by_signals
from convsim.runs.store import is_invalid

_DESCRIBED = re.compile(r"sobjects/(\w+)/describe")


class Player(Person, Protocol):
    """A person who can leave, and whose earlier words can be repeated."""

    @property
    def left(self) -> bool:
        """Whether the person has left."""

    def leave(self) -> None:
        """Let the next line be the person's leaving."""

    def repeat(self, lines: Mapping[str, tuple[str, ...]]) -> None:
        """Take what was typed in earlier attempts, by episode: it comes again before the person is asked."""


def play(run: Run, player: Player, *, listener: Listener) -> Outcome:
    """Play what is missing until the plan or the person is at the end."""
    player.repeat(typed_before(run))
    executor = Executor(run.plan, run.store, run.judge, jobs=1, person=player, limits=run.limits)

    def listen(event: Event) -> None:
        listener(event)
        if event["event"] == "episode" and player.left:
            executor.drain("you left")

    executor.listener = listen
    try:
        with served(run.plan):
            return asyncio.run(_watched(executor, player))
    finally:
        run.release()


async def _watched(executor: Executor, player: Player) -> Outcome:
    """Execute; the first Ctrl-C while somebody else speaks lets the person leave, the second ends the conversation."""
    loop = asyncio.get_running_loop()
    leave, halt = player.leave, lambda: loop.call_soon_threadsafe(executor.halt, "interrupted")
    with woken_by_signals(loop), ending_signals(leave, halt):
        return await executor.run()


def typed_before(run: Run) -> dict[str, tuple[str, ...]]:
    """Return what the person typed in conversations that were spoiled, by episode."""
    finished = run.store.finished()
    as_user = run.plan.config.user.target == HUMAN
    found = {}
    for planned in run.plan.episodes():
        ending = finished.get(planned.id)
        if ending is None or not is_invalid(ending.cause) or not (as_user or planned.agent.target == HUMAN):
            continue
        if (transcript := run.store.transcript(planned.id)) is not None:
            found[planned.id] = tuple(_as_user(transcript) if as_user else _as_agent(transcript))
    return found


def _as_user(transcript: Transcript) -> Iterator[str]:
    yield from (as_typed(each.content) for each in transcript.messages if each.role == "user")


def _as_agent(transcript: Transcript) -> Iterator[str]:
    """Yield queries and messages as they were typed, turn by turn."""
    turn = -1
    for message in transcript.messages:
        if message.role == "user":
            turn += 1
            yield from (line for query in transcript.queries if query.turn == turn and (line := _query(query)))
            continue
        if message.final is not None:
            yield f"/final {'; '.join(message.final)}".rstrip()
        yield as_typed(message.content)


def _query(query: Query) -> str:
    if query.kind in ("soql", "sosl"):
        return f"/{query.kind} {query.text}"
    found = _DESCRIBED.search(query.text)
    return f"/describe {found[1]}" if found else ""
