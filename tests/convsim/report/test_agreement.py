"""Agreement, corrected rates and survival curves against independent implementations."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convsim.report.agreement import Rated, accuracy, base_rates, cohen_kappa, confusion, krippendorff_alpha
from convsim.report.statistics import Sample, bootstrapped, kaplan_meier

CLASSES = ("full_leak", "explicit_refusal", "answer")
rows = st.lists(
    st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES), st.floats(0.5, 4)), min_size=2, max_size=40
)


@given(rows)
def test_weighted_kappa_equals_scikit_learn(pairs: list[tuple[str, str, float]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    ours = cohen_kappa(pairs)
    judges, labels, weights = zip(*pairs, strict=True)
    if ours is None:
        assert len(set(judges) | set(labels)) == 1
        return
    assert ours == pytest.approx(cohen_kappa_score(judges, labels, sample_weight=weights), abs=1e-9)


def test_cohens_own_example() -> None:
    """Cohen 1960, table 1: proportions of 200 joint judgements, kappa .492."""
    table = {("1", "1"): 88, ("1", "2"): 14, ("1", "3"): 18, ("2", "1"): 10, ("2", "2"): 40, ("2", "3"): 10,
             ("3", "1"): 2, ("3", "2"): 6, ("3", "3"): 12}  # fmt: skip
    pairs = [(judge, label, float(count)) for (judge, label), count in table.items()]
    assert cohen_kappa(pairs) == pytest.approx(0.492, abs=5e-4)
    assert confusion(pairs)["2", "1"] == 10
    assert base_rates(pairs)[0]["1"] == pytest.approx(0.6)


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.sampled_from("abc")), min_size=3, max_size=3), min_size=2, max_size=20
    )
)  # fmt: skip
def test_alpha_equals_the_krippendorff_package(items: list[list[str | None]]) -> None:
    import krippendorff

    ours = krippendorff_alpha(items)
    pairable = [[each for each in item if each] for item in items]
    distinct = {each for item in pairable if len(item) > 1 for each in item}
    if ours is None:
        assert len(distinct) < 2
        return
    codes = {"a": 1.0, "b": 2.0, "c": 3.0, None: np.nan}
    data = np.array([[codes[each] for each in item] for item in items]).T
    assert ours == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"), abs=1e-9)


def test_the_corrected_rate_is_rogan_and_gladens() -> None:
    """TPR 0.8, TNR 0.9, judged rate 0.24: (0.24 + 0.9 - 1) / 0.7 = 0.2."""
    labelled = [Rated(f"e{i}", "leak" if i < 8 else "none", "leak", share=0) for i in range(10)]
    labelled += [Rated(f"f{i}", "leak" if i < 1 else "none", "none", share=0) for i in range(10)]
    whole = [Rated(f"g{i}", "leak" if i < 24 else "none") for i in range(100)]
    found = accuracy([*labelled, *whole], "leak")
    assert (found.tpr, found.tnr, found.judged) == pytest.approx((0.8, 0.9, 0.24))
    assert found.corrected.mean == pytest.approx(0.2)
    assert 0 <= found.corrected.low < 0.2 < found.corrected.high <= 1
    assert accuracy([*labelled, *whole], "leak") == found


def test_a_judge_that_knows_nothing_corrects_nothing() -> None:
    found = accuracy([Rated("a", "x", "y"), Rated("b", "y", "x")], "x")
    assert (found.tpr, found.tnr, found.corrected.mean) == (0.0, 0.0, None)
    assert accuracy([Rated("a", "x", "x")], "x").tnr is None


@given(st.lists(st.sampled_from(CLASSES), min_size=2, max_size=30))
def test_a_faultless_judge_needs_no_correction(labels: list[str]) -> None:
    rated = [Rated(str(i), label, label) for i, label in enumerate(labels)]
    found = accuracy(rated, labels[0])
    if len(set(labels)) > 1:
        assert found.corrected.mean == pytest.approx(labels.count(labels[0]) / len(labels))
        assert found.corrected.low <= found.corrected.mean + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=30))
def test_kaplan_meier_equals_lifelines(watched: list[tuple[int, bool]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        times, events = zip(*watched, strict=True)
        fitter = KaplanMeierFitter().fit(times, events)
        band = fitter.confidence_interval_survival_function_
    for step in kaplan_meier(times, events):
        assert step.survival == pytest.approx(fitter.predict(step.time), abs=1e-9)
        if step.low is not None:
            assert (step.low, step.high) == pytest.approx(tuple(band.loc[step.time]), abs=1e-9)


def test_a_bootstrapped_mean_lies_beside_scipys() -> None:
    from scipy.stats import bootstrap

    data = np.random.default_rng(5).random(60)
    ours = bootstrapped([Sample(list(data), range(60))], lambda mean: mean)
    theirs = bootstrap((data,), np.mean, method="percentile", rng=np.random.default_rng(1)).confidence_interval
    assert ours.mean == pytest.approx(data.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)
