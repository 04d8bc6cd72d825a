"""The door: lazy, deterministic, and clear about what it cannot do."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from convsim.errors import ConfigError
from convsim.org.org import Org
from tasks.catalog import CATALOG
from tasks.provider import provider

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

PRINT_TASKS = """
import hashlib
from convsim.org.org import Org
from tasks.provider import provider
for family in provider.families:
    tasks = provider.build(family.name, Org.generated("b2b"), seed=3, count=4)
    text = "".join(task.record.model_dump_json() for task in tasks)
    print(family.name, hashlib.sha256(text.encode()).hexdigest())
"""
LAZY = """
import sys
import tasks.provider
heavy = {"pydantic", "yaml", "jinja2", "simple_salesforce", "sqlalchemy", "numpy", "inflect"} & set(sys.modules)
print(sorted(heavy))
"""


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_provider_loads_nothing_heavy() -> None:
    assert run(LAZY).strip() == "[]"


def test_tasks_are_the_same_in_every_process() -> None:
    assert run(PRINT_TASKS, PYTHONHASHSEED="1") == run(PRINT_TASKS, PYTHONHASHSEED="2")


def test_families_are_listed_with_capacity() -> None:
    families = {family.name: family for family in provider.families}
    assert set(families) == set(CATALOG)
    assert all(family.capacity >= 150 and family.summary for family in families.values())


def test_unknown_family_is_told_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'handle_time'"):
        provider.build("handle_tim", Org.generated("b2b"), seed=0, count=1)


def test_seeds_give_other_tasks() -> None:
    one, other = (provider.build("handle_time", Org.generated("b2b"), seed=seed, count=3) for seed in (1, 2))
    assert {task.record.request for task in one}.isdisjoint(task.record.request for task in other)


class _ForeignOrg:
    """A real org: no folder, no latent facts."""

    name = "acme"
    today = date(2026, 1, 1)
    folder: Path | None = None
    content_hash = ""

    def connect(self) -> "Salesforce":
        raise AssertionError("must not be asked")


def test_an_org_over_the_network_is_refused_with_the_remedy() -> None:
    with pytest.raises(ConfigError, match=r"org 'acme' is reached over the network.*`convsim org pull DIR"):
        provider.build("handle_time", _ForeignOrg(), seed=0, count=1)
