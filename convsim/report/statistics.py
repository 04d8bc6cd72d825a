"""Means with honest intervals. Unit of clustering is the task: personas and trials lie inside it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, log, sqrt
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95
DRAWS = 2000
"""Resamples of a bootstrap."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% interval; low and high are None where one cluster or none allows no interval."""

    n: int
    mean: float | None
    low: float | None = None
    high: float | None = None


def clustered_mean(
    values: Sequence[float], clusters: Sequence[Hashable], *, bounds: tuple[float, float] | None = (0.0, 1.0)
) -> Estimate:
    """Return the mean with a cluster-robust interval, clipped to the bounds (None: unbounded).

    SE = sqrt(G/(G-1) * sum_g (sum_i (x_gi - mean))^2) / n, Student's t with G-1 degrees of freedom
    (Miller 2024, "Adding error bars to evals", arXiv 2411.00640, section 2.2, with the small-sample factor).
    """
    if not values:
        return Estimate(0, None)
    sample = np.asarray(values, dtype=float)
    mean = float(sample.mean())
    sums = _cluster_sums(sample - mean, clusters)
    groups = len(sums)
    if groups < 2:
        return Estimate(len(values), mean)
    error = sqrt(groups / (groups - 1) * float(np.square(sums).sum())) / len(values)
    reach = _t_quantile(groups - 1) * error
    low, high = bounds or (-np.inf, np.inf)
    return Estimate(len(values), mean, max(low, mean - reach), min(high, mean + reach))


def paired_difference(
    first: Mapping[Hashable, float], second: Mapping[Hashable, float], clusters: Mapping[Hashable, Hashable]
) -> Estimate:
    """Return mean(second - first) over the keys that both have, clustered by `clusters[key]`; within [-1, 1]."""
    common = [key for key in first if key in second]
    return clustered_mean(
        [second[key] - first[key] for key in common], [clusters[key] for key in common], bounds=(-1.0, 1.0)
    )


def wilson(successes: int, n: int) -> Estimate:
    """Return an unclustered proportion with Wilson's score interval (Wilson 1927, JASA 22, p. 209)."""
    if n == 0:
        return Estimate(0, None)
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(n, p, max(0.0, centre - reach), min(1.0, centre + reach))


def pass_at(k: int, *, n: int, successes: int) -> float | None:
    """Return pass@k, the chance that at least one of k trials succeeds: 1 - C(n-c, k)/C(n, k); None if n < k.

    Chen et al. 2021, arXiv 2107.03374, section 2.1.
    """
    return None if n < k else 1 - comb(n - successes, k) / comb(n, k)


def pass_hat(k: int, *, n: int, successes: int) -> float | None:
    """Return pass^k, the chance that all of k trials succeed: C(c, k)/C(n, k); None if n < k.

    Yao et al. 2024, tau-bench, arXiv 2406.12045, section 5.
    """
    return None if n < k else comb(successes, k) / comb(n, k)


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of one measure, each with the cluster that it lies in."""

    values: Sequence[float]
    clusters: Sequence[Hashable]


def bootstrapped(
    samples: Sequence[Sample], combine: Callable[..., np.ndarray], *, bounds: tuple[float, float] = (0.0, 1.0)
) -> Estimate:
    """Return combine(mean, mean, ...) of several samples with the 95% percentile interval over resampled clusters.

    Clusters are drawn with replacement from those of all samples together (seed 0), so that samples that share a
    cluster move together; `combine` gets one array of means per sample, shape (draws,). n is the number of values.
    None as mean when a sample is empty; no interval with fewer than two clusters. Efron and Tibshirani 1993,
    chapter 13.
    """
    n = sum(len(sample.values) for sample in samples)
    if not samples or not all(len(sample.values) for sample in samples):
        return Estimate(n, None)
    numbers: dict[Hashable, int] = {}
    index = [[numbers.setdefault(cluster, len(numbers)) for cluster in sample.clusters] for sample in samples]
    groups = len(numbers)
    sums = [
        np.bincount(i, weights=np.asarray(s.values, float), minlength=groups)
        for i, s in zip(index, samples, strict=True)
    ]
    counts = [np.bincount(i, minlength=groups) for i in index]
    mean = float(combine(*(np.array([a.sum() / c.sum()]) for a, c in zip(sums, counts, strict=True)))[0])
    if groups < 2:
        return Estimate(n, mean)
    drawn = resamples(groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = combine(*((drawn @ a) / (drawn @ c) for a, c in zip(sums, counts, strict=True)))
    return Estimate(n, mean, *percentiles(found, bounds))


def resamples(groups: int) -> np.ndarray:
    """Return how often each of the groups is drawn, shape (DRAWS, groups); the same for the same number of groups."""
    return np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), size=DRAWS)


def percentiles(found: np.ndarray, bounds: tuple[float, float]) -> tuple[float | None, float | None]:
    """Return the ends of the 95% percentile interval of the finite draws, clipped to the bounds; None without any."""
    finite = found[np.isfinite(found)]
    if not len(finite):
        return None, None
    low, high = np.quantile(np.clip(finite, *bounds), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a survival curve."""

    time: int
    at_risk: int
    events: int
    survival: float
    """Share that has survived this time."""
    low: float | None
    high: float | None


def kaplan_meier(times: Sequence[int], events: Sequence[bool]) -> list[Step]:
    """Return the survival curve at each time of an event or a censoring, in order.

    `times` are when each one's event came (`events` true) or until when it was watched without one (false). S(t) =
    prod (1 - d_i/n_i) (Kaplan and Meier 1958, JASA 53, p. 457); the 95% interval is the exponential Greenwood one
    (log-log transform, as lifelines has it); None while nothing has happened or nobody is left.
    """
    steps: list[Step] = []
    survival, greenwood = 1.0, 0.0
    for time in sorted(set(times)):
        at_risk = sum(each >= time for each in times)
        died = sum(each == time and event for each, event in zip(times, events, strict=True))
        survival *= 1 - died / at_risk
        greenwood += died / (at_risk * (at_risk - died)) if died < at_risk else 0.0
        steps.append(Step(time, at_risk, died, survival, *_log_log(survival, greenwood)))
    return steps


def _log_log(survival: float, greenwood: float) -> tuple[float | None, float | None]:
    if not 0 < survival < 1:
        return None, None
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    reach = z * sqrt(greenwood) / log(survival)
    centre = log(-log(survival))
    return exp(-exp(centre - reach)), exp(-exp(centre + reach))


def _cluster_sums(deviations: np.ndarray, clusters: Sequence[Hashable]) -> np.ndarray:
    numbers: dict[Hashable, int] = {}
    index = [numbers.setdefault(cluster, len(numbers)) for cluster in clusters]
    return np.bincount(index, weights=deviations, minlength=len(numbers))


def _t_quantile(degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))
