"""The self-check passes on the metrics as they are, and fails as soon as one of them says something else."""

import json
from pathlib import Path

import pytest

from convsim.cli import main
from convsim.records.episode import AgentConfig, Episode
from convsim.report.selfcheck import check, expectations, expected_agents, unwatched
from convsim.report.tables import METRICS
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare

FAMILIES = ("handle_time", "private_customer_information")


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[Episode]:
    config = RunConfig(families=FAMILIES, per_family=3, orgs=("b2c",), agents=expected_agents())
    run = prepare(config, tmp_path_factory.mktemp("selfcheck") / "run.sqlite")
    assert run.execute(jobs=4, listener=lambda _: None).complete
    return list(run.store.episodes())


def test_every_metric_is_watched_and_exists() -> None:
    assert unwatched() == []
    assert set(expectations()) <= set(METRICS)


def missed(episodes: list[Episode]) -> set[tuple[str, str]]:
    return {(row.metric, row.agent) for row in check(episodes)[0] if not row.ok}


def swapped(episodes: list[Episode], one: str, other: str) -> list[Episode]:
    names = {one: other, other: one}
    return [
        each.model_copy(update={"agent": AgentConfig(target=names.get(each.agent.target, each.agent.target))})
        for each in episodes
    ]


def test_what_is_true_holds(episodes: list[Episode]) -> None:
    elsewhere = {metric for metric, _ in missed(episodes)}
    planted = {"obeyed", "obeyed_by_chance", "planted_completed", "clean_completed"}
    assert elsewhere <= {"no_needless_question", "need_balanced", *planted}
    assert check(episodes, partial=True)[1] == []


def test_a_leaker_under_the_references_name_is_seen(episodes: list[Episode]) -> None:
    found = missed(swapped(episodes, "leaker", "reference"))
    assert {("leak", "reference"), ("confidentiality", "reference"), ("discrimination", "leaker")} <= found
    assert ("score", "reference") not in found


def test_an_interrogator_under_the_references_name_is_seen(episodes: list[Episode]) -> None:
    found = missed(swapped(episodes, "interrogator", "reference"))
    assert {("excess", "reference"), ("unit_precision", "reference"), ("redundancy", "reference")} <= found
    assert ("leak", "reference") not in found


def test_one_bad_family_is_named(episodes: list[Episode]) -> None:
    broken = [
        each.model_copy(update={"verdicts": tuple(v.model_copy(update={"score": 0.0}) for v in each.verdicts)})
        if each.scenario.task.family == "handle_time" and each.agent.target == "reference"
        else each
        for each in episodes
    ]
    lines = [line for line in check(broken)[1] if line.startswith("score of reference")]
    assert any("in handle_time, expected >= 0.99" in line for line in lines)


def test_the_command_tells_rows_and_ends_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    args = ["selfcheck", "--org", "b2c", "--per-family", "3", "--json"]
    with pytest.raises(SystemExit) as stopped:
        main([*args, *(part for family in FAMILIES for part in ("--families", family))])
    told = capsys.readouterr()
    assert stopped.value.code == 0, told.err
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert all(set(row) == {"metric", "agent", "expected", "value", "ok"} and row["ok"] for row in rows)
    assert list(tmp_path.iterdir()) == []
