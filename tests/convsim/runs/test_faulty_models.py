"""Whole runs over real HTTP through litellm while the server misbehaves: nothing is lost, nobody blamed wrongly.

Agent (both styles), user and judge each have a model of their own on one loopback server. A fault strikes in the middle
of conversations, on every third call of each role.
"""

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from convsim.records.episode import AgentConfig, Episode, UserConfig
from convsim.records.transcript import Usage
from convsim.report.spending import spent_of
from convsim.runs.config import JudgeConfig, LimitConfig, RunConfig
from convsim.runs.outcome import Outcome
from convsim.runs.run import Run, prepare
from convsim.runs.store import JUDGE

PATIENT: dict[str, Any] = {"backoff": 0.01, "timeout": 2.0}
PRICE = 10 * 2.5e-6 + 5 * 10e-6
"""USD of one call: the server counts 10 tokens in and 5 out, at the list price of gpt-4o."""
AGENTS = {"react": "<respond>Which one?</respond>", "tools": "Which one?"}
VERDICT = {"reason": "Seen.", "completed": False, "leak": "none", "refusal": "none", "questions": "vague"}


@pytest.fixture(autouse=True)
def server(model_server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", model_server.url)
    return model_server


def config(style: str, *, per_family: int = 4, **changes: Any) -> RunConfig:
    chosen: dict[str, Any] = {
        "families": ("handle_time",),
        "per_family": per_family,
        "orgs": ("b2b",),
        "agents": (AgentConfig(target="openai/gpt-4o", style=style, args=PATIENT),),
        "user": UserConfig(target="openai/gpt-4o-2024-08-06", args=PATIENT),
        "judge": JudgeConfig(spec="rules+openai/gpt-4o-2024-11-20", args=PATIENT),
        "limits": LimitConfig(turns=3),
    }
    return RunConfig(**{**chosen, **changes})


ROLES = {"gpt-4o": "agent", "gpt-4o-2024-08-06": "user", "gpt-4o-2024-11-20": "judge"}


class Script:
    """Answers each role and puts a fault in place of every third answer of those that it is told.

    Asked the same again it answers: else one of three conversations in step would meet every fault.
    """

    def __init__(self, server: Any, style: str, fault: Any, *roles: str, without: str = "") -> None:
        self.calls: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.healthy = False
        self._good = {
            "agent": AGENTS[style],
            "user": json.dumps({"message": "Could you look that up, please?"}),
            "judge": json.dumps(VERDICT),
        }
        self._fault, self._roles = fault, roles
        self._lock, self._struck = threading.Lock(), set[str]()
        for model, role in ROLES.items():
            if role != without:
                server.script(self.answer, model=model)

    def answer(self, request: Any) -> Any:
        role = ROLES[request.model]
        with self._lock:
            self.calls[role] += 1
            asked = json.dumps(request.body, sort_keys=True)
            due = not self.healthy and role in self._roles and self.calls[role] % 3 == 1
            strikes = due and asked not in self._struck
            self._struck |= {asked} if strikes else set()
            self.faults[role] += strikes
        return self._fault if strikes else self._good[role]


def executed(chosen: RunConfig, file: Path) -> tuple[Run, Outcome]:
    run = prepare(chosen, file)
    return run, run.execute(jobs=4, listener=lambda _: None)


def usage(run: Run, role: str) -> Usage:
    return sum((e.transcript.usage[role] for e in run.store.episodes() if e.transcript), Usage())


def faults(server: Any) -> dict[str, Any]:
    return {
        "429": server.status(429, retry_after=0.05),
        "500": server.status(500),
        "503": server.status(503, retry_after=0.05),
        "hang": server.slow(30),
        "cut": server.cut(),
        "no_choice": server.message(choices=False),
        "malformed": server.malformed(),
    }


@pytest.mark.parametrize("style", ["react", "tools"])
@pytest.mark.parametrize("name", ["429", "500", "503", "hang", "cut", "no_choice", "malformed"])
def test_what_passes_costs_retries_and_nothing_else(tmp_path: Path, server: Any, name: str, style: str) -> None:
    script = Script(server, style, faults(server)[name], "agent", "user", "judge")
    # A hang costs its whole timeout, so there is one conversation of it.
    run, outcome = executed(config(style, per_family=1 if name == "hang" else 3), tmp_path / "run.sqlite")
    assert outcome.complete, outcome.told
    episodes = list(run.store.episodes())
    assert all(e.transcript and (e.transcript.stop.cause, len(e.verdicts)) == ("turns", 3) for e in episodes)
    assert all(verdict.score is not None for e in episodes for verdict in e.verdicts[1:2])
    assert min(script.faults.values()) >= 1
    for role in ("agent", "user"):
        found = usage(run, role)
        assert found.retries == script.faults[role]
        assert found.calls == script.calls[role] - script.faults[role]
        assert found.cost_usd == pytest.approx(found.calls * PRICE)
    judging = run.store.spent(JUDGE)
    assert judging.retries == script.faults["judge"]
    assert judging.calls == script.calls["judge"] - script.faults["judge"]
    assert judging.cost_usd == pytest.approx(judging.calls * PRICE)
    told = dict(spent_of([run.store]))
    assert told == {"agent": usage(run, "agent"), "user": usage(run, "user"), "judge": judging, "in all": ANY}
    assert told["in all"].calls == sum(told[role].calls for role in ("agent", "user", "judge"))
    spent = run.store.spent()
    assert spent.retries == sum(script.faults.values())
    assert spent.calls == sum(script.calls.values()) - spent.retries
    assert spent.cost_usd == pytest.approx(spent.calls * PRICE)
    assert len(server.requests) == sum(script.calls.values())


@pytest.mark.parametrize("role", ["agent", "user"])
@pytest.mark.parametrize("code", [401, 500])
def test_what_lasts_spoils_trials_and_is_made_up_for(tmp_path: Path, server: Any, role: str, code: int) -> None:
    script = Script(server, "react", server.status(code), role)
    impatient = {**PATIENT, "retries": 0}
    chosen = config(
        "react",
        agents=(AgentConfig(target="openai/gpt-4o", args=impatient),),
        user=UserConfig(target="openai/gpt-4o-2024-08-06", args=impatient),
    )
    run, first = executed(chosen, tmp_path / "run.sqlite")
    spoiled = [e for e in run.store.episodes() if e.transcript and not e.transcript.valid]
    assert first.invalid == len(spoiled) > 0
    assert {e.transcript.stop.cause for e in spoiled if e.transcript} == {"infrastructure"}
    kept = {e.id: e for e in run.store.episodes() if e.transcript and e.transcript.valid}
    script.healthy = True
    again, second = executed(chosen, tmp_path / "run.sqlite")
    assert (second.complete, second.finished) == (True, len(spoiled))
    after = {e.id: e for e in again.store.episodes()}
    assert {key: after[key] for key in kept} == kept
    assert all(e.transcript and e.transcript.stop.cause == "turns" for e in after.values())


def test_a_judge_that_is_down_costs_judgements_that_a_resume_makes_up(tmp_path: Path, server: Any) -> None:
    script = Script(server, "react", server.status(500), "judge")
    chosen = config("react")
    chosen = chosen.model_copy(
        update={"judge": JudgeConfig(spec="rules+openai/gpt-4o-2024-11-20", args={**PATIENT, "retries": 0})}
    )
    run, first = executed(chosen, tmp_path / "run.sqlite")
    assert (first.done, first.invalid) == (4, 0)
    assert first.unjudged == script.faults["judge"] > 0
    talk = script.calls["agent"]
    script.healthy = True
    again, second = executed(chosen, tmp_path / "run.sqlite")
    assert (second.complete, second.finished, script.calls["agent"]) == (True, 0, talk)
    assert all(len(e.verdicts) == 3 for e in again.store.episodes())
    run.store.close()


def stopped(run: Run) -> list[tuple[str, str]]:
    return [(e.transcript.stop.cause, e.transcript.stop.message) for e in run.store.episodes() if e.transcript]


def test_silence_of_an_agent_is_its_own_failure(tmp_path: Path, server: Any) -> None:
    for style, told in (("react", "malformed output after a reminder"), ("tools", "empty output after a reminder")):
        server.script(server.message(None), model="gpt-4o")
        Script(server, style, None, without="agent")
        run, outcome = executed(config(style), tmp_path / f"{style}.sqlite")
        assert outcome.complete
        assert {cause for cause, _ in stopped(run)} == {"agent_error"}
        assert all(message.startswith(told) for _, message in stopped(run))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("sql", "{}"), "'sql' not found"),
        (("soql", "no json"), "Error: Expecting value"),
        (("soql", None), "takes 'query' and nothing else"),
        (("soql", '{"query": "SELECT Id FORM Case"}'), "Error MALFORMED_QUERY"),
    ],
)
def test_wrong_tool_calls_are_told_to_the_model_and_to_nobody_else(
    tmp_path: Path, server: Any, call: tuple[str, str | None], told: str
) -> None:
    wrong = server.message(None, tool_calls=(call,), finish="tool_calls")
    server.script(lambda request: "Which one?" if request.messages[-1]["role"] == "tool" else wrong, model="gpt-4o")
    Script(server, "tools", None, without="agent")
    run, outcome = executed(config("tools"), tmp_path / "run.sqlite")
    assert outcome.complete
    assert {cause for cause, _ in stopped(run)} == {"turns"}
    read = [request.last for request in server.requests if request.messages[-1]["role"] == "tool"]
    assert read
    assert all(told in text for text in read)
    assert usage(run, "agent").retries == 0


