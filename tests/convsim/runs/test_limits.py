"""What a run may consume: it stops in time, says why and what is left, and goes on where more is allowed."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import broken_agents
import pytest

from convsim.cli.limits import run_limits, unused_rates
from convsim.errors import ConfigError
from convsim.models.traffic import Account, Rates
from convsim.records.episode import AgentConfig
from convsim.records.transcript import Usage
from convsim.runs.config import RunConfig
from convsim.runs.forecast import Expected, forecast
from convsim.runs.limits import RunLimits, Spending
from convsim.runs.outcome import Outcome
from convsim.runs.run import Run, plan_run, prepare

LARGEST_CALL = 8_000
"""Tokens of one call with the built-in agent's prompt, at most."""
TOKENS = 1000
"""What a `Spender` uses for each reply."""


class Spender:
    """An agent with an account of its own, as plug-ins have."""

    def __init__(self, cost: float | None) -> None:
        self._cost = cost
        self.usage = Usage()

    async def __call__(self, messages: Any) -> str:
        await asyncio.sleep(0.001)
        self.usage += Usage(calls=1, input_tokens=TOKENS - 100, output_tokens=100, cost_usd=self._cost)
        return "I do not know."


def spender(context: Any) -> Callable[..., Any]:
    return Spender(context.args.get("cost", 0.01))


def config(target: str, per_family: int = 30, **args: Any) -> RunConfig:
    agents = (AgentConfig(target=target, args=args),)
    return RunConfig(families=("handle_time",), per_family=per_family, orgs=("b2b",), agents=agents)


def execute(run: Run, jobs: int = 3) -> Outcome:
    return run.execute(jobs=jobs, listener=lambda _: None)


SPENDER = f"{Path(__file__).stem}:spender"


def spent(run: Run) -> Usage:
    return sum((u for e in run.store.episodes() if e.transcript for u in e.transcript.usage.values()), Usage())


def test_a_money_budget_is_kept_over_several_commands(tmp_path: Path) -> None:
    chosen = config(SPENDER)
    run = prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(usd=0.3))
    outcome = execute(run)
    assert "budget of 0.3 USD" in outcome.stopped
    assert 0 < outcome.done < 30
    assert outcome.told.startswith(f"{outcome.stopped}: ")
    assert f"{30 - outcome.done} left" in outcome.told
    cost = spent(run).cost_usd or 0.0
    # A plug-in's account is read when its conversation ends, so each of three may be one too many.
    assert 0.15 < cost <= 0.3 + 3 * 0.05
    assert cost <= (run.store.spent().cost_usd or 0.0) <= 0.3 + 3 * 0.05
    again = execute(prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(usd=0.2)))
    assert (again.finished, again.stopped) == (0, "the budget of 0.2 USD is spent")
    more = execute(prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(usd=100)))
    assert (more.stored, more.done, more.complete) == (outcome.done, 30, True)


def test_a_token_budget_stops_calls_in_the_middle_of_conversations(tmp_path: Path) -> None:
    run = prepare(config("scripted/counter"), tmp_path / "run.sqlite", limits=RunLimits(tokens=20_000))
    outcome = execute(run, jobs=30)
    assert outcome.stopped == "the budget of 20,000 tokens is spent"
    # All began at once, so that nothing was known about what one costs: the calls themselves are stopped.
    assert outcome.done < 30
    assert 20_000 <= run.store.spent().input_tokens + run.store.spent().output_tokens < 20_000 + LARGEST_CALL
    assert execute(prepare(config("scripted/counter"), tmp_path / "run.sqlite"), jobs=30).complete


def test_a_budget_that_suffices_changes_nothing(tmp_path: Path) -> None:
    limits = RunLimits(usd=1e6, tokens=10**9, seconds=1e6, rates=Rates(requests={"": 1e9}))
    assert execute(prepare(config(SPENDER, per_family=3), tmp_path / "run.sqlite", limits=limits)).complete


def test_an_unknown_cost_ends_a_run_with_a_money_budget(tmp_path: Path) -> None:
    run = prepare(config(SPENDER, cost=None), tmp_path / "run.sqlite", limits=RunLimits(usd=5))
    assert "price of a call is unknown" in execute(run).stopped


def test_an_unpriced_model_with_a_money_budget_is_refused_before_anything(tmp_path: Path) -> None:
    for target in ("hosted_vllm/nobody-knows", "http://127.0.0.1:9/v1"):
        with pytest.raises(ConfigError, match=f"the price of {target} is unknown; use --budget-tokens"):
            prepare(config(target), tmp_path / "run.sqlite", limits=RunLimits(usd=5))
    assert list(tmp_path.iterdir()) == []


def test_the_run_s_time_is_kept_and_nothing_half_done_is_stored(tmp_path: Path) -> None:
    chosen = config("broken_agents:sleepy", seconds=30)
    began = time.monotonic()
    run = prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(seconds=0.5))
    outcome = execute(run)
    assert outcome.stopped == "the run's 0.5 s are over"
    assert (outcome.done, list(run.store.episodes())) == (0, [])
    assert time.monotonic() - began < 10


