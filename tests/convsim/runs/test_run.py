"""Whole runs: what reference agents must show, repeatability, resuming after a kill."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hatchery import Hatched, hatch

from convsim.records.episode import AgentConfig, Episode
from convsim.records.transcript import Transcript
from convsim.report.measures import verdict_of
from convsim.report.tables import board
from convsim.runs.config import RunConfig
from convsim.runs.exports.published import exported
from convsim.runs.plan import chosen_families
from convsim.runs.run import prepare
from convsim.runs.store import Store

Figures = dict[str, dict[str, Any]]
AGENTS = ("reference", "hasty", "interrogator", "refuser", "leaker")


def config(per_family: int = 1, seed: int = 0, agents: tuple[str, ...] = AGENTS, **changes: object) -> RunConfig:
    return RunConfig(
        families=chosen_families(()),
        per_family=per_family,
        orgs=("b2b", "b2c"),
        seed=seed,
        agents=tuple(AgentConfig(target=name) for name in agents),
        **changes,  # type: ignore[arg-type]
    )


def run(file: Path, chosen: RunConfig, jobs: int = 8) -> Store:
    prepared = prepare(chosen, file)
    outcome = prepared.execute(jobs=jobs, listener=lambda _: None)
    assert outcome.complete, outcome.told
    return prepared.store


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[Episode]:
    store = run(tmp_path_factory.mktemp("run") / "run.sqlite", config())
    return list(store.episodes())


def of(episodes: list[Episode], agent: str) -> Iterator[Episode]:
    return (episode for episode in episodes if episode.agent.target == agent)


def stripped(transcript: Transcript | None) -> str:
    """The transcript without wall times."""
    assert transcript is not None
    queries = tuple(query.model_copy(update={"duration_ms": 0.0}) for query in transcript.queries)
    return transcript.model_copy(update={"queries": queries, "duration_s": 0.0}).model_dump_json()


@pytest.fixture(scope="module")
def figures(episodes: list[Episode]) -> Figures:
    return board(episodes)


def mean(figures: Figures, agent: str, metric: str) -> float:
    value = figures[agent][metric].mean
    assert value is not None
    return value


def test_the_reference_completes_without_leak_and_over_asking(figures: Figures) -> None:
    assert mean(figures, "reference", "completed") >= 0.95
    assert mean(figures, "reference", "leak") == 0
    assert mean(figures, "reference", "confidentiality") == 1
    assert mean(figures, "reference", "over_refusal") == 0
    assert mean(figures, "reference", "excess") == 0
    assert mean(figures, "reference", "redundancy") == 0


def test_the_hasty_agent_fails_where_something_was_withheld(episodes: list[Episode]) -> None:
    withheld = [
        verdict
        for episode in of(episodes, "hasty")
        if (verdict := verdict_of(episode)) and verdict.clarification and verdict.clarification.need is not None
        if not episode.scenario.task.protected and not episode.scenario.task.twin_of
    ]
    failed = [verdict for verdict in withheld if not verdict.completed]
    assert len(failed) > 0.7 * len(withheld)
    labels = Counter(verdict.failure.label for verdict in failed if verdict.failure)
    assert set(labels) <= {"acquisition", "assumption"}, labels
    assert sum(labels.values()) == len(failed)


def test_the_interrogator_is_no_better_and_less_precise(episodes: list[Episode], figures: Figures) -> None:
    patient = [
        episode for episode in episodes if episode.transcript is not None and episode.transcript.stop.kind != "gave_up"
    ]
    among = board(patient)
    reference, interrogator = (mean(among, agent, "completed") for agent in ("reference", "interrogator"))
    assert reference - 0.02 <= interrogator <= reference
    assert mean(figures, "interrogator", "unit_precision") < mean(figures, "reference", "unit_precision") - 0.2


def test_the_leaker_leaks_and_the_refuser_does_nothing_else_than_refuse(figures: Figures) -> None:
    assert mean(figures, "leaker", "leak") >= 0.95
    assert mean(figures, "refuser", "leak") == 0
    assert mean(figures, "refuser", "completed") == 0
    assert mean(figures, "refuser", "confidentiality") == 1
    assert mean(figures, "refuser", "over_refusal") == 1


def test_all_agents_meet_the_same_scenarios_and_openings(episodes: list[Episode]) -> None:
    met = {agent: [episode.scenario for episode in of(episodes, agent)] for agent in AGENTS}
    openings = {agent: [e.transcript and e.transcript.messages[0] for e in of(episodes, agent)] for agent in AGENTS}
    assert all(met[agent] == met["reference"] for agent in AGENTS)
    assert all(openings[agent] == openings["reference"] for agent in AGENTS)


def test_refused_probes_end_as_refused(episodes: list[Episode]) -> None:
    for episode in of(episodes, "refuser"):
        assert episode.transcript is not None
        if episode.scenario.task.is_probe:
            assert episode.transcript.stop.kind == "refused", episode.transcript.messages


def test_multi_delivery_withholds_a_required_unit(episodes: list[Episode]) -> None:
    for episode in of(episodes, "hasty"):
        assert episode.transcript is not None
        task = episode.scenario.task
        told = {e.unit for e in episode.transcript.ledger if e.turn == 0 and e.event == "released"}
        if task.required and not task.protected:
            assert not {unit.name for unit in task.required} <= told


def test_two_runs_with_the_same_seed_are_the_same(tmp_path: Path, episodes: list[Episode]) -> None:
    part = config(agents=("interrogator", "leaker"), limit=50)
    again = list(run(tmp_path / "again.sqlite", part, jobs=3).episodes())
    before = {e.id: e for e in episodes}
    assert {e.scenario.task.family for e in again} == {e.scenario.task.family for e in episodes}
    assert [stripped(e.transcript) for e in again] == [stripped(before[e.id].transcript) for e in again]
    assert [e.verdicts for e in again] == [before[e.id].verdicts for e in again]


def test_another_seed_gives_other_scenarios(episodes: list[Episode], tmp_path: Path) -> None:
    other = run(tmp_path / "other.sqlite", config(per_family=1, seed=1, agents=("hasty",)))
    assert not {e.scenario.id for e in other.episodes()} & {e.scenario.id for e in episodes}


@pytest.mark.parametrize("delivery", ["single", "concat", "mute"])
def test_the_other_deliveries(tmp_path: Path, delivery: str) -> None:
    store = run(tmp_path / "run.sqlite", config(per_family=1, agents=("reference",), delivery=delivery))
    for episode in store.episodes():
        assert episode.transcript is not None
        task, ledger = episode.scenario.task, episode.transcript.ledger
        first = {entry.unit for entry in ledger if entry.turn == 0 and entry.event == "released"}
        later = {entry.unit for entry in ledger if entry.turn > 0 and entry.event == "released"}
        if delivery == "mute":
            assert not later or task.protected or task.twin_of
        elif not task.protected:
            assert {unit.name for unit in task.required} <= first
            assert verdict_of(episode).completed or task.twin_of  # type: ignore[union-attr]


def test_every_episode_is_exported_with_the_published_keys(tmp_path: Path) -> None:
    store = run(tmp_path / "run.sqlite", config(per_family=1, agents=("reference",)))
    keys = {
        "episode_id", "scenario_id", "task", "persona", "delivery", "agent", "trial", "seed", "messages", "queries",
        "ledger", "stop", "verdicts", "usage",
    }  # fmt: skip
    lines = list(exported(store))
    assert all(set(json.loads(line.model_dump_json())) == keys for line in lines)
    assert len(lines) == len(store.scenarios())


KILLS = 10
COMMAND = ["run", "--families", "handle_time", "--per-family", "40", "--org", "b2b", "-j", "2", "--no-baselines"]
COMMAND += ["--agent", "slow_agent:factory", "--out", "run.sqlite"]


def ended(folder: Path) -> int:
    """Run to the end."""
    with hatch(*COMMAND, cwd=folder) as process:
        process.communicate()
        return process.wait()


def test_a_killed_run_goes_on_and_ends_like_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    assert ended(whole) == 0
    expected = {e.id: stripped(e.transcript) for e in Store.open(whole / "run.sqlite").episodes()}
    seen: set[str] = set()
    for _ in range(KILLS):
        with hatch(*COMMAND, cwd=killed, CONVSIM_TEST_REPLIES="3") as process:
            wait_for_progress(killed / "run.sqlite", len(seen), process)
            assert process.poll() is None
            process.kill()
        stored = {e.id: stripped(e.transcript) for e in Store.open(killed / "run.sqlite").episodes()}
        assert seen <= stored.keys()
        assert stored.items() <= expected.items()
        seen = set(stored)
    assert ended(killed) == 0
    final = list(Store.open(killed / "run.sqlite").episodes())
    assert {e.id: stripped(e.transcript) for e in final} == expected
    assert Counter(e.id for e in final).most_common(1)[0][1] == 1
    scores = {e.id: e.verdicts for e in Store.open(whole / "run.sqlite").episodes()}
    assert {e.id: e.verdicts for e in final} == scores


def wait_for_progress(file: Path, before: int, process: Hatched) -> None:
    """Return when the run has stored more than before, or has ended."""
    while process.poll() is None:
        if count(file) > before:
            return
        time.sleep(0.005)


def count(file: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM episodes").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
