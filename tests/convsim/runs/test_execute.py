"""Conversations and judging side by side: nobody waits for a judge that keeps up, and no judge falls behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from convsim.records.episode import AgentConfig
from convsim.records.transcript import Transcript, Usage
from convsim.records.verdict import Verdict
from convsim.roles import Judge, Person
from convsim.runs.config import RunConfig
from convsim.runs.execute import Executor
from convsim.runs.hosting import served
from convsim.runs.run import Run, prepare
from convsim.runs.store import Store

PATIENCE = 20.0
"""Seconds."""


@dataclass
class WaitingJudge:
    """Judges like the one it holds once so many transcripts are stored, or all that there will be."""

    judge_of_record: Judge
    store: Store
    stored: Sequence[int]
    """For the first judgement, the second, ..."""
    began: int = 0
    at_once: int = 0
    most_at_once: int = 0
    met: list[bool] = field(default_factory=list)

    @property
    def judge_id(self) -> str:
        return self.judge_of_record.judge_id

    @property
    def usage(self) -> Usage:
        return self.judge_of_record.usage

    async def judge(self, scenario: Any, transcript: Transcript) -> Sequence[Verdict]:
        wanted = self.stored[self.began]
        self.began += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while (met := len(self.store.finished()) >= wanted) is False and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.005)
        self.met.append(met)
        self.at_once -= 1
        return await self.judge_of_record.judge(scenario, transcript)


def prepared(path: Path, episodes: int) -> Run:
    agents = (AgentConfig(target="reference"),)
    chosen = RunConfig(families=("handle_time",), per_family=episodes, orgs=("b2b",), agents=agents)
    return prepare(chosen, path / "run.sqlite")


def test_the_next_conversation_begins_while_one_is_judged(tmp_path: Path) -> None:
    run = prepared(tmp_path, 4)
    judge = WaitingJudge(run.judge, run.store, stored=[2, 3, 4, 4])
    outcome = replace(run, judge=judge).execute(jobs=1, listener=lambda _: None)
    assert (outcome.complete, outcome.finished, judge.most_at_once) == (True, 4, 1)
    assert judge.met == [True] * 4


def test_conversations_wait_for_judges_that_fall_behind(tmp_path: Path) -> None:
    run = prepared(tmp_path, 9)
    most: list[int] = []

    class Watched(WaitingJudge):
        async def judge(self, scenario: Any, transcript: Transcript) -> Sequence[Verdict]:
            most.append(len(self.store.finished()) - self.began)
            return await super().judge(scenario, transcript)

    # The first two are judged when four are stored, which is as many as there may be.
    judge = Watched(run.judge, run.store, stored=[4, 4, *[0] * 7])
    outcome = replace(run, judge=judge).execute(jobs=2, listener=lambda _: None)
    assert (outcome.complete, outcome.finished, judge.most_at_once) == (True, 9, 2)
    assert all(judge.met)
    assert max(most) <= 4


def test_a_person_is_told_how_one_ended_before_the_next_begins(tmp_path: Path) -> None:
    run = prepared(tmp_path, 3)
    stored: list[int] = []

    class Slow(WaitingJudge):
        async def judge(self, scenario: Any, transcript: Transcript) -> Sequence[Verdict]:
            await asyncio.sleep(0.2)
            stored.append(len(self.store.finished()))
            return await super().judge(scenario, transcript)

    # Neither side is human here, so that nobody is asked for anything.
    executor = Executor(
        run.plan, run.store, Slow(run.judge, run.store, stored=[0] * 3), jobs=1, person=cast("Person", object())
    )
    with served(run.plan):
        assert asyncio.run(executor.run()).finished == 3
    run.release()
    assert stored == [1, 2, 3]
