"""Several processes give what one gives, and a killed one costs nothing."""

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from convsim.errors import InfrastructureError
from convsim.models.traffic import Rates
from convsim.records.episode import AgentConfig, Episode
from convsim.runs.config import JudgeConfig, RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store
from convsim.runs.workers.pool import WorkerPool


def config(*agents: str, **changes: Any) -> RunConfig:
    families = ("handle_time", "knowledge_qa", "private_customer_information")
    targets = tuple(AgentConfig(target=name) for name in agents)
    return RunConfig(**{"families": families, "per_family": 2, "orgs": ("b2b",), "agents": targets, **changes})


def run(file: Path, chosen: RunConfig, *, workers: int, listener: Any = lambda _: None) -> dict[str, Episode]:
    outcome = prepare(chosen, file).execute(jobs=6, workers=workers, listener=listener)
    assert outcome.complete, outcome.told
    return {episode.id: episode for episode in Store.open(file).episodes()}


def timeless(episode: Episode) -> dict[str, Any]:
    told = episode.model_dump(mode="json", by_alias=True)
    told["transcript"].pop("duration_s")
    for query in told["transcript"]["queries"]:
        query.pop("duration_ms")
    return told


def test_the_results_are_those_of_one_process(tmp_path: Path) -> None:
    chosen = config("reference", "hasty", "leaker", "scripted/counter")
    alone, shared = (run(tmp_path / f"{n}.sqlite", chosen, workers=n) for n in (1, 3))
    assert list(alone) == list(shared)
    assert [timeless(each) for each in alone.values()] == [timeless(each) for each in shared.values()]


def test_a_killed_process_costs_no_episode(tmp_path: Path) -> None:
    killed: list[int] = []
    lost: list[Mapping[str, Any]] = []

    def listener(event: Mapping[str, Any]) -> None:
        if event["event"] == "worker_lost":
            lost.append(event)
        if event["event"] == "episode" and len(killed) < 2:
            import multiprocessing

            victim = next(each for each in multiprocessing.active_children() if each.pid not in killed)
            assert victim.pid is not None
            os.kill(victim.pid, signal.SIGKILL)
            killed.append(victim.pid)

    chosen = config("slow_agent:factory", families=("handle_time",), per_family=20)
    shared = run(tmp_path / "shared.sqlite", chosen, workers=2, listener=listener)
    assert len(killed) == 2
    assert lost
    assert len(shared) == 20
    alone = run(tmp_path / "alone.sqlite", chosen, workers=1)
    assert [timeless(each) for each in alone.values()] == [timeless(each) for each in shared.values()]


def test_a_judge_that_fails_costs_its_judgement_alone(tmp_path: Path) -> None:
    chosen = config("reference", families=("knowledge_qa",), judge=JudgeConfig(spec="rules+scripted/silent"))
    outcome = prepare(chosen, tmp_path / "run.sqlite").execute(jobs=2, workers=2, listener=lambda _: None)
    assert (outcome.done, outcome.invalid) == (2, 0)


def test_rates_are_shared_out() -> None:
    pool = WorkerPool(config("reference"), count=4, rates=Rates(requests={"": 100.0}), listener=lambda _: None)
    assert pool._rates.requests == {"": 25.0}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_goes_on_with_any_number_of_processes(tmp_path: Path, workers: int) -> None:
    chosen, file = config("reference", "hasty"), tmp_path / "run.sqlite"
    limited = prepare(chosen, file)
    limited.release()
    half = prepare(chosen, file).execute(jobs=2, workers=3 - workers, listener=lambda _: None)
    assert half.complete
    again = prepare(chosen, file).execute(jobs=2, workers=workers, listener=lambda _: None)
    assert (again.stored, again.finished) == (half.planned, 0)


def test_what_another_process_cannot_take_up_is_told_and_does_not_hang(tmp_path: Path) -> None:
    started = prepare(config("reference"), tmp_path / "run.sqlite")
    episode = next(iter(started.plan.episodes()))
    task = episode.scenario.task.model_copy(update={"id": "other", "family": "of_a_plugin_that_is_not_installed"})
    foreign = replace(episode, scenario=episode.scenario.model_copy(update={"task": task}))
    started.release()

    async def play() -> None:
        pool = WorkerPool(started.plan.config, count=1, rates=Rates(), listener=lambda _: None)
        async with pool:
            await asyncio.wait_for(pool.play(foreign), timeout=30)

    with pytest.raises(InfrastructureError, match="of_a_plugin_that_is_not_installed"):
        asyncio.run(play())
