"""A worker process: plays and judges the episodes that it is told, many at a time, until its channel is closed.

Each line of the channel is a JSON object: `{"number", "kind": "play" | "judge", "scenario", "agent", "transcript"}` in,
`{"number", ...}` back. Scenarios and agents come as the JSON of their records.
"""

import asyncio
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from convsim import plugins
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

LINE_LIMIT = 1 << 30
"""Characters of one message; a transcript with an agent's huge reply fits."""


def serve(channel: socket.socket, config: str, rates: Rates) -> None:
    """Work until the other side closes; Ctrl-C is for the process that began the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run = RunConfig.model_validate_json(config)
    tasks: dict[str, Task] = {}
    worlds = open_worlds(run.orgs, seed=run.org_seed, scale=run.scale)
    plan = Plan(run, (), tasks, worlds, load_library([Path(path) for path in run.persona_paths]))
    judge = plugins.judge_provider().judge(run.judge.spec, run.judge.args, base_url=run.judge.base_url)
    with served(plan), calm_collection():
        asyncio.run(_Worker(LocalPlayers(plan, judge), tasks).run(channel, rates))


class _Worker:
    def __init__(self, players: LocalPlayers, tasks: dict[str, Task]) -> None:
        self._players = players
        self._tasks = tasks

    async def run(self, channel: socket.socket, rates: Rates) -> None:
        reader, writer = await asyncio.open_connection(sock=channel, limit=LINE_LIMIT)
        open_: set[asyncio.Task[None]] = set()
        with flowing(Traffic(Account(), rates)), suppress(ConnectionError):
            while line := await reader.readline():
                task = asyncio.create_task(self._answer(orjson.loads(line), writer))
                open_.add(task)
                task.add_done_callback(open_.discard)
        for task in open_:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)

    async def _answer(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        with counted() as account:
            answer = await (self._play(request) if request["kind"] == "play" else self._judge(request))
        answer |= {"number": request["number"], "usage": account.usage.model_dump()}
        writer.write(orjson.dumps(answer) + b"\n")
        with suppress(ConnectionError):
            await writer.drain()

    async def _play(self, request: dict[str, Any]) -> dict[str, Any]:
        played = await self._players.play(self._planned(request))
        told = [usage.model_dump() for usage in played.told]
        return {"row": played.row, "stop": played.stop.model_dump(), "told": told}

    async def _judge(self, request: dict[str, Any]) -> dict[str, Any]:
        row = {"transcript": request["transcript"]}
        judged = await self._players.judge(self._planned(request), Played(row, Stop(kind="satisfied"), ()))
        return {"rows": list(judged.rows), "completed": judged.completed, "failed": judged.failed}

    def _planned(self, request: dict[str, Any]) -> Planned:
        scenario = Scenario.model_validate_json(request["scenario"])
        agent = AgentConfig.model_validate_json(request["agent"])
        record = scenario.task
        if record.id not in self._tasks:
            self._tasks[record.id] = plugins.provider_of(record.family).restore(record)
        return Planned(episode_id(scenario, agent), scenario, agent)