def test_no_conversation_begins_that_would_not_end_in_time(tmp_path: Path) -> None:
    chosen = config("broken_agents:sleepy", seconds=0.1)
    run = prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(seconds=3))
    outcome = execute(run, jobs=2)
    assert outcome.stopped == "another episode would not end within the run's 3 s"
    assert 0 < outcome.done < 30
    assert all(e.transcript and e.transcript.stop.cause != "time" for e in run.store.episodes())


def test_a_conversation_has_a_time_of_its_own(tmp_path: Path) -> None:
    chosen = config("broken_agents:sleepy", per_family=2, seconds=30)
    chosen = chosen.model_copy(update={"limits": chosen.limits.model_copy(update={"seconds": 0.2})})
    run = prepare(chosen, tmp_path / "run.sqlite")
    assert execute(run).complete
    stops = [e.transcript.stop for e in run.store.episodes() if e.transcript]
    assert [stop.cause for stop in stops] == ["agent_error", "agent_error"]
    assert {stop.message for stop in stops} == {"the agent did not reply within the 0.2 s of the conversation"}


def test_a_conversation_s_time_is_no_fault_of_a_model(tmp_path: Path) -> None:
    chosen = config("scripted/counter", per_family=2, latency=30)
    chosen = chosen.model_copy(update={"limits": chosen.limits.model_copy(update={"seconds": 0.2})})
    run = prepare(chosen, tmp_path / "run.sqlite")
    assert execute(run).complete
    assert [e.transcript and e.transcript.stop.kind for e in run.store.episodes()] == ["limit", "limit"]


def test_the_first_episodes_begin_before_anything_is_known_about_their_cost() -> None:
    spending = Spending(RunLimits(usd=1.0), Account())
    assert spending.refuses(63) == ""
    spending.finished(Usage(cost_usd=0.3), 1.0)
    assert spending.refuses(0) == ""
    assert spending.refuses(1) == ""
    assert "exceed the budget of 1 USD" in spending.refuses(2)


def test_before_one_has_ended_a_forecast_says_how_many_may_begin() -> None:
    chosen = config("scripted/counter", per_family=6)
    plan = plan_run(chosen)
    each = sum(e.input_tokens + e.output_tokens for e in forecast(plan)) / len(plan)
    spending = Spending(RunLimits(tokens=int(3.5 * each)), Account())
    spending.expect(plan, stored=0)
    assert [bool(spending.refuses(others)) for others in range(5)] == [False, False, False, True, True]
    small = Spending(RunLimits(tokens=10), Account())
    small.expect(plan, stored=0)
    assert (small.refuses(0), small.refuses(1)) == ("", "another episode would exceed the budget of 10 tokens")


def test_what_earlier_commands_took_says_whether_another_one_fits() -> None:
    spending = Spending(RunLimits(tokens=1000), Account(Usage(input_tokens=900, cost_usd=0.0)))
    spending.expect(plan_run(config("scripted/counter", per_family=6)), stored=4)
    assert spending.refuses(0) == "another episode would exceed the budget of 1,000 tokens"


def test_who_is_refused_for_a_forecast_begins_when_more_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far_too_much = Expected("agent", "any", 12, 12 * 10**6, 0, None)
    monkeypatch.setattr("convsim.runs.limits.forecast", lambda plan: [far_too_much])
    chosen = config("broken_agents:counting", per_family=12)
    outcome = execute(prepare(chosen, tmp_path / "run.sqlite", limits=RunLimits(tokens=10**6)), jobs=4)
    assert (outcome.complete, broken_agents.OPEN[1], max(broken_agents.OPEN)) == (True, 1, 4)


def test_a_spent_budget_says_which_option_must_allow_more() -> None:
    outcome = Outcome(planned=6, stored=2, stopped="the budget of 7 tokens is spent", limit="--budget-tokens")
    assert outcome.told.endswith("4 left; the same command with a higher --budget-tokens goes on with what is missing")


def test_a_rate_of_a_provider_that_is_not_called_is_told() -> None:
    chosen = config("openai/gpt-4o-mini")
    limits = RunLimits(rates=Rates(requests={"": 60, "openai": 5}, tokens={"opnai": 7}))
    (told,) = unused_rates(chosen, limits)
    assert told == "note: --tpm opnai=7 has no effect on this run: its providers are openai"


def test_rates_are_read_for_all_and_for_one_provider() -> None:
    given = {"rpm": ("60", "openai=500"), "tpm": (), "budget_usd": None, "budget_tokens": 7, "run_timeout": None}
    limits = run_limits(given)
    assert limits.rates.requests == {"": 60, "openai": 500}
    assert (limits.rates.tokens, limits.tokens) == ({}, 7)
    for wrong in ("many", "openai=", "0", "openai=-1", "inf", "nan"):
        with pytest.raises(ConfigError, match="give a number above 0"):
            run_limits({**given, "tpm": (wrong,)})
