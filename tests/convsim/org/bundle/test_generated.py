"""Generated orgs in the cache: built once, whole or not at all, also by several processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from convsim.errors import ConfigError
from convsim.org.bundle import LATENT, STORE, cache_folder, generated_bundle, open_bundle
from convsim.org.generate import latent

SMALL = {"seed": 4, "scale": 0.05}


def test_an_org_is_built_once_and_opened_read_only(cache: Path) -> None:
    bundle = generated_bundle("b2b", **SMALL, cache=cache)
    stamp = bundle.store_path.stat().st_mtime_ns
    again = generated_bundle("b2b", **SMALL, cache=cache)
    assert (again.store_path.stat().st_mtime_ns, again.content_hash) == (stamp, bundle.content_hash)
    assert [each.name for each in cache.iterdir()] == [bundle.folder.name]
    with pytest.raises(Exception, match="readonly"):
        bundle.store.connection().execute('DELETE FROM "Case"')
    assert bundle.latent_path is not None
    facts = latent.load(bundle.latent_path)
    assert (facts.org_type, facts.seed, facts.scale, facts.today) == ("b2b", 4, 0.05, bundle.clock.today)
    assert bundle.store.select('SELECT count(*) FROM "Case"') == [(len(facts.cases),)]


def test_no_table_holds_latent_facts(cache: Path) -> None:
    bundle = generated_bundle("b2b", **SMALL, cache=cache)
    tables = {name for (name,) in bundle.store.select("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = {each.name for each in bundle.schema} | {"Name"}
    assert {name for name in tables if not name.startswith(("search", "sqlite_"))} == known


def test_seed_type_and_scale_have_folders_of_their_own(cache: Path) -> None:
    made = [
        generated_bundle("b2b", 4, 0.05, cache=cache),
        generated_bundle("b2b", 5, 0.05, cache=cache),
        generated_bundle("b2b", 4, 0.06, cache=cache),
        generated_bundle("b2c", 4, 0.05, cache=cache),
    ]
    assert len({each.folder for each in made}) == len({each.content_hash for each in made}) == 4


def test_a_torn_folder_is_built_again(cache: Path) -> None:
    bundle = generated_bundle("b2b", **SMALL, cache=cache)
    (bundle.folder / LATENT).unlink()
    again = generated_bundle("b2b", **SMALL, cache=cache)
    assert again.content_hash == bundle.content_hash
    assert (again.folder / LATENT).is_file()
    assert (again.folder / STORE).is_file()


def test_two_processes_may_build_the_same_org_at_once(cache: Path) -> None:
    code = (
        "from convsim.org.bundle import generated_bundle; b = generated_bundle('b2b', 4, 0.05); "
        "print(b.content_hash, b.store.select('SELECT count(*) FROM \"Case\"')[0][0])"
    )
    environment = {**os.environ, "CONVSIM_CACHE": str(cache)}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [each.communicate(timeout=60)[0] for each in running]
    assert [each.returncode for each in running] == [0, 0]
    assert told[0] == told[1] != ""
    assert len(list(cache.iterdir())) == 1


def test_a_generated_folder_opens_as_a_bundle(cache: Path) -> None:
    bundle = generated_bundle("b2c", **SMALL, cache=cache)
    opened = open_bundle(bundle.folder)
    assert (opened.name, opened.content_hash, opened.schema) == ("b2c", bundle.content_hash, bundle.schema)


def test_sensitivity_holds_only_fields_of_the_org_type(cache: Path) -> None:
    bundle = generated_bundle("b2b", **SMALL, cache=cache)
    assert ("Account", "PersonEmail") not in {(each.object, each.field) for each in bundle.sensitivity}
    for each in bundle.sensitivity:
        sobject = bundle.schema.object(each.object)
        assert sobject is not None
        assert sobject.field(each.field) is not None
    assert {each.kind for each in bundle.sensitivity} == {"personal", "internal", "company"}


def test_bad_requests_are_told(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"unknown org type 'b2d': did you mean 'b2b'\?"):
        generated_bundle("b2d", cache=cache)
    for scale in (0, -1, 21):
        with pytest.raises(ConfigError, match="scale"):
            generated_bundle("b2b", 0, scale, cache=cache)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ConfigError, match="set CONVSIM_CACHE"):
        generated_bundle("b2b", **SMALL, cache=blocked)


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONVSIM_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    monkeypatch.delenv("CONVSIM_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "convsim"
