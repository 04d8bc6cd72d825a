"""Paired comparison: the same scenarios, intervals on the differences, and the tasks that flipped."""

from pathlib import Path
from statistics import mean

import pytest
from click.testing import CliRunner

from convsim.cli.compare import command
from convsim.errors import ConfigError, SelectionError
from convsim.records.episode import AgentConfig, Episode
from convsim.report.comparison import agent_of, compare
from convsim.report.measures import verdict_of
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store


def run(file: Path, *agents: str, seed: int = 0) -> list[Episode]:
    families = ("handle_time", "knowledge_qa")
    targets = tuple(AgentConfig(target=name) for name in agents)
    chosen = RunConfig(families=families, per_family=4, orgs=("b2b",), agents=targets, seed=seed)
    assert prepare(chosen, file).execute(jobs=4, listener=lambda _: None).complete
    return list(Store.open(file).episodes())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compare") / "run.sqlite"
    run(path, "reference", "unhelpful", "noisy")
    return path


def of(file: Path, agent: str) -> list[Episode]:
    return agent_of(Store.open(file).episodes(), agent, run=str(file))


def test_differences_are_those_of_the_pairs(file: Path) -> None:
    first, second = of(file, "unhelpful"), of(file, "reference")
    found = compare(first, second)
    assert found.shared == len(first) == 8
    by_metric = {each.metric: each for each in found.differences}
    score = by_metric["completed"]
    right = [[float(verdict.completed or 0) for e in side if (verdict := verdict_of(e))] for side in (first, second)]
    assert score.mean == pytest.approx(mean(right[1]) - mean(right[0]))
    assert len(found.flips) == sum(a != b for a, b in zip(*right, strict=True))
    assert all(flip.gained and flip.failure for flip in found.flips)


def test_the_other_way_round_everything_changes_its_sign(file: Path) -> None:
    there = compare(of(file, "noisy"), of(file, "reference"))
    back = compare(of(file, "reference"), of(file, "noisy"))
    for one, other in zip(there.differences, back.differences, strict=True):
        assert (one.metric, one.n) == (other.metric, other.n)
        assert one.mean == pytest.approx(-(other.mean or 0.0))
        if one.low is not None:
            assert one.low == pytest.approx(-(other.high or 0.0))
    assert [not flip.gained for flip in there.flips] == [flip.gained for flip in back.flips]


def test_an_agent_does_not_differ_from_itself(file: Path) -> None:
    found = compare(of(file, "reference"), of(file, "reference"))
    assert all(each.mean == 0 and not each.clear for each in found.differences)
    assert not found.flips


def test_the_command_tells_both_and_asks_which(file: Path) -> None:
    chosen = ["--agent", "unhelpful", "--agent", "reference"]
    told = CliRunner().invoke(command, [str(file), str(file), *chosen], standalone_mode=False).output
    assert told.startswith("A: unhelpful    B: reference    8 scenarios that both have met\n")
    flips = compare(of(file, "unhelpful"), of(file, "reference")).flips
    tasks = len({each.task for each in flips})
    assert f"gained {tasks} tasks" in told
    assert (f" in {len(flips)} conversations" in told) is (tasks < len(flips))
    assert ", lost 0 tasks\n" in told
    with pytest.raises(ConfigError, match="several agents, choose one with --agent: unhelpful, noisy"):
        agent_of(Store.open(file).episodes(), None, run="run")
    with pytest.raises(ConfigError, match="did you mean 'noisy'"):
        of(file, "nosy")


def test_runs_without_a_common_scenario_are_refused(file: Path, tmp_path: Path) -> None:
    other = run(tmp_path / "other.sqlite", "reference", seed=1)
    with pytest.raises(SelectionError, match="share no scenario with two valid trials"):
        compare(of(file, "reference"), other)
