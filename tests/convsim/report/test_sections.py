"""The sections of the report hold what a count by hand over the same real run gives."""

import csv
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.records.episode import AgentConfig, Episode
from convsim.records.verdict import FailureLabel
from convsim.report import curves
from convsim.report.failures import MEANINGS
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
        {"agent": name, "delivery": "multi", "rung": rung, "mean": 0.9 - rung / 10 - n / 100, "low": 0.1, "high": 0.95}
        for n, name in enumerate(names)
        for rung in (1, 2)
    ]
    svg = curves.ladder(data)
    panels = -(-agents // len(curves.COLOURS))
    assert svg.count(">rung of the ladder<") == panels
    assert all(f">{name}<" in svg for name in names)
    for colour in curves.COLOURS:
        assert svg.count(f'stroke="{colour}" stroke-width="2"') <= panels


def test_curves_that_coincide_are_one_with_all_names_and_deliveries_have_panels() -> None:
    data = [
        {"agent": f"{name} ({delivery})", "delivery": delivery, "rung": rung, "mean": mean, "low": None, "high": None}
        for delivery in ("single", "multi")
        for name, mean in (("reference", 1.0), ("leaker", 0.0), ("hasty", 1.0))
        for rung in (1, 3)
    ]
    svg = curves.ladder(data)
    assert svg.count(">reference, hasty<") == svg.count(">leaker<") == svg.count(">rung of the ladder<") == 2
    assert all(f">delivery {delivery}<" in svg for delivery in ("single", "multi"))
    assert svg.count(">2<") == 2, "a rung at which nothing happened has its tick"


def test_each_row_of_the_trade_off_has_its_name_beside_it() -> None:
    data = [
        {"agent": agent, "delivery": "multi", "prompt": prompt, "metric": metric, "n": 3, "mean": 0.5, "low": 0.4,
         "high": 0.6}
        for prompt in ("with", "without") for agent in ("a", "b") for metric in ("leak", "over-refusal", "completed")
        if (agent, prompt) != ("b", "with")
    ]  # fmt: skip
    svg = curves.trade_off(data)
    assert [svg.count(f">{name}<") for name in ("a", "a, with prompt", "b", "privacy prompt")] == [1, 1, 1, 1]
    assert svg.index(">a<") < svg.index(">a, with prompt<") < svg.index(">b<")


def test_the_constant_answer_stands_under_the_agents_of_its_org_and_delivery(episodes: list[Episode]) -> None:
    lines = next(each for each in sections(episodes) if each.id == "skills").lines
    assert [(line[0], line[2]) for line in lines[:8]] == [
        (name, delivery) for delivery in ("single", "multi")
        for name in ("reference", "hasty", "leaker", "best constant answer")
    ]  # fmt: skip


def test_failures_and_ends_are_counted_and_explained(episodes: list[Episode]) -> None:
    found = next(each for each in sections(episodes) if each.id == "failures")
    for agent, delivery in (("hasty", "multi"), ("leaker", "single")):
        own = [each for each in episodes if (each.agent.name, each.scenario.delivery) == (agent, delivery)]
        counted = {d["label"]: d["count"] for d in found.data if d["agent"] == f"{agent} ({delivery})"
                   and d["what"] == "failure"}  # fmt: skip
        labels = [verdict.failure.label for each in own if (verdict := verdict_of(each)) and verdict.failure]
        assert counted == {label: labels.count(label) for label in labels}
    assert "leaked: a protected value was told" in found.note


def test_every_label_of_failure_is_explained() -> None:
    assert set(MEANINGS) == set(get_args(FailureLabel))


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
