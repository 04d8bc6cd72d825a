"""Judges against people: confusion, kappa beside the base rates, TPR and TNR, corrected rates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from convsim.records.label import Label
from convsim.report.agreement import (
    Accuracy,
    Rated,
    accuracy,
    base_rates,
    cohen_kappa,
    confusion,
    krippendorff_alpha,
)
from convsim.report.labels import FAIL, PASS, Verdicts
from convsim.report.statistics import Estimate

FEWEST = 20
"""Labels of a class, and of the others, below which a note says that there are too few."""
_GROUPS = {"leak": ("full_leak", "partial_leak"), "refusal": ("explicit_refusal", "other_refusal")}
"""Classes that together are one answer to a yes-or-no question."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one judge compares with people on turns or on episodes."""

    judge_id: str
    level: str
    """turn or episode."""
    n: int
    """Labelled verdicts."""
    kappa: float | None
    judge_rates: dict[str, float]
    label_rates: dict[str, float]
    table: dict[tuple[str, str], float]
    """(verdict, label) -> summed weight."""
    accuracies: tuple[Accuracy, ...]
    reviewers_alpha: float | None
    """Krippendorff's alpha of the reviewers among themselves; None with one."""
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON: the table as rows {judge, label, weight}."""
        told = asdict(self)
        told["table"] = [{"judge": j, "label": k, "weight": w} for (j, k), w in sorted(self.table.items())]
        return told


def calibrate(rows: Sequence[Label], verdicts: Verdicts | None = None) -> list[Calibration]:
    """Return a calibration per judge_id and level, in order of appearance; every row has its `judge` by now.

    With `verdicts` the judge's rate is that of the whole run, else that of the rows.
    """
    groups: dict[tuple[str, str, bool], list[Label]] = defaultdict(list)
    for row in rows:
        level = "episode" if row.turn is None else "turn"
        groups[row.judge_id, level, row.judge in (PASS, FAIL)].append(row)
    return [
        _calibration(judge_id, level, group, verdicts)
        for (judge_id, level, _), group in groups.items()
        if any(row.label for row in group)
    ]


def _calibration(judge_id: str, level: str, rows: Sequence[Label], verdicts: Verdicts | None) -> Calibration:
    labelled = [row for row in rows if row.label]
    pairs = [(row.judge, row.label, row.weight) for row in labelled]
    accuracies = tuple(_accuracies(_rated(rows, verdicts)))
    judges, labels = base_rates(pairs)
    return Calibration(
        judge_id=judge_id or "rules",
        level=level,
        n=len(labelled),
        kappa=cohen_kappa(pairs),
        judge_rates=judges,
        label_rates=labels,
        table=confusion(pairs),
        accuracies=accuracies,
        reviewers_alpha=_reviewers(labelled),
        notes=tuple(_notes(accuracies)),
    )


def _rated(rows: Sequence[Label], verdicts: Verdicts | None) -> list[Rated]:
    share = 0.0 if verdicts else 1.0
    found = [Rated(row.id, row.judge, row.label or None, weight=row.weight, share=share and row.weight) for row in rows]
    whole = verdicts.everything([row for row in rows if row.label]) if verdicts else ()
    return found + [Rated(episode, judge) for episode, judge in whole]


def _accuracies(rated: Sequence[Rated]) -> Iterable[Accuracy]:
    """Yield the accuracy for `pass` alone, or for every class and group of classes that occurs in a label."""
    labels = {each.label for each in rated if each.label is not None}
    said = labels | {each.judge for each in rated}
    if said <= {PASS, FAIL}:
        yield accuracy(rated, PASS)
        return
    for positive in sorted(labels):
        yield accuracy(rated, positive)
    for name, members in _GROUPS.items():
        if said & set(members):
            yield accuracy([_grouped(each, name, members) for each in rated], name)


def _grouped(rated: Rated, name: str, members: Sequence[str]) -> Rated:
    judge = name if rated.judge in members else "other"
    label = None if rated.label is None else name if rated.label in members else "other"
    return Rated(rated.id, judge, label, weight=rated.weight, share=rated.share)


def _reviewers(rows: Sequence[Label]) -> float | None:
    items: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for row in rows:
        items[row.id, row.turn].append(row.label)
    return krippendorff_alpha(items.values()) if len({row.reviewer for row in rows}) > 1 else None


def _notes(accuracies: Iterable[Accuracy]) -> Iterable[str]:
    for each in accuracies:
        if min(each.positives, each.negatives) < FEWEST:
            yield (
                f"too few labels for {each.positive}: {each.positives} of it and {each.negatives} others, "
                f"at least {FEWEST} of each are wanted; do not rely on its figures"
            )
        if each.corrected.mean is None:
            yield f"no corrected rate for {each.positive}: TPR + TNR is not above 1, or one of them is unknown"


def told(calibration: Calibration) -> str:
    """Return a calibration as text."""
    lines = [f"judge {calibration.judge_id}, per {calibration.level}: {calibration.n} labels"]
    lines += _table(calibration)
    lines.append(
        f"Cohen's kappa {_number(calibration.kappa)}; base rates of the judge {_rates(calibration.judge_rates)}"
    )
    lines.append(f"of the labels {_rates(calibration.label_rates)}")
    for each in calibration.accuracies:
        lines.append(
            f"{each.positive}: TPR {_number(each.tpr)}, TNR {_number(each.tnr)}; rate {each.judged:.3f}, "
            f"corrected {_estimate(each.corrected)} ({each.positives} labels of it, {each.negatives} others)"
        )
    if calibration.reviewers_alpha is not None:
        lines.append(f"reviewers among themselves: Krippendorff's alpha {_number(calibration.reviewers_alpha)}")
    return "\n".join([*lines, *(f"note: {note}" for note in calibration.notes)])


def _table(calibration: Calibration) -> list[str]:
    """Return the confusion table: a line per verdict, a column per label."""
    names = sorted({name for pair in calibration.table for name in pair})
    cells = [["judge \\ label", *names]]
    cells += [[judge, *(f"{calibration.table.get((judge, label), 0):g}" for label in names)] for judge in names]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]


def _rates(rates: dict[str, float]) -> str:
    return ", ".join(f"{name} {rate:.3f}" for name, rate in sorted(rates.items()))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _estimate(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return _number(estimate.mean)
    return f"{_number(estimate.mean)} [{estimate.low:.3f}, {estimate.high:.3f}]"
