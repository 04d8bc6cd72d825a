"""Whatever breaks costs its own episode, never the run, and never what is stored."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import broken_agents
import pytest
from hatchery import Hatched, hatch

from convsim.errors import ConfigError
from convsim.records.episode import AgentConfig, Episode, Scenario
from convsim.records.transcript import Transcript, Usage
from convsim.roles import Judge
from convsim.runs.config import RunConfig
from convsim.runs.outcome import Outcome
from convsim.runs.run import Run, prepare
from convsim.runs.store import Store
from convsim.users.simulated import SimulatedUser


def config(*targets: str, per_family: int = 1) -> RunConfig:
    agents = tuple(AgentConfig(target=target) for target in targets)
    return RunConfig(families=("handle_time",), per_family=per_family, orgs=("b2b",), agents=agents)


def execute(run: Run, **options: Any) -> Outcome:
    return run.execute(jobs=4, listener=options.pop("listener", lambda _: None), **options)


def stops(store: Store) -> dict[str, tuple[str, str]]:
    return {
        e.agent.target.removeprefix("broken_agents:"): (e.transcript.stop.cause, e.transcript.stop.message)
        for e in store.episodes()
        if e.transcript is not None
    }


def test_an_agent_that_breaks_ends_its_own_episode_only(tmp_path: Path) -> None:
    names = ("unmade", "exits", "panics", "cancels_itself", "surrogates", "unreachable", "miscounts")
    run = prepare(config("reference", *(f"broken_agents:{name}" for name in names)), tmp_path / "run.sqlite")
    outcome = execute(run)
    found = stops(run.store)
    assert outcome.done == outcome.planned == len(found) == 8
    assert outcome.invalid == 1
    assert found["reference"] == ("", "")
    assert found["unmade"] == ("agent_error", "the agent could not be made: RuntimeError: no such tool")
    assert found["exits"] == ("agent_error", "the agent called exit(7)")
    assert found["panics"] == ("agent_error", "Panic: index out of bounds")
    assert found["cancels_itself"] == ("agent_error", "the agent cancelled its own turn")
    assert found["surrogates"][0] == "agent_error"
    assert found["unreachable"] == ("infrastructure", "the network is down")
    assert found["miscounts"][0] != "agent_error"
    (account,) = (e.transcript for e in run.store.episodes() if e.agent.target.endswith("miscounts"))
    assert account is not None
    assert account.usage["agent"].cost_usd is None


def test_a_bug_in_the_user_spoils_its_own_episode_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = prepare(config("reference", per_family=4), tmp_path / "run.sqlite")
    broken = run.plan.scenarios[1].id

    class Buggy(SimulatedUser):
        def __init__(self, scenario: Scenario, *args: Any, **options: Any) -> None:
            super().__init__(scenario, *args, **options)
            self.is_broken = scenario.id == broken

        @property
        def usage(self) -> Usage:
            if self.is_broken:
                raise ZeroDivisionError("in the user")
            return Usage()

    monkeypatch.setattr("convsim.runs.stage.SimulatedUser", Buggy)
    outcome = execute(run)
    causes = {e.scenario.id: e.transcript.stop.cause for e in run.store.episodes() if e.transcript is not None}
    assert causes.pop(broken) == "simulator_error"
    assert set(causes.values()) == {""}
    assert (outcome.done, outcome.invalid, outcome.complete) == (4, 1, False)
    monkeypatch.undo()
    again = execute(prepare(config("reference", per_family=4), tmp_path / "run.sqlite"))
    assert (again.stored, again.finished, again.complete) == (3, 1, True)


@dataclass
class BrokenJudge:
    """Judges like the one it holds, but raises for one scenario while told to."""

    judge_of_record: Judge
    scenario: str

    @property
    def judge_id(self) -> str:
        return self.judge_of_record.judge_id

    @property
    def usage(self) -> Usage:
        return self.judge_of_record.usage

    async def judge(self, scenario: Any, transcript: Transcript) -> Any:
        if scenario.id == self.scenario:
            raise IndexError("in the judge")
        return await self.judge_of_record.judge(scenario, transcript)


def test_a_bug_in_the_judge_costs_only_its_judgement(tmp_path: Path) -> None:
    run = prepare(config("reference", per_family=4), tmp_path / "run.sqlite")
    heard: list[Any] = []
    outcome = execute(replace(run, judge=BrokenJudge(run.judge, run.plan.scenarios[2].id)), listener=heard.append)
    assert (outcome.done, outcome.unjudged, outcome.complete) == (4, 1, False)
    assert [e["error"] for e in heard if e["event"] == "judge_failed"] == ["IndexError: in the judge"]
    before = transcripts(run.store)
    again = execute(prepare(config("reference", per_family=4), tmp_path / "run.sqlite"))
    assert (again.stored, again.finished, again.complete) == (4, 0, True)
    assert transcripts(run.store) == before
    assert all(e.verdicts for e in run.store.episodes())


def transcripts(store: Store) -> list[Transcript | None]:
    return [episode.transcript for episode in store.episodes()]


def test_errors_of_agents_are_run_again_only_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = config("reference", "broken_agents:flaky", per_family=2)
    monkeypatch.setattr(broken_agents, "FAILING", True)
    first = execute(prepare(chosen, tmp_path / "run.sqlite"))
    assert (first.finished, first.complete) == (4, True)
    monkeypatch.setattr(broken_agents, "FAILING", False)
    assert execute(prepare(chosen, tmp_path / "run.sqlite")).finished == 0
    again = prepare(chosen, tmp_path / "run.sqlite")
    outcome = execute(again, retry_errors=True)
    assert (outcome.stored, outcome.finished, outcome.complete) == (2, 2, True)
    assert {cause for cause, _ in stops(again.store).values()} == {""}
    assert all(len(e.verdicts) == 1 for e in again.store.episodes())


def test_one_process_at_a_time_has_a_run(tmp_path: Path) -> None:
    first = prepare(config("reference"), tmp_path / "run.sqlite")
    with pytest.raises(ConfigError, match=f"is being run by process {os.getpid()}; wait"):
        prepare(config("reference"), tmp_path / "run.sqlite")
    with pytest.raises(ConfigError, match="is being run"):
        prepare(config("reference"), tmp_path / "run.sqlite", fresh=True)
    with pytest.raises(ConfigError, match="is being run"):
        prepare(config("reference"), f"sqlite:///{tmp_path}/run.sqlite")
    with pytest.raises(ConfigError, match="a folder, which --fresh leaves alone"):
        prepare(config("reference"), tmp_path, fresh=True)
    assert execute(first).complete
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix == ".lock") == []
    prepare(config("reference"), tmp_path / "run.sqlite").release()


def test_a_lock_left_behind_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "run.sqlite.lock").write_text("1")
    assert execute(prepare(config("reference"), tmp_path / "run.sqlite")).complete


SLOW = ["run", "--families", "handle_time", "--per-family", "30", "--org", "b2b", "-j", "3", "--no-baselines"]
SLOW += ["--agent", "broken_agents:sleepy", "--out", "run.sqlite", "--json"]


def events(process: Hatched, wanted: str, number: int = 1) -> None:
    """Return when the process has told so many events of a kind."""
    assert process.stdout is not None
    for line in process.stdout:
        number -= json.loads(line)["event"] == wanted
        if not number:
            return
    raise AssertionError(process.stderr and process.stderr.read())


def rest(process: Hatched) -> list[dict[str, Any]]:
    out, err = process.communicate()
    assert "Traceback" not in err, err
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_drains(tmp_path: Path, number: signal.Signals) -> None:
    with hatch(*SLOW, "--agent-args", "seconds=0.3", cwd=tmp_path) as process:
        events(process, "episode", 1)
        process.send_signal(number)
        told = rest(process)
    done = told[-1]
    assert process.returncode == done["exit"] == 3
    assert done["event"] == "done"
    assert 3 <= done["finished"] == done["valid"] < done["planned"] == 30
    stored = list(Store.open(tmp_path / "run.sqlite").episodes())
    assert len(stored) == done["finished"]
    assert all(len(e.verdicts) == 1 for e in stored)
    assert any(event["event"] == "draining" and event["cause"] == "interrupted" for event in told)


def test_the_second_signal_stops_and_a_locked_run_is_refused(tmp_path: Path) -> None:
    with hatch(*SLOW, "--agent-args", "seconds=20", cwd=tmp_path) as process:
        events(process, "start")
        with hatch(*SLOW, "--agent-args", "seconds=20", cwd=tmp_path) as second:
            out, err = second.communicate(timeout=60)
            assert (second.returncode, out) == (2, "")
            assert f"is being run by process {process.pid}" in err
            assert err.count("\n") == 1
        process.send_signal(signal.SIGINT)
        events(process, "draining")
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        done = rest(process)[-1]
    assert time.monotonic() - began < 10
    assert (process.returncode, done["finished"], done["exit"]) == (3, 0, 3)
    assert list(Store.open(tmp_path / "run.sqlite").episodes()) == []


def test_a_full_disk_ends_the_run_and_damages_nothing(tmp_path: Path) -> None:
    small = {resource.RLIMIT_FSIZE: (400_000, 400_000)}
    plain = [*SLOW[:-1], "--agent-args", "seconds=0.001"]
    with hatch(*plain, "--json", cwd=tmp_path, limits=small) as process:
        *_, done = rest(process)
    assert (process.returncode, done["event"], done["exit"]) == (3, "done", 3)
    assert done["finished"] < 30
    before = {e.id: e for e in Store.open(tmp_path / "run.sqlite").episodes()}
    assert len(before) >= done["finished"] > 0
    with hatch(*plain, "--json", cwd=tmp_path) as process:
        done = rest(process)[-1]
    assert (process.returncode, done["finished"]) == (0, 30)
    after: dict[str, Episode] = {e.id: e for e in Store.open(tmp_path / "run.sqlite").episodes()}
    assert {key: after[key].transcript for key in before} == {key: e.transcript for key, e in before.items()}
    with closing(sqlite3.connect(tmp_path / "run.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


READ_ONLY = """
import os
from pathlib import Path
from convsim.errors import ConfigError
from convsim.runs.lock import RunLock
from convsim.runs.store import Store
Store.open(Path("run.sqlite")).close()
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(len(list(Store.open(Path("run.sqlite")).episodes())))
for refused in (lambda: Store.create(Path("run.sqlite")), lambda: RunLock(Path("run.sqlite"))):
    try:
        refused()
    except ConfigError as error:
        print(error)
"""


def test_a_read_only_folder_can_be_read_and_is_not_written() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = prepare(config("reference"), folder / "run.sqlite")
        execute(run)
        run.store.close()
        (folder / "run.sqlite").chmod(0o444)
        folder.chmod(0o555)
        found = subprocess.run(
            [sys.executable, "-c", READ_ONLY], cwd=folder, capture_output=True, text=True, check=False
        )
        folder.chmod(0o755)
        lines = found.stdout.splitlines()
        assert lines[:1] == ["1"], found.stderr
        assert "read-only; nothing was changed" in lines[1]
        assert "run.sqlite.lock cannot be written" in lines[2]
        assert sorted(file.name for file in folder.iterdir()) == ["run.sqlite"]
