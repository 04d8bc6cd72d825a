"""The sections of the report hold what a count by hand over the same real run gives."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.records.episode import AgentConfig, Episode
from convsim.report import curves
from convsim.report.figures import chunks, heat_map
from convsim.report.html import write_figures
from convsim.report.measures import verdict_of
from convsim.report.sections import sections
from convsim.report.skills import constant_share
from convsim.report.tables import Row
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[Episode]:
    found: list[Episode] = []
    for delivery in ("single", "multi"):
        config = RunConfig(
            families=("handle_time", "private_customer_information"), per_family=2, orgs=("b2b",), trials=2,
            delivery=delivery, agents=tuple(AgentConfig(target=name) for name in ("reference", "hasty", "leaker")),
        )  # fmt: skip
        run = prepare(config, tmp_path_factory.mktemp(delivery) / "run.sqlite")
        assert run.execute(jobs=4, listener=lambda _: None).complete
        found += run.store.episodes()
    return found


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def completed(episodes: list[Episode], agent: str, delivery: str) -> list[bool]:
    return [
        bool(verdict.completed) for each in episodes
        if (each.agent.name, each.scenario.delivery, each.scenario.task.family) == (agent, delivery, "handle_time")
        and (verdict := verdict_of(each))
    ]  # fmt: skip


def test_the_loss_is_the_difference_of_the_means_and_its_parts_add_up(episodes: list[Episode]) -> None:
    data = next(each for each in sections(episodes) if each.id == "lost").data
    for agent in ("reference", "hasty", "leaker"):
        parts = {each["part"]: each["mean"] for each in data if each["agent"] == agent}
        single, multi = (completed(episodes, agent, delivery) for delivery in ("single", "multi"))
        assert parts["lost"] == pytest.approx(sum(single) / len(single) - sum(multi) / len(multi))
        assert parts["lost"] == pytest.approx(parts["acquisition"] + parts["execution"])
    assert any(each["mean"] for each in data if each["agent"] == "hasty" and each["part"] == "acquisition")


def test_files_hold_the_scores_and_the_leaks(episodes: list[Episode], tmp_path: Path) -> None:
    files = {file.name for file in write_figures(episodes, tmp_path)}
    assert {"trade-off.svg", "ladder.svg", "passes.svg", "skills.csv", "effort.csv"} <= files
    assert (tmp_path / "ladder.svg").read_text(encoding="utf-8").startswith("<svg")
    skills = table(tmp_path / "skills.csv")
    for row in skills:
        if row["skill"] == "database":
            won = completed(episodes, row["agent"], row["delivery"])
            assert float(row["mean"]) == pytest.approx(sum(won) / len(won))
    leaks = {
        (row["agent"], row["delivery"]): float(row["mean"])
        for row in table(tmp_path / "trade-off.csv") if row["metric"] == "leak"
    }  # fmt: skip
    assert leaks["leaker", "multi"] == 1
    assert leaks["reference", "multi"] == 0


def test_what_has_no_data_is_left_out_with_the_reason(episodes: list[Episode]) -> None:
    work = [each for each in episodes if each.scenario.task.family == "handle_time" and not each.scenario.trial
            and each.scenario.delivery == "multi"]  # fmt: skip
    found = {each.id: each for each in sections(work)}
    for name in ("lost", "personas", "trade-off", "ladder", "passes"):
        assert found[name].missing
        assert not found[name].svg
        assert not found[name].lines


def test_the_best_constant_answer_is_the_most_frequent_gold() -> None:
    golds = [("f", ("a",)), ("f", ("a",)), ("f", ()), ("g", ("b",))]
    assert constant_share(golds) == pytest.approx(3 / 4)


def test_each_delivery_has_its_own_heat_map(episodes: list[Episode], tmp_path: Path) -> None:
    files = {file.name for file in write_figures(episodes, tmp_path)}
    assert {"completion-single.svg", "completion-multi.svg", "confidentiality-multi.csv"} <= files
    for delivery in ("single", "multi"):
        held = table(tmp_path / f"completion-{delivery}.csv")
        assert {row["delivery"] for row in held} == {delivery}
        assert len({(row["agent"], row["family"]) for row in held}) == len(held)
        own = {row["agent"]: float(row["mean"]) for row in held}
        won = completed(episodes, "hasty", delivery)
        assert own["hasty"] == pytest.approx(sum(won) / len(won))
    dots = table(tmp_path / "scoreboard-score.csv")
    assert {(row["agent"], row["delivery"]) for row in dots} >= {("hasty", "single"), ("hasty", "multi")}


@pytest.mark.parametrize("agents", [1, 8, 9, 20])
def test_no_two_curves_of_a_panel_look_alike(agents: int) -> None:
    names = [f"agent {number}" for number in range(agents)]
    data = [
        {"agent": name, "rung": rung, "mean": 0.9 - rung / 10, "low": 0.1, "high": 0.95}
        for name in names
        for rung in (1, 2)
    ]
    svg = curves.ladder(data)
    panels = -(-agents // len(curves.COLOURS))
    assert svg.count(">rung of the ladder<") == panels
    assert all(f">{name}<" in svg for name in names)
    for colour in curves.COLOURS:
        assert svg.count(f'stroke="{colour}" stroke-width="2"') <= panels


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_groups_are_as_few_and_as_equal_as_can_be(items: list[int], size: int) -> None:
    groups = chunks(items, size)
    assert [each for group in groups for each in group] == items
    assert len(groups) == max(1, -(-len(items) // size))
    assert max(map(len, groups)) - min(map(len, groups)) <= 1
    assert max(map(len, groups)) <= size


def test_a_heat_map_of_many_agents_goes_into_bands() -> None:
    cell = ("ALL", "multi", "handle_time", "ALL", "score", 5, 0.5, 0.4, 0.6)
    rows = [Row(f"provider/model-{number} [aided]", *cell) for number in range(17)]
    svg = heat_map(rows)
    assert svg.count(">handle time<") == 3
    width = re.search(r'width="(\d+)', svg)
    assert width is not None
    assert int(width[1]) < 1040
