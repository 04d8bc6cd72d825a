"""Agents of other people that misbehave: each ends its own episodes as agent errors, and nothing else changes."""

import asyncio
import resource
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from hatchery import hatch
from test_robust import events, rest

from convsim.agents.threads import GuestThread
from convsim.models.traffic import Rates
from convsim.records.episode import AgentConfig, Episode
from convsim.runs.config import LimitConfig, RunConfig
from convsim.runs.limits import RunLimits
from convsim.runs.run import prepare
from convsim.runs.store import Store

TOLD = {
    "raises": "ValueError: ???",
    "says_nothing": "the agent answered with NoneType",
    "blocks": "the agent did not give back control (it was at broken_agents.py:",
    "computes": "the agent did not give back control (it was at broken_agents.py:",
    "awaits": "the agent did not reply within the 6 s of the conversation",
    "never_leaves": "the agent did not reply within the 6 s",
    "blocks_elsewhere": "the agent did not reply within the 6 s",
    "blocks_in_the_factory": "the agent did not give back control (it was at broken_agents.py:",
    "shouts": "the reply has 10,000,000 characters; at most 100,000 are read",
    "surrogates": "the reply is no valid text",
    "odd_final": "the structured answer is no valid text",
    "is_of_another_kind": "the agent answered with bytes",
    "exits": "the agent called exit(7)",
    "exits_in_a_task": "the agent called exit(7)",
}
"""What is told about each of `broken_agents`."""
RUN = ["run", "--families", "handle_time", "--per-family", "1", "--org", "b2b", "--no-baselines", "--timeout", "6"]


def good(file: Path) -> dict[str, Any]:
    return {e.scenario.id: bare(e) for e in Store.open(file).episodes() if e.agent.target == "reference"}


def bare(episode: Episode) -> tuple[Any, ...]:
    assert episode.transcript is not None
    return episode.transcript.messages, episode.transcript.stop, episode.verdicts


@pytest.mark.parametrize("how", [("-j", "8"), ("-j", "8", "--workers", "2")], ids=["jobs", "workers"])
def test_each_ends_its_own_episodes_and_the_good_one_is_not_touched(tmp_path: Path, how: tuple[str, ...]) -> None:
    alone = prepare(
        RunConfig(
            families=("handle_time",), per_family=1, orgs=("b2b",), agents=(AgentConfig(target="reference"),),
            limits=LimitConfig(seconds=6),
        ),
        tmp_path / "alone.sqlite",
    )  # fmt: skip
    assert alone.execute(jobs=2, listener=lambda _: None).complete
    agents = [word for name in TOLD for word in ("--agent", f"broken_agents:{name}")]
    command = [*RUN, *how, "--agent", "reference", *agents, "--out", "run.sqlite", "--json"]
    with hatch(*command, cwd=tmp_path) as process:
        done = rest(process)[-1]
    assert (process.returncode, done["finished"], done["failed"]) == (0, len(TOLD) + 1, 0)
    assert good(tmp_path / "run.sqlite") == good(tmp_path / "alone.sqlite")
    for episode in Store.open(tmp_path / "run.sqlite").episodes():
        assert episode.transcript is not None
        stop, name = episode.transcript.stop, episode.agent.target.removeprefix("broken_agents:")
        if name != "reference":
            assert (stop.kind, stop.cause) == ("error", "agent_error"), (name, stop)
            assert stop.message.startswith(TOLD[name]), (name, stop)
            assert len(stop.message) < 600


@pytest.mark.parametrize("name", ["blocks", "computes", "never_leaves"])
def test_ctrl_c_reaches_a_run_whose_agent_does_not_give_back_control(tmp_path: Path, name: str) -> None:
    command = [*RUN[:-1], "600", "--agent", f"broken_agents:{name}", "--out", "run.sqlite", "--json"]
    with hatch(*command, cwd=tmp_path) as process:
        while not (tmp_path / "at_work").exists():  # before, a first signal ends the run by itself
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        events(process, "draining")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        done = rest(process)[-1]
    assert time.monotonic() - began < 10
    assert (process.returncode, done["finished"]) == (3, 0)


