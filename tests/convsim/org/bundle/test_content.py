"""The content of the generated orgs: pinned, because scenarios, suites and published results rest on it.

A change of the generator that is meant raises `VERSION` and renews the hashes here; one that is not meant fails.
"""

import os
import subprocess
import sys

import pytest

from convsim.org.org import Org

PINNED = {
    ("b2b", 0): "f6d4d64cd3150c2731cbc124544e149d",
    ("b2b", 1): "7bd9d4060ed5e46561c2045b1f327a10",
    ("b2c", 0): "657df12ef539f4cced8fdc6c31231820",
    ("b2c", 1): "a928b69c3dad45e58cd0e1704c45e300",
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
