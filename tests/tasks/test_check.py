"""The rows of the families' own check."""

import pytest

from convsim.org.org import Org
from tasks.catalog import CATALOG
from tasks.check import check
from tasks.provider import provider


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_all_rules_hold(org: str) -> None:
    rows = list(check(provider, Org.generated(org), CATALOG, seed=11, count=12))
    assert not [row for row in rows if not row.ok]
    rules = {row.rule for row in rows}
    assert rules >= {"oracles agree", "reference solution", "required units", "constant answer", "distinct"}
    assert {row.family for row in rows} == set(CATALOG)


def test_a_wrong_gold_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = list(provider.build("transfer_count", Org.generated("b2b"), seed=11, count=8))
    spoiled = tasks[0].record.model_copy(update={"gold": ("005000000000000AAA",)})
    built = [provider.restore(spoiled), *tasks[1:]]
    monkeypatch.setattr(type(provider), "build", lambda *_, **__: built)
    rows = {row.rule: row for row in check(provider, Org.generated("b2b"), ["transfer_count"], seed=11, count=8)}
    assert not rows["reference solution"].ok
    assert rows["reference solution"].note == tasks[0].record.id
