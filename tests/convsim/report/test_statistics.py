"""Each statistic against an independent implementation or a published example."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp

from convsim.report.statistics import clustered_mean, paired_difference, pass_at, pass_hat, wilson

samples = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8)), min_size=2, max_size=60)


@given(samples)
def test_clustered_interval_equals_the_cluster_robust_regression_on_a_constant(sample: list[tuple[float, int]]) -> None:
    values, clusters = [v for v, _ in sample], [c for _, c in sample]
    estimate = clustered_mean(values, clusters, bounds=None)
    if len(set(clusters)) < 2:
        assert estimate.low is None
        assert estimate.high is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.api as sm

        fit = sm.OLS(values, np.ones(len(values))).fit(
            cov_type="cluster", cov_kwds={"groups": np.array(clusters)}, use_t=True
        )
        low, high = fit.conf_int(alpha=0.05)[0]
    assert estimate.low == pytest.approx(low, abs=1e-9)
    assert estimate.high == pytest.approx(high, abs=1e-9)


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
