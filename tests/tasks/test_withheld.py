"""A withheld policy clause: the text lacks it, the user knows it, and the rival reading gives another answer."""

from collections.abc import Sequence

import pytest

from convsim.errors import UnavailableError
from convsim.org.org import Org
from convsim.roles import Task
from tasks.catalog import CATALOG
from tasks.check import check, values
from tasks.loading import plan_of
from tasks.provider import provider

FAMILIES = tuple(name for name in CATALOG if plan_of(name).readings)
COUNT = 5


@pytest.fixture(scope="module")
def world() -> Org:
    return Org.generated("b2b")


@pytest.fixture(scope="module", params=FAMILIES)
def tasks(request: pytest.FixtureRequest, world: Org) -> Sequence[Task]:
    return provider.build(request.param, world, seed=5, count=COUNT, withheld=True)


def test_the_database_families_have_a_clause() -> None:
    assert set(FAMILIES) == {name for name, each in CATALOG.items() if each.skill == "database"}


def test_the_clause_is_the_users_and_not_in_the_policy(tasks: Sequence[Task], world: Org) -> None:
    given = provider.build(tasks[0].record.family, world, seed=5, count=1)[0].record
    for task in tasks:
        unit = task.record.unit("policy")
        assert unit is not None
        assert len(unit.forms) >= 4
        assert any(form in task.record.request for form in unit.forms)
        assert len(task.record.policy) < len(given.policy)
    assert given.unit("policy") is None


def test_the_rival_reading_gives_another_answer(tasks: Sequence[Task], world: Org) -> None:
    salesforce = world.connect()
    hanging = [task for task in tasks if any(unit.name == "policy" for unit in task.record.required)]
    assert len(hanging) >= COUNT / 2
    for task in tasks:
        told = values(task)
        assert sorted(task.solve(salesforce, told)) == sorted(task.record.gold)
        unit = task.record.unit("policy")
        if unit is not None and unit.rival is not None:
            assert sorted(task.solve(salesforce, {**told, "policy": unit.rival})) != sorted(task.record.gold)


def test_who_does_not_ask_takes_the_usual_reading(tasks: Sequence[Task]) -> None:
    usual, *others = plan_of(tasks[0].record.family).readings
    assert others
    assert {task.assume("policy") for task in tasks} == {usual}
    assert all(unit.value in (usual, *others) for task in tasks if (unit := task.record.unit("policy")))


def test_ids_and_checks_tell_the_two_conditions_apart(tasks: Sequence[Task], world: Org) -> None:
    assert all(task.record.id.endswith("-withheld") for task in tasks)
    family = tasks[0].record.family
    rows = {row.rule: row for row in check(provider, world, [family], seed=5, count=4, withheld=True)}
    assert rows["policy share"].ok
    assert rows["required units"].ok


@pytest.mark.parametrize(("unable", "place"), [("quote_approval", "b2b"), ("conversion_rate_comprehension", "b2c")])
def test_a_family_without_such_a_clause_says_which_have_one(unable: str, place: str) -> None:
    with pytest.raises(UnavailableError, match="handle_time"):
        provider.build(unable, Org.generated(place), seed=0, count=1, withheld=True)
