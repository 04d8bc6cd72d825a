"""A scenario file becomes a task like any other: same protocol, same loop, same verdicts."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from convsim import plugins
from convsim.org.org import Org
from convsim.records.episode import AgentConfig
from convsim.records.task import TaskRecord
from convsim.roles import Task
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from tasks.provider import provider

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "scenario.schema.json"
LITERAL = """
id: door_code
org: b2b
requester: {kind: business}
goal: I have a question about one of your doors.
units:
  - {name: product, value: Ridge door, forms: [the Ridge door], rival: Slope door}
answer: {kind: label, labels: [red, green]}
gold: {literal: [green], reason: the Ridge door is green}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name, org, probe in (("closers", "b2b", False), ("phones", "b2c", True)):
        text = provider.new_scenario(name, Org.generated(org), probe=probe)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "door.yaml").write_text(LITERAL, encoding="utf-8")
    return folder


def worlds() -> dict[str, Org]:
    return {name: Org.generated(name) for name in ("b2b", "b2c")}


def test_files_become_tasks_that_can_be_restored_from_their_records(files: Path) -> None:
    tasks = plugins.read_tasks([files], worlds())
    assert [task.record.id for task in tasks] == ["closers", "door_code", "phones", "phones-twin"]
    for task in tasks:
        assert isinstance(task, Task)
        stored = TaskRecord.model_validate_json(task.record.model_dump_json())
        assert plugins.restore(stored) == task


def test_a_query_is_run_for_the_values_that_are_known(files: Path) -> None:
    closers = plugins.read_tasks([files / "closers.yaml"], worlds())[0]
    client = Org.generated("b2b").connect()
    right = {unit.name: unit.value for unit in closers.record.units}
    assert closers.solve(client, right) == closers.record.gold
    for unit in closers.record.required:
        assert closers.solve(client, {**right, unit.name: unit.rival}) != closers.record.gold
    assert closers.solve(client, {}) != closers.record.gold


def test_a_literal_gold_needs_the_required_values(files: Path) -> None:
    door = plugins.read_tasks([files / "door.yaml"], worlds())[0]
    client = Org.generated("b2b").connect()
    assert door.solve(client, {"product": "Ridge door"}) == ("green",)
    assert door.solve(client, {"product": "Slope door"}) == door.solve(client, {}) == ()
    assert "It's about the Ridge door." in door.record.request


def test_a_run_on_files_orders_the_reference_agents(files: Path, tmp_path: Path) -> None:
    agents = tuple(AgentConfig(target=name) for name in ("reference", "hasty", "leaker", "refuser"))
    config = RunConfig(families=(), orgs=("b2b", "b2c"), agents=agents, task_paths=(str(files),), trials=2)
    run = prepare(config, tmp_path / "run.sqlite")
    assert run.execute(jobs=4, workers=2, listener=lambda _: None).complete
    scores: dict[tuple[str, str], set[float | None]] = {}
    for episode in run.store.episodes():
        scores.setdefault((episode.agent.target, episode.scenario.task.id), set()).add(episode.verdicts[0].score)
    assert {scores["reference", task] == {1.0} for task in ("closers", "door_code", "phones", "phones-twin")} == {True}
    assert scores["hasty", "closers"] == {0.0}
    assert scores["leaker", "phones"] == {0.0}
    assert scores["refuser", "phones"] == {1.0}
    assert scores["refuser", "phones-twin"] == {0.0}


def test_the_personas_of_a_file_speak_it(files: Path, tmp_path: Path) -> None:
    file = files / "closers.yaml"
    named = ["ingrid_quality_analyst", "stefan_sales_manager"]
    file.write_text(file.read_text() + f"personas: [{', '.join(named)}]\n", encoding="utf-8")
    config = RunConfig(
        families=(), orgs=("b2b",), agents=(AgentConfig(target="reference"),), task_paths=(str(file),), per_family=1
    )
    plan = prepare(config, tmp_path / "run.sqlite").plan
    assert [scenario.persona for scenario in plan.scenarios] == named


def test_fields_of_files_change_nothing_in_other_records() -> None:
    record = provider.build("handle_time", Org.generated("b2b"), seed=0, count=1)[0].record
    assert not {"origin", "solution", "personas"} & json.loads(record.model_dump_json()).keys()


def test_the_published_schema_is_current_and_accepts_the_templates(files: Path) -> None:
    import yaml

    schema = provider.scenario_schema()
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema, "`convsim scenarios lint --schema` renews it"
    for file in files.iterdir():
        data = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
        assert not list(Draft202012Validator(schema).iter_errors(data)), file.name