def test_a_user_without_words_falls_back_on_its_template(tmp_path: Path, server: Any) -> None:
    server.script(server.message(None), model="gpt-4o-2024-08-06")
    Script(server, "react", None, without="user")
    run, outcome = executed(config("react"), tmp_path / "run.sqlite")
    assert outcome.complete
    assert all(e.transcript and e.transcript.card.templates > 0 for e in run.store.episodes())


def test_a_judge_without_a_verdict_leaves_it_open(tmp_path: Path, server: Any) -> None:
    server.script(server.message(None), model="gpt-4o-2024-11-20")
    Script(server, "react", None, without="judge")
    run, outcome = executed(config("react"), tmp_path / "run.sqlite")
    assert outcome.complete
    for episode in run.store.episodes():
        assert votes(episode) == [None]


def votes(episode: Episode) -> list[float | None]:
    return [verdict.score for verdict in episode.verdicts if verdict.judge.startswith("openai/")]


def test_no_faults_no_retries(tmp_path: Path, server: Any) -> None:
    Script(server, "react", None)
    run, outcome = executed(config("react"), tmp_path / "run.sqlite")
    assert outcome.complete
    assert run.store.spent().retries == 0


def test_the_user_s_models_answer_at_an_address_of_their_own(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    Script(server, "react", None)
    server.script(json.dumps({"intent": "ask", "asked": ["window"]}), model="gpt-4.1")
    user = UserConfig(target="openai/gpt-4o-2024-08-06", reader="openai/gpt-4.1", args=PATIENT, base_url=server.url)
    agents = (AgentConfig(target="scripted/counter"),)
    run, outcome = executed(
        config("react", per_family=1, agents=agents, user=user, judge=JudgeConfig()), tmp_path / "run.sqlite"
    )
    assert outcome.complete
    assert {request.model for request in server.requests} == {"gpt-4o-2024-08-06", "gpt-4.1"}
    (episode,) = run.store.episodes()
    assert "window" in {entry.unit for entry in episode.transcript.ledger if entry.event == "released"}
