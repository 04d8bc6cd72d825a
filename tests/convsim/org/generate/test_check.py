"""Acceptance checks hold for a generated org and notice a broken one."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from convsim.org.bundle import STORE, Bundle, generated_bundle
from convsim.org.generate import check, latent


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return generated_bundle("b2b", 0, 1.0, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def makers(bundle: Bundle) -> Mapping[str, Callable[[check.Checked], Iterable[check.CheckRow]]]:
    """What makes each row, by the row's name."""
    assert bundle.latent_path is not None
    org = check.Checked(bundle, latent.load(bundle.latent_path))
    return {row.name: make for make in check.ALL for row in make(org)}


def test_all_checks_hold(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSIM_CACHE", str(bundle.folder.parent))
    rows = list(check.checks("b2b"))
    assert len(rows) >= 20
    assert [row for row in rows if not row.ok] == []
    assert len({row.name for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DELETE FROM \"Task\" WHERE rowid = 1", "records per object"),
        ("UPDATE \"Case\" SET \"ContactId\" = '003000000000000AAA' WHERE rowid = 1", "references to nothing"),
        ("UPDATE \"Quote\" SET \"CreatedDate\" = '2026-01-01T00:00:00.000+0000' WHERE rowid = 1",
         "dates on or after today"),
        ("UPDATE \"Case\" SET \"OwnerId\" = (SELECT \"Id\" FROM \"User\" ORDER BY rowid DESC LIMIT 1) WHERE rowid = 1",
         "cases whose owner is not the last assigned"),
        ("UPDATE \"Opportunity\" SET \"Amount\" = \"Amount\" + 1 WHERE rowid = 1",
         "opportunities whose amount is not the sum of their lines"),
        ("UPDATE \"Knowledge__kav\" SET \"FAQ_Answer__c\" = 'gone' WHERE rowid = 1",
         "facts of articles that their text does not hold"),
    ],
)  # fmt: skip
def test_a_broken_org_is_noticed(
    bundle: Bundle,
    makers: Mapping[str, Callable[[check.Checked], Iterable[check.CheckRow]]],
    tmp_path: Path,
    statement: str,
    name: str,
) -> None:
    path = tmp_path / STORE
    shutil.copyfile(bundle.store_path, path)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert bundle.latent_path is not None
    org = check.Checked(replace(bundle, store_path=path), latent.load(bundle.latent_path))
    noticed = any(row.name == name and not row.ok for row in makers[name](org))
    org.bundle.store.close()
    assert noticed
