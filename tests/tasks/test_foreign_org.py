"""DATABASE families on an org that nobody generated: pulled into a bundle, without any fact beside its records."""

from pathlib import Path

import pytest

from convsim.errors import UnavailableError
from convsim.org.org import Org
from convsim.org.pull.pull import pull
from convsim.records.episode import AgentConfig
from convsim.runs.config import RunConfig
from convsim.runs.plan import make_plan
from personas.library import load_library
from tasks.derived import NEEDS
from tasks.provider import provider

OBJECTS = sorted({name for needs in NEEDS.values() for name in needs} | {"User", "Issue__c"})


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Org:
    """A generated org as somebody else would have it: pulled through the API, facts left behind."""
    folder = tmp_path_factory.mktemp("pulled") / "org"
    pull(Org.generated("b2b", scale=0.5).connect(), folder, objects=OBJECTS)
    return Org.open(folder)


@pytest.mark.parametrize("family", NEEDS)
def test_a_family_runs_by_its_sql_oracle_alone(pulled: Org, family: str) -> None:
    built = provider.build(family, pulled, seed=0, count=3)
    assert len(built) == 3
    for task in built:
        known = {unit.name: unit.value for unit in task.record.units if unit.name != "answer_format"}
        assert sorted(task.solve(pulled.connect(), known)) == sorted(task.record.gold)
        assert any(unit.need == "required" for unit in task.record.units)


def test_the_same_facts_as_the_generators(pulled: Org) -> None:
    """Windows that both orgs can ask about have the same gold, whether facts were known or read from the tables."""
    generated = Org.generated("b2b", scale=0.5)
    for family in ("handle_time", "sales_amount_understanding", "conversion_rate_comprehension"):
        for task in provider.build(family, generated, seed=1, count=3):
            known = {unit.name: unit.value for unit in task.record.units if unit.name != "answer_format"}
            assert sorted(task.solve(pulled.connect(), known)) == sorted(task.record.gold)


def test_other_families_say_why_they_cannot(pulled: Org) -> None:
    with pytest.raises(UnavailableError, match="'knowledge_qa' needs facts behind the records"):
        provider.build("knowledge_qa", pulled, seed=0, count=1)


def test_a_missing_object_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "org"
    pull(Org.generated("b2b", scale=0.1).connect(), folder, objects=["User", "Case", "Lead"])
    with pytest.raises(
        UnavailableError, match=r"'handle_time' counts on CaseHistory__c, and org .* has no such object"
    ):
        provider.build("handle_time", Org.open(folder), seed=0, count=1)


def test_a_run_over_all_families_leaves_the_others_out(pulled: Org) -> None:
    library = load_library()
    config = _config(tuple(family.name for family in provider.families))
    plan = make_plan(config, {pulled.name: pulled}, library)
    assert {scenario.task.family for scenario in plan.scenarios} == set(NEEDS)
    assert len(plan.left_out) == len(provider.families) - len(NEEDS)
    with pytest.raises(UnavailableError):
        make_plan(_config(("handle_time", "knowledge_qa")), {pulled.name: pulled}, library)


def _config(families: tuple[str, ...]) -> RunConfig:
    return RunConfig(families=families, per_family=1, orgs=("b2b",), agents=(AgentConfig(target="reference"),))
