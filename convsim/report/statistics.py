"""Means with honest intervals. Unit of clustering is the task: personas and trials lie inside it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95


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


def _cluster_sums(deviations: np.ndarray, clusters: Sequence[Hashable]) -> np.ndarray:
    numbers: dict[Hashable, int] = {}
    index = [numbers.setdefault(cluster, len(numbers)) for cluster in clusters]
    return np.bincount(index, weights=deviations, minlength=len(numbers))


def _t_quantile(degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))
