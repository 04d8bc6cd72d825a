"""The content of the generated orgs: pinned, because scenarios, suites and published results rest on it.

A change of the generator that is meant raises `VERSION` and renews the hashes here; one that is not meant fails.
"""

import os
import subprocess
import sys

import pytest

from convsim.org.org import Org

PINNED = {
    ("b2b", 0): "65d22b0058416554cfbbfc2bb7edd50f",
    ("b2b", 1): "cdc1e3a9230f4c7ddb3713b083db6766",
    ("b2c", 0): "25d7665b07e15a4f95e7c128ab186eb9",
    ("b2c", 1): "b4aaad4056757616fac2df868110e4dd",
}
_BUILT = "from convsim.org.bundle import generated_bundle as make; print(make({!r}, 3, 0.05).content_hash)"


@pytest.mark.parametrize(("org", "seed"), PINNED)
def test_content_is_as_pinned(org: str, seed: int) -> None:
    assert Org.generated(org, seed=seed).content_hash == PINNED[org, seed]


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_content_does_not_depend_on_hash_seed_or_locale(org: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = set()
    for hash_seed, locale in (("0", "C.UTF-8"), ("4711", "POSIX")):
        cache = tmp_path_factory.mktemp("cache")
        surroundings = {"PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "TZ": "Asia/Tokyo", "CONVSIM_CACHE": str(cache)}
        command = [sys.executable, "-c", _BUILT.format(org)]
        found.add(subprocess.check_output(command, env={**os.environ, **surroundings}, text=True, timeout=60))
    assert len(found) == 1
    assert found.pop().strip()
