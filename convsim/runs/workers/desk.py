"""What every process beside the first does, however it is reached: plays and judges the episodes that it is told.

A request is `{"kind": "play" | "judge", "scenario", "agent", "transcript"}`, scenarios and agents as the JSON of their
records; the answer is what `convsim.runs.workers.remote` reads, with the `usage` of the models that it took.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from convsim import plugins, tracing
from convsim.models.cassette.deck import MissedError, collected
from convsim.models.traffic import Account, Rates, Traffic, counted, flowing
from convsim.records.episode import AgentConfig, Scenario, episode_id
from convsim.records.transcript import Stop
from convsim.roles import Task
from convsim.runs.config import RunConfig
from convsim.runs.hosting import calm_collection, served
from convsim.runs.plan import Plan, Planned
from convsim.runs.players import LocalPlayers, Played
from convsim.runs.worlds import open_worlds
from personas.library import load_library


class Desk:
    """One process' orgs, agents and judge; belongs to one event loop."""

    def __init__(self, run: RunConfig, rates: Rates) -> None:
        """Open what the run needs; raises ConfigError for what this machine lacks."""
        self._tasks: dict[str, Task] = {}
        worlds = open_worlds(run.orgs, seed=run.org_seed, scale=run.scale)
        self._plan = Plan(run, (), self._tasks, worlds, load_library([Path(path) for path in run.persona_paths]))
        judge = plugins.judge_provider().judge(run.judge.spec, run.judge.args, base_url=run.judge.base_url)
        self._players = LocalPlayers(self._plan, judge)
        self._traffic = Traffic(Account(), rates)

    @property
    def org_hashes(self) -> dict[str, str]:
        """Content hash of each org as this machine has it."""
        return {name: world.content_hash for name, world in self._plan.worlds.items()}

    @contextmanager
    def open(self, traces: str | None) -> Iterator[None]:
        """Serve the orgs on loopback where agents need it, and record spans where the run does."""
        with served(self._plan), calm_collection(), tracing.recording(traces):
            yield

    async def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return what came of one request."""
        with flowing(self._traffic), counted() as account:
            try:
                answer = await (self._play(request) if request["kind"] == "play" else self._judge(request))
            except MissedError as error:
                answer = {"missed": str(error)}
            except Exception as error:  # noqa: BLE001 - whoever asked waits for an answer and must learn why there is none
                answer = {"failed": f"{type(error).__name__}: {error}"}
        return answer | {"usage": account.usage.model_dump(), "calls": collected()}

    async def _play(self, request: Mapping[str, Any]) -> dict[str, Any]:
        played = await self._players.play(self._planned(request))
        told = [usage.model_dump() for usage in played.told]
        return {"row": played.row, "stop": played.stop.model_dump(), "told": told}

    async def _judge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        row = {"transcript": request["transcript"]}
        judged = await self._players.judge(self._planned(request), Played(row, Stop(kind="satisfied"), ()))
        return {"rows": list(judged.rows), "completed": judged.completed, "failed": judged.failed}

    def _planned(self, request: Mapping[str, Any]) -> Planned:
        scenario = Scenario.model_validate_json(request["scenario"])
        agent = AgentConfig.model_validate_json(request["agent"])
        record = scenario.task
        if record.id not in self._tasks:
            self._tasks[record.id] = plugins.restore(record)
        return Planned(episode_id(scenario, agent), scenario, agent)
