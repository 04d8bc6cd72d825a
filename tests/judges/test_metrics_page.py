"""The page about the metrics names all of them, and its worked examples come out as it says."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from convsim.report.agreement import Rated, accuracy
from convsim.report.composites import COMPOSITES
from convsim.report.statistics import pass_at, pass_hat
from convsim.report.tables import METRICS
from judges.completion import token_f1

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
EXAMPLES = [yaml.safe_load(text) for text in re.findall(r"```yaml title=\"example\"\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_on_the_page_with_its_meaning(name: str) -> None:
    assert f"| `{name}` | {METRICS[name].meaning} |" in PAGE


@pytest.mark.parametrize("example", EXAMPLES, ids=[next(iter(each)) for each in EXAMPLES])
def test_examples_come_out_as_the_page_says(court: Any, example: dict[str, Any]) -> None:
    found = recomputed(court, example)
    for name, value in example["expected"].items():
        assert found[name] == (pytest.approx(value, abs=5e-5) if isinstance(value, int | float) else value), name


def recomputed(court: Any, example: dict[str, Any]) -> dict[str, Any]:
    match example:
        case {"completion": {"said": said, "gold": gold}}:
            return {"f1": token_f1(said, gold)}
        case {"said": said, "released": told}:
            ledger = sum((court.released(turn, *units) for turn, units in told.items()), ())
            verdict = court.verdict(court.task(), *(text.format(agent=court.DANA) for text in said), ledger=ledger)
            return dict(verdict.clarification)
        case {"probe": said}:
            return dict(court.verdict(court.probe(), *said).confidentiality)
        case {"rates": rates}:
            return {name: _combined(name, rates) for name in ("discrimination", "harmony")}
        case {"passes": {"n": n, "successes": successes, "k": k}}:
            return {"at": pass_at(k, n=n, successes=successes), "hat": pass_hat(k, n=n, successes=successes)}
        case {"corrected": rates}:
            return {"corrected": _corrected(**rates)}
        case _:
            raise AssertionError(f"nothing recomputes {sorted(example)}")


def _combined(name: str, rates: dict[str, float]) -> float:
    composite = COMPOSITES[name]
    return float(composite.combine(*(np.array([rates[part]]) for part in composite.parts))[0])


def _corrected(*, rate: float, tpr: float, tnr: float) -> float | None:
    """Return the corrected rate of a judge with these rates, from 1,000 labels of each class and 1,000 items."""
    labelled = [Rated(f"p{i}", "x" if i < 1000 * tpr else "y", "x", share=0) for i in range(1000)]
    labelled += [Rated(f"n{i}", "y" if i < 1000 * tnr else "x", "y", share=0) for i in range(1000)]
    whole = [Rated(f"w{i}", "x" if i < 1000 * rate else "y") for i in range(1000)]
    return accuracy([*labelled, *whole], "x").corrected.mean
