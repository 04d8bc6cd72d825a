"""The sections of the report hold what a count by hand over the same real run gives."""

import csv
from pathlib import Path

import pytest

from convsim.records.episode import AgentConfig, Episode
from convsim.report.html import write_figures
from convsim.report.measures import verdict_of
from convsim.report.sections import sections
from convsim.report.skills import constant_share
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
