"""Fully specified twins: the same task by the same user, whose opening withholds nothing."""

from pathlib import Path

import pytest

from convsim.records.episode import AgentConfig, Episode
from convsim.report.composites import composites
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare

FAMILIES = ("top_issue_identification", "knowledge_qa", "private_customer_information")


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[Episode]:
    agents = tuple(AgentConfig(target=name) for name in ("reference", "hasty", "interrogator"))
    config = RunConfig(families=FAMILIES, per_family=3, orgs=("b2b",), agents=agents, twins=True)
    run = prepare(config, Path(tmp_path_factory.mktemp("run")) / "run.sqlite")
    assert run.execute(jobs=4, listener=lambda _: None).complete
    return list(run.store.episodes())


def test_each_ordinary_task_has_its_twin_and_no_probe_has_one(episodes: list[Episode]) -> None:
    tasks = {episode.scenario.task.id: episode.scenario for episode in episodes}
    twins = {scenario.task.full_twin_of: scenario for scenario in tasks.values() if scenario.task.full_twin_of}
    assert twins.keys() == {name for name, scenario in tasks.items() if scenario.task.is_work}
    for name, twin in twins.items():
        assert twin.persona == tasks[name].persona
        assert (twin.task.goal, twin.task.gold) == (tasks[name].task.goal, tasks[name].task.gold)
        assert all(unit.opening for unit in twin.task.units)


def test_a_twins_opening_tells_every_unit(episodes: list[Episode]) -> None:
    for episode in episodes:
        task, transcript = episode.scenario.task, episode.transcript
        if task.full_twin_of and transcript:
            told = {entry.unit for entry in transcript.ledger if entry.turn == 0 and entry.event == "released"}
            assert told == {unit.name for unit in task.units}


def test_need_is_asking_where_it_is_needed_and_only_there(episodes: list[Episode]) -> None:
    found = {
        name: dict(composites(each for each in episodes if each.agent.target == name))["need_balanced"].mean
        for name in ("reference", "hasty", "interrogator")
    }
    assert found == {"reference": 1.0, "hasty": 0.5, "interrogator": 0.5}
