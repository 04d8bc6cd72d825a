"""How well two raters agree, and what a rate is worth that an imperfect rater found."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from convsim.report.statistics import Estimate, percentiles, resamples

Pair = tuple[str, str, float]
"""Judge's verdict, human label, weight."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One item as a judge saw it and, where somebody labelled it, as a person did."""

    id: str
    """What is resampled: the episode."""
    judge: str
    label: str | None = None
    """None for an item without a label: it counts for the judge's rate alone."""
    weight: float = 1.0
    """1 / inclusion probability of a labelled item."""
    share: float = 1.0
    """Its weight in the judge's rate."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a judge sees one class, against people."""

    positive: str
    """The class; all others are negative."""
    positives: int
    """Labelled items of the class."""
    negatives: int
    tpr: float | None
    """Share of the class that the judge saw, None without any."""
    tnr: float | None
    judged: float
    """The judge's own rate of the class."""
    corrected: Estimate
    """The rate corrected for the judge's mistakes; mean None when TPR + TNR <= 1."""


def confusion(pairs: Iterable[Pair]) -> dict[tuple[str, str], float]:
    """Return (verdict, label) -> summed weight."""
    table: Counter[tuple[str, str]] = Counter()
    for judge, label, weight in pairs:
        table[judge, label] += weight  # type: ignore[assignment]  # Counter counts in floats just as well
    return dict(table)


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Return kappa = (p_o - p_e) / (1 - p_e); None without pairs or when chance alone agrees fully.

    Cohen 1960, Educational and Psychological Measurement 20, p. 40.
    """
    table = confusion(pairs)
    total = sum(table.values())
    if not total:
        return None
    judges, labels = base_rates(pairs)
    chance = sum(rate * labels.get(name, 0.0) for name, rate in judges.items())
    agreed = sum(weight for (judge, label), weight in table.items() if judge == label) / total
    return None if chance >= 1 - 1e-12 else (agreed - chance) / (1 - chance)


def base_rates(pairs: Sequence[Pair]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share of each class among the verdicts, and among the labels."""
    total = sum(weight for *_, weight in pairs)
    judges: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    for judge, label, weight in pairs:
        judges[judge] += weight / total  # type: ignore[assignment]
        labels[label] += weight / total  # type: ignore[assignment]
    return dict(judges), dict(labels)


def krippendorff_alpha(items: Iterable[Sequence[Hashable | None]]) -> float | None:
    """Return Krippendorff's alpha for nominal data: one sequence of ratings per item, None where a rater gave none.

    alpha = 1 - (n - 1) * sum_u(disagreeing pairs_u / (m_u - 1)) / sum_{c != k} n_c n_k over items with m_u >= 2
    ratings (Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section C). None when there are no such
    items or all ratings are the same.
    """
    observed = 0.0
    totals: Counter[Hashable] = Counter()
    for ratings in items:
        given = Counter(each for each in ratings if each is not None)
        raters = given.total()
        if raters < 2:
            continue
        totals.update(given)
        observed += (raters * raters - sum(count * count for count in given.values())) / (raters - 1)
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    return None if not expected else 1 - (n - 1) * observed / expected


def accuracy(rated: Sequence[Rated], positive: str) -> Accuracy:
    """Return TPR, TNR and the corrected rate (p + TNR - 1) / (TPR + TNR - 1), clipped to [0, 1].

    Rogan and Gladen 1978, American Journal of Epidemiology 107, p. 71; the 95% interval is a bootstrap over ids with
    seed 0, in which draws with TPR + TNR <= 1 are left out.
    """
    sums = _by_id(rated, positive)
    said, seen, hits, held, spared, clean = sums.sum(axis=0)
    labelled = [each for each in rated if each.label is not None]
    positives = sum(each.label == positive for each in labelled)
    mean, low, high = _corrected(sums)
    return Accuracy(
        positive=positive,
        positives=positives,
        negatives=len(labelled) - positives,
        tpr=float(hits / held) if held else None,
        tnr=float(spared / clean) if clean else None,
        judged=float(said / seen) if seen else 0.0,
        corrected=Estimate(len(labelled), mean, low, high),
    )


def _by_id(rated: Sequence[Rated], positive: str) -> np.ndarray:
    """Return per id the weights: called positive, all, true positives, positives, true negatives, negatives."""
    numbers: dict[str, int] = {}
    sums = np.zeros((len({each.id for each in rated}), 6))
    for each in rated:
        row = sums[numbers.setdefault(each.id, len(numbers))]
        called = each.judge == positive
        row[:2] += (each.share * called, each.share)
        if each.label is not None:
            is_positive = each.label == positive
            row[2:4] += (each.weight * (is_positive and called), each.weight * is_positive)
            row[4:] += (each.weight * (not is_positive and not called), each.weight * (not is_positive))
    return sums


def _corrected(sums: np.ndarray) -> tuple[float | None, float | None, float | None]:
    mean = float(_rogan_gladen(sums.sum(axis=0)[None, :])[0])
    if not np.isfinite(mean):
        return None, None, None
    if len(sums) < 2:
        return mean, None, None
    return mean, *percentiles(_rogan_gladen(resamples(len(sums)) @ sums), (0.0, 1.0))


def _rogan_gladen(sums: np.ndarray) -> np.ndarray:
    """Return the corrected rate of each row of sums, shape (rows, 6); nan where TPR + TNR <= 1 or unknown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rate, tpr, tnr = sums[:, 0] / sums[:, 1], sums[:, 2] / sums[:, 3], sums[:, 4] / sums[:, 5]
        informed = tpr + tnr - 1
        found = np.clip((rate + tnr - 1) / informed, 0.0, 1.0)
    return np.where(informed > 1e-12, found, np.nan)
