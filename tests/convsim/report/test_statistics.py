"""Each statistic against an independent implementation or a published example."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp, ttest_rel

from convsim.draws import digest
from convsim.records.episode import AgentConfig, Episode, Scenario
from convsim.records.task import Answer, Requester, TaskRecord
from convsim.records.transcript import Message, Stop, Transcript
from convsim.records.verdict import Verdict
from convsim.report.comparison import Difference, compare
from convsim.report.statistics import clustered_mean, paired_difference, pass_at, pass_hat, wilson

samples = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8)), min_size=2, max_size=60)


def cluster_robust(values: Sequence[float], clusters: Sequence[int]) -> tuple[float, float]:
    """Return the interval of the constant in statsmodels' cluster-robust regression on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.api as sm

        fit = sm.OLS(values, np.ones(len(values))).fit(
            cov_type="cluster", cov_kwds={"groups": np.array(clusters)}, use_t=True
        )
        low, high = fit.conf_int(alpha=0.05)[0]
    return low, high


@given(samples)
def test_clustered_interval_equals_the_cluster_robust_regression_on_a_constant(sample: list[tuple[float, int]]) -> None:
    values, clusters = [v for v, _ in sample], [c for _, c in sample]
    estimate = clustered_mean(values, clusters, bounds=None)
    if len(set(clusters)) < 2:
        assert estimate.low is None
        assert estimate.high is None
        return
    low, high = cluster_robust(values, clusters)
    assert estimate.low == pytest.approx(low, abs=1e-9)
    assert estimate.high == pytest.approx(high, abs=1e-9)


TASKS, METRICS = 9, ("score", "completed", "turns")


def episode(agent: str, task: int, trial: int, *, cause: str = "") -> Episode:
    """Return an episode whose score is tied to its task, so that clusters matter."""
    record = TaskRecord(
        id=f"t{task}", family="f", skill="database", org="b2b", today=date(2024, 1, 1), goal="g", request="r",
        requester=Requester(kind="employee", id="005", name="Lee Park"), units=(), policy="", gold=("x",),
        answer=Answer(kind="text"), metric="exact", seed=0,
    )  # fmt: skip
    drawn = digest(agent, task) % 60 + digest(agent, task, trial) % 41
    said = tuple(Message(role="user", content="?") for _ in range(1 + drawn % 7))
    stop = Stop(kind="error" if cause else "satisfied", cause=cause)
    verdict = Verdict(judge="rules", judge_id="j", score=drawn / 100, completed=drawn > 50)
    scenario = Scenario(id=f"{task}/{trial}", task=record, persona="p", delivery="multi", trial=trial, seed=0)
    return Episode(
        id=f"{agent}-{task}-{trial}", scenario=scenario, agent=AgentConfig(target=agent),
        transcript=Transcript(messages=said, stop=stop), verdicts=(verdict,),
    )  # fmt: skip


def measured(each: Episode, metric: str) -> float:
    verdict = each.verdicts[0]
    assert each.transcript is not None
    return {"score": verdict.score or 0.0, "turns": len(each.transcript.messages)}.get(
        metric, float(bool(verdict.completed))
    )


def differences(first: list[Episode], second: list[Episode]) -> dict[str, Difference]:
    return {each.metric: each for each in compare(first, second).differences}


def side(agent: str, trials: int) -> Iterator[Episode]:
    for task in range(TASKS):
        yield from (episode(agent, task, trial) for trial in range(1 + (task + trials) % trials))


def assert_interval(found: Difference, low: float, high: float) -> None:
    """Compare the bounds; ours are clipped to the range that a difference can have."""
    bounds = (-np.inf, np.inf) if found.metric == "turns" else (-1.0, 1.0)
    assert found.low == pytest.approx(max(low, bounds[0]), abs=1e-9)
    assert found.high == pytest.approx(min(high, bounds[1]), abs=1e-9)


def test_compared_pairs_within_tasks_are_a_cluster_robust_regression() -> None:
    first, second = list(side("a", 4)), list(side("b", 4))
    broken: Any = episode("b", 3, 0, cause="infrastructure")
    second = [broken if each.scenario.id == "3/0" else each for each in second][:-2]
    theirs = {each.scenario.id: each for each in second if each is not broken}
    pairs = [(each, theirs[each.scenario.id]) for each in first if each.scenario.id in theirs]
    tasks = np.array([int(a.scenario.task.id[1:]) for a, _ in pairs])
    for metric in METRICS:
        found = differences(first, second)[metric]
        moved = [measured(b, metric) - measured(a, metric) for a, b in pairs]
        assert found.n == len(pairs) < len(first)
        assert_interval(found, *cluster_robust(moved, tasks))


@pytest.mark.parametrize("metric", METRICS)
def test_compared_pairs_of_one_trial_are_the_paired_t_test(metric: str) -> None:
    first, second = list(side("a", 1)), list(side("b", 1))
    test = ttest_rel([measured(each, metric) for each in second], [measured(each, metric) for each in first])
    interval = test.confidence_interval(0.95)
    found = differences(first, second)[metric]
    assert found.n == TASKS
    assert_interval(found, interval.low, interval.high)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_singletons_give_the_ordinary_t_interval(values: list[float]) -> None:
    estimate = clustered_mean(values, range(len(values)), bounds=None)
    if np.ptp(values) == 0:
        assert estimate.low == pytest.approx(values[0])
        return
    interval = ttest_1samp(values, 0).confidence_interval(0.95)
    assert (estimate.low, estimate.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


@given(samples)
def test_order_does_not_matter_and_bounds_clip(sample: list[tuple[float, int]]) -> None:
    forth = clustered_mean([v for v, _ in sample], [c for _, c in sample])
    back = clustered_mean([v for v, _ in reversed(sample)], [c for _, c in reversed(sample)])
    assert forth.mean == pytest.approx(back.mean)
    if forth.low is not None:
        assert 0 <= forth.low <= forth.mean + 1e-12
        assert forth.mean - 1e-12 <= forth.high <= 1


def test_nothing_and_one_cluster_give_no_interval() -> None:
    assert clustered_mean([], []).mean is None
    lonely = clustered_mean([0.0, 1.0], ["a", "a"])
    assert (lonely.mean, lonely.low, lonely.high) == (0.5, None, None)


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_equals_scipy(successes: int, n: int) -> None:
    successes = min(successes, n)
    found = binomtest(successes, n).proportion_ci(0.95, method="wilson")
    ours = wilson(successes, n)
    assert (ours.low, ours.high) == pytest.approx((found.low, found.high), abs=1e-9)


@given(st.integers(1, 8), st.integers(0, 8), st.integers(1, 8))
def test_pass_figures_count_subsets(n: int, successes: int, k: int) -> None:
    successes = min(successes, n)
    trials = [True] * successes + [False] * (n - successes)
    if k > n:
        assert pass_at(k, n=n, successes=successes) is None
        assert pass_hat(k, n=n, successes=successes) is None
        return
    subsets = list(combinations(trials, k))
    assert pass_at(k, n=n, successes=successes) == pytest.approx(sum(map(any, subsets)) / len(subsets))
    assert pass_hat(k, n=n, successes=successes) == pytest.approx(sum(map(all, subsets)) / len(subsets))


def test_paired_difference_uses_common_keys_only() -> None:
    first = {"a": 1.0, "b": 0.0, "only here": 1.0}
    second = {"a": 1.0, "b": 1.0, "only there": 0.0}
    difference = paired_difference(first, second, {"a": "t1", "b": "t2"})
    assert difference.n == 2
    assert difference.mean == 0.5
