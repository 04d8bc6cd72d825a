"""Who plays and judges the episodes of a run: this process, or several of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from convsim import tracing
from convsim.models.cassette.deck import calls_of
from convsim.records.transcript import INVALID_CAUSES, Stop, Transcript, Usage
from convsim.roles import Judge, Person
from convsim.runs.plan import Plan, Planned
from convsim.runs.stage import Stage
from convsim.runs.store import transcript_row, verdict_row
from convsim.turns import long_step

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Played:
    """An episode that has been played."""

    row: Row
    """As the store keeps it."""
    stop: Stop
    told: tuple[Usage, ...]
    """What its speakers say they consumed."""
    transcript: Transcript | None = None
    """None where another process played it: the row holds it as text."""

    @classmethod
    def of(cls, planned: Planned, transcript: Transcript) -> "Played":
        """Return the episode of a transcript."""
        row = transcript_row(planned.id, planned.scenario, planned.agent, transcript)
        return cls(row, transcript.stop, tuple(transcript.usage.values()), transcript)

    @property
    def valid(self) -> bool:
        """Whether this trial says anything about the agent."""
        return self.stop.cause not in INVALID_CAUSES


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge made of an episode."""

    rows: Sequence[Row] = ()
    """Verdicts as the store keeps them."""
    completed: bool | None = None
    failed: str = ""
    """Why there is no verdict."""


class Players(Protocol):
    """Plays and judges episodes; an async context manager around a run."""

    async def play(self, planned: Planned) -> Played:
        """Return the episode, played to its end, whatever broke in it."""

    async def judge(self, planned: Planned, played: Played) -> Judged:
        """Return the verdicts, or why there are none."""


class LocalPlayers:
    """This process."""

    def __init__(self, plan: Plan, judge: Judge, person: Person | None = None) -> None:
        """Take the plan, the judge and who plays a side; raises ConfigError for an agent that does not exist."""
        self._stage = Stage.of(plan, person)
        self._judge = judge

    async def __aenter__(self) -> "LocalPlayers":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is to be ended."""

    async def play(self, planned: Planned) -> Played:
        """See `Players`."""
        with tracing.span(f"invoke_agent {planned.agent.name}", _conversation(planned)) as span:
            with calls_of(planned.id):
                transcript, row = await self._stage.play(planned)
            if span is not None:
                stop = transcript.stop
                span.set_attributes({"convsim.stop": stop.kind, "convsim.cause": stop.cause or ""})
        return Played(dict(row), transcript.stop, tuple(transcript.usage.values()), transcript)

    async def judge(self, planned: Planned, played: Played) -> Judged:
        """See `Players`. Judges are plug-ins: a bug in one costs its judgement and must not end the run."""
        transcript = played.transcript or Transcript.model_validate_json(played.row["transcript"])
        with calls_of(planned.id):
            return await self._judged(planned, transcript)

    async def _judged(self, planned: Planned, transcript: Transcript) -> Judged:
        await long_step(patient=True)
        try:
            with tracing.span(f"judge {self._judge.judge_id}", {"gen_ai.conversation.id": planned.id}):
                verdicts = await self._judge.judge(planned.scenario, transcript)
            rows = [verdict_row(planned.id, self._judge.judge_id, verdict) for verdict in verdicts]
        except Exception as error:  # noqa: BLE001 - see above
            return Judged(failed=f"{type(error).__name__}: {error}")
        return Judged(rows, verdicts[-1].completed if verdicts else None)


def _conversation(planned: Planned) -> tracing.Attributes:
    """Return what a span says of an episode."""
    scenario = planned.scenario
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": planned.agent.name,
        "gen_ai.conversation.id": planned.id,
        "convsim.scenario": scenario.id,
        "convsim.family": scenario.task.family,
        "convsim.org": scenario.task.org,
        "convsim.persona": scenario.persona,
        "convsim.delivery": scenario.delivery,
        "convsim.trial": scenario.trial,
    }
