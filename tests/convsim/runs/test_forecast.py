"""What is said before the first call: rough, but of the right size, and honest about what is unknown."""

from pathlib import Path

import pytest

from convsim.records.episode import AgentConfig, UserConfig
from convsim.records.transcript import Usage
from convsim.report.statistics import clustered_mean
from convsim.runs.config import JudgeConfig, RunConfig
from convsim.runs.forecast import forecast, power, rounded
from convsim.runs.run import plan_run, prepare


def config(*targets: str, per_family: int = 6, **changes: object) -> RunConfig:
    agents = tuple(AgentConfig(target=target) for target in targets)
    chosen = RunConfig(families=("handle_time",), per_family=per_family, orgs=("b2b",), agents=agents)
    return chosen.model_copy(update=changes)


def test_the_estimate_is_of_the_size_of_what_is_then_taken(tmp_path: Path) -> None:
    run = prepare(config("scripted/counter"), tmp_path / "run.sqlite")
    (expected,) = forecast(run.plan)
    assert run.execute(jobs=4, listener=lambda _: None).complete
    taken = sum((e.transcript.usage["agent"] for e in run.store.episodes() if e.transcript), Usage())
    per_call = expected.input_tokens / expected.calls, taken.input_tokens / taken.calls
    assert 0.5 < per_call[0] / per_call[1] < 2
    assert expected.usd == 0


def test_agents_user_reader_and_judges_are_told_apart() -> None:
    user = UserConfig(target="openai/gpt-4o-mini", reader="openai/gpt-4o-mini")
    judge = JudgeConfig(spec="rules+openai/gpt-4o+hosted_vllm/unheard-of")
    plan = plan_run(config("reference", "scripted/counter", user=user, judge=judge))
    found = forecast(plan)
    assert [(each.role, each.name) for each in found] == [
        ("agent", "scripted/counter"),
        ("user", "openai/gpt-4o-mini"),
        ("reader", "openai/gpt-4o-mini"),
        ("judge", "openai/gpt-4o"),
        ("judge", "hosted_vllm/unheard-of"),
    ]
    assert found[3].calls == len(plan)
    assert found[3].usd == pytest.approx(found[3].input_tokens * 2.5e-6 + found[3].output_tokens * 10e-6)
    assert found[4].usd is None


def test_reference_agents_take_nothing() -> None:
    assert forecast(plan_run(config("reference", "hasty"))) == []


def test_the_half_width_is_that_of_the_report_for_a_share_of_one_half() -> None:
    plan = plan_run(config("reference", per_family=10))
    tasks = [scenario.task.id for scenario in plan.scenarios]
    estimate = clustered_mean([float(i % 2) for i in range(len(tasks))], tasks)
    assert estimate.high is not None
    assert estimate.mean == 0.5
    assert power(plan).half_width == pytest.approx(estimate.high - estimate.mean)
    assert (power(plan_run(config("reference", per_family=1))).half_width) is None


def test_estimates_have_two_digits() -> None:
    assert [rounded(number) for number in (7, 42, 431, 123_456)] == [7, 42, 440, 130_000]