def test_the_run_s_time_holds_for_a_blocking_agent(tmp_path: Path) -> None:
    command = [*RUN[:-1], "600", "--run-timeout", "1", "--agent", "broken_agents:blocks", "--json"]
    with hatch(*command, "--out", "run.sqlite", cwd=tmp_path) as process:
        done = rest(process)[-1]
    assert (process.returncode, done["finished"]) == (3, 0)


def test_queries_from_any_thread_land_in_their_own_transcript(tmp_path: Path) -> None:
    run = prepare(
        RunConfig(
            families=("handle_time",), per_family=6, orgs=("b2b",), agents=(AgentConfig(target="broken_agents:looks"),)
        ),
        tmp_path / "run.sqlite",
    )
    assert run.execute(jobs=6, listener=lambda _: None).complete
    for episode in run.store.episodes():
        assert episode.transcript is not None
        replies = [message for message in episode.transcript.messages if message.role == "assistant"]
        assert len(episode.transcript.queries) == 2 * len(replies)
        assert [query.turn for query in episode.transcript.queries] == [i // 2 for i in range(2 * len(replies))]
        assert episode.transcript.served_model.startswith("???")


async def test_a_thread_serves_one_after_another_until_it_is_given_up() -> None:
    thread = GuestThread()

    async def ident() -> int:
        import threading

        return threading.get_ident()

    async def lingering() -> None:
        asyncio.create_task(asyncio.sleep(3600))  # noqa: RUF006 - left behind on purpose

    async def nothing() -> None:
        """Close nothing."""

    async def block() -> None:
        while True:
            time.sleep(0.01)

    first = await thread.run(ident)
    await thread.run(lingering)
    assert await thread.clear(nothing)
    assert await thread.run(ident) == first
    assert await thread.answers()
    blocked = asyncio.ensure_future(thread.run(block))
    await asyncio.sleep(0.05)
    assert not await thread.answers()
    assert thread.place().startswith("test_foreign.py:")
    assert not await thread.clear(nothing)
    blocked.cancel()
    thread.give_up()
    for _ in range(100):
        if not thread._thread.is_alive():
            break
        await asyncio.sleep(0.02)
    assert not thread._thread.is_alive()


def test_models_that_agents_share_are_called_and_counted_by_the_run(tmp_path: Path) -> None:
    chosen = RunConfig(
        families=("handle_time",), per_family=8, orgs=("b2b",),
        agents=(AgentConfig(target="broken_agents:asks_a_model"),),
    )  # fmt: skip
    run = prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(rates=Rates(requests={"": 1e6})))
    assert run.execute(jobs=8, listener=lambda _: None).complete
    replies = [m for e in run.store.episodes() if e.transcript for m in e.transcript.messages if m.role == "assistant"]
    assert {message.content for message in replies} == {"Which period?"}
    assert run.store.spent().calls == len(replies)


def test_many_foreign_agents_at_once_are_not_short_of_files(tmp_path: Path) -> None:
    few = {resource.RLIMIT_NOFILE: (100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])}
    command = ["run", "--families", "handle_time", "--per-family", "60", "--org", "b2b", "--no-baselines", "-j", "60"]
    command += ["--agent", "broken_agents:sleepy", "--max-turns", "1", "--out", "run.sqlite", "--json"]
    with hatch(*command, cwd=tmp_path, limits=few) as process:
        done = rest(process)[-1]
    assert (process.returncode, done["finished"], done["valid"]) == (0, 60, 60)


CLIENT_OF_THE_MODULE = """
import asyncio

lock = asyncio.Lock()


async def agent(messages):
    async with lock:
        await asyncio.sleep(0.05)
    return "Which period?"
"""


def test_what_belongs_to_another_loop_is_explained(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(CLIENT_OF_THE_MODULE)
    command = [*RUN, "--per-family", "2", "--agent", "shared:agent", "--out", "run.sqlite", "--json", "-j", "2"]
    with hatch(*command, cwd=tmp_path) as process:
        assert rest(process)[-1]["finished"] == 2
    told = [e.transcript.stop.message for e in Store.open(tmp_path / "run.sqlite").episodes() if e.transcript]
    assert any("make asynchronous clients in the factory" in message for message in told), told
