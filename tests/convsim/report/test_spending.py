"""What the models of a run consumed, apart for agent, user and judge; later judgements included."""

import asyncio
from pathlib import Path

from convsim.records.episode import AgentConfig, UserConfig
from convsim.records.transcript import Usage
from convsim.report.spending import spent_of, spent_section, told_spent
from convsim.runs.config import JudgeConfig, LimitConfig, RunConfig
from convsim.runs.rescore import rescore
from convsim.runs.run import prepare


def config(judge: str, *agents: str, user: str = "offline") -> RunConfig:
    return RunConfig(
        families=("handle_time",),
        per_family=2,
        orgs=("b2b",),
        agents=tuple(AgentConfig(target=agent) for agent in agents),
        user=UserConfig(target=user),
        judge=JudgeConfig(spec=judge),
        limits=LimitConfig(turns=2),
    )


def test_each_role_has_its_own_and_later_judgements_count(tmp_path: Path) -> None:
    run = prepare(config("rules+scripted/echo", "scripted/counter", user="scripted/echo"), tmp_path / "run.sqlite")
    run.execute(jobs=2, listener=lambda _: None)
    first = dict(spent_of([run.store]))
    assert list(first) == ["agent", "user", "judge", "in all"]
    assert all(used.calls and used.cost_usd == 0.0 for used in first.values())
    assert first["in all"] == first["agent"] + first["user"] + first["judge"]
    asyncio.run(rescore(run.store, JudgeConfig(spec="rules+scripted/silent"), told=lambda _: None))
    second = dict(spent_of([run.store]))
    assert (second["agent"], second["user"]) == (first["agent"], first["user"])
    more = second["judge"].calls - first["judge"].calls
    assert more == second["in all"].calls - first["in all"].calls > 0
    assert f"judge {second['judge'].calls} calls" in told_spent(spent_of([run.store]))
    run.store.close()


def test_no_model_no_line(tmp_path: Path) -> None:
    run = prepare(config("rules", "reference"), tmp_path / "run.sqlite")
    run.execute(jobs=2, listener=lambda _: None)
    assert spent_of([run.store]) == []
    assert told_spent([]) == ""
    assert spent_section([]).missing == "no model was called"
    run.store.close()


def test_an_unknown_price_is_no_zero() -> None:
    from convsim.report.spending import Spent

    spent = [Spent("agent", Usage(calls=1200, input_tokens=5000, retries=3, cost_usd=None))]
    assert told_spent(spent) == "models: agent 1,200 calls, 5,000 tokens, price unknown"
    assert spent_section(spent).lines[0][-1] == "price unknown"
