"""The generated orgs and the tasks that are built on them, made once for all tests of the tasks."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import pytest

from convsim.org.org import Org
from convsim.roles import Task
from tasks.catalog import CATALOG
from tasks.provider import provider

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

ORGS = ("b2b", "b2c")
COUNT = 12
SEED = 7
Build = Callable[[str, str], Sequence[Task]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that take `family` and `org` for all of them."""
    if {"family", "org"} <= set(metafunc.fixturenames):
        pairs = [(family, org) for family in CATALOG for org in ORGS]
        metafunc.parametrize(("family", "org"), pairs, ids=[f"{family}-{org}" for family, org in pairs])


@pytest.fixture(scope="session")
def built() -> Build:
    """Return what builds the first tasks of a family for an org."""

    @cache
    def build(family: str, org: str) -> Sequence[Task]:
        return provider.build(family, Org.generated(org), seed=SEED, count=COUNT)

    return build


@pytest.fixture(scope="session")
def clients() -> "Callable[[str], Salesforce]":
    """Return what gives the administrator's client of an org."""
    return cache(lambda org: Org.generated(org).connect())
