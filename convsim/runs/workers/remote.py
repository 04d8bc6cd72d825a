"""Players elsewhere: an episode goes out as a request, what came of it comes back as an answer."""

from abc import ABC, abstractmethod
from typing import Any

from convsim.errors import InfrastructureError
from convsim.models.cassette.deck import MissedError, hand_in
from convsim.models.traffic import Rates, counted
from convsim.records.transcript import Stop, Usage
from convsim.runs.plan import Planned
from convsim.runs.players import Judged, Played

ATTEMPTS = 3
"""Processes that may be lost over one episode before the run stops: then the episode itself is to blame."""


class LostError(Exception):
    """A process, or the machine under it, ended while it had work."""


class RemotePlayers(ABC):
    """Implements `convsim.runs.players.Players` by requests to a `Desk`."""

    async def play(self, planned: Planned) -> Played:
        """Return the episode as it was played elsewhere."""
        answer = await self._answer(planned, kind="play")
        stop = Stop.model_validate(answer["stop"])
        return Played(answer["row"], stop, tuple(Usage.model_validate(each) for each in answer["told"]))

    async def judge(self, planned: Planned, played: Played) -> Judged:
        """Return the verdicts given elsewhere; what the judge's models consumed is entered here."""
        answer = await self._answer(planned, kind="judge", transcript=played.row["transcript"])
        usage = Usage.model_validate(answer["usage"])
        if usage != Usage():
            with counted() as account:
                account.enter(usage)
        return Judged(answer["rows"], answer["completed"], answer["failed"])

    async def _answer(self, planned: Planned, **request: str) -> dict[str, Any]:
        scenario, agent = planned.scenario.model_dump_json(), planned.agent.model_dump_json()
        answer = await self._ask(planned.id, {**request, "scenario": scenario, "agent": agent})
        hand_in(answer.get("calls") or [])
        if missed := answer.get("missed"):
            raise MissedError(missed)
        if failed := answer.get("failed"):
            raise InfrastructureError(f"episode {planned.id} could not be taken up by another process: {failed}")
        return answer

    @abstractmethod
    async def _ask(self, episode: str, request: dict[str, str]) -> dict[str, Any]:
        """Return the answer; asks again elsewhere when a process is lost, and raises InfrastructureError at last."""


def shared_out(rates: Rates, count: int) -> Rates:
    """Return each process' part of the rates, because each paces its own calls."""
    return Rates(
        requests={name: rate / count for name, rate in rates.requests.items()},
        tokens={name: rate / count for name, rate in rates.tokens.items()},
    )
