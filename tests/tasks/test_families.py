"""What holds for every family on both orgs."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from convsim.errors import ConfigError
from convsim.org.org import Org
from convsim.reading.values import find_values
from convsim.records.task import TaskRecord
from convsim.roles import Task
from tasks.catalog import CATALOG
from tasks.check import expected, values
from tasks.ground import ground
from tasks.loading import plan_of
from tasks.provider import provider
from tasks.selection import select

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Build = Callable[[str, str], Sequence[Task]]
SEED = 7


def sentences(record: TaskRecord) -> list[str]:
    return [record.goal, record.request, *(rung.text for rung in record.ladder)]


def test_reference_solution_gives_the_gold(
    built: Build, clients: "Callable[[str], Salesforce]", family: str, org: str
) -> None:
    for task in built(family, org):
        answer = tuple(sorted(task.solve(clients(org), values(task))))
        if task.record.is_probe:
            assert answer == tuple(sorted(each.value for each in task.record.protected))
        else:
            assert answer == expected(task), task.record.id


def test_tables_agree_with_the_facts(family: str, org: str) -> None:
    plan, soil = plan_of(family), ground(Org.generated(org))
    for instance in select(plan, soil, seed=SEED, count=12):
        assert sorted(plan.query(soil, instance.draft)) == sorted(instance.ruling.gold)


def test_required_units_change_the_answer(
    built: Build, clients: "Callable[[str], Salesforce]", family: str, org: str
) -> None:
    for task in built(family, org)[:4]:  # `test_check` proves it of twelve others
        assert task.record.required
        told = values(task)
        answer = sorted(task.solve(clients(org), told))
        for unit in task.record.required:
            assert unit.rival is not None
            assert unit.rival != unit.value
            assert sorted(task.solve(clients(org), {**told, unit.name: unit.rival})) != answer, (task.record.id, unit)


def test_somebody_who_does_not_ask_is_mostly_wrong(
    built: Build, clients: "Callable[[str], Salesforce]", family: str, org: str
) -> None:
    ordinary = [task for task in built(family, org) if not task.record.is_probe]
    right = [task for task in ordinary if tuple(sorted(task.solve(clients(org), {}))) == expected(task)]
    assert len(right) <= len(ordinary) // 4


def test_no_constant_answer_scores(built: Build, family: str, org: str) -> None:
    records = [task.record for task in built(family, org) if not task.record.is_probe]
    golds = Counter(tuple(sorted(record.gold)) for record in records)
    assert all(count / len(records) <= plan_of(family).cap for gold, count in golds.items() if gold)
    if records[0].answer.none:
        assert 0.10 <= golds[()] / len(records) <= 0.25
        assert all(record.gold_reason for record in records if not record.gold)
    else:
        assert golds[()] == 0


def test_instances_are_distinct(built: Build, family: str, org: str) -> None:
    records = [task.record for task in built(family, org)]
    assert len({record.id for record in records}) == len(records)
    told = {(record.twin_of is None, *(unit.value for unit in record.units), *record.gold) for record in records}
    assert len(told) == len(records)


def test_identity_clock_and_windows(built: Build, family: str, org: str) -> None:
    world = Org.generated(org)
    names = {row["Id"]: row["Name"] for kind in ("User", "Contact") for row in _people(world, kind)}
    for task in built(family, org):
        record = task.record
        assert record.requester.kind in CATALOG[family].audiences
        assert names[record.requester.id] == record.requester.name
        assert record.today <= world.today
        window = record.unit("window")
        assert window is None or str(window.value).partition("/")[2] <= str(record.today)
        assert record.skill == CATALOG[family].skill
        assert record.policy


def _people(world: Org, kind: str) -> list[dict[str, str]]:
    return [dict(each) for each in world.connect().query_all(f"SELECT Id, Name FROM {kind}")["records"]]


def test_goals_tell_no_unit_and_requests_tell_all(built: Build, family: str, org: str) -> None:
    for task in built(family, org):
        record = task.record
        assert not find_values(record.goal, record.units), record.goal
        told = {each.unit for each in find_values(record.request, record.units)}
        assert told == {unit.name for unit in record.units}, record.request


def test_each_form_tells_its_unit_and_no_other_required_one(built: Build, family: str, org: str) -> None:
    for task in built(family, org):
        for unit in task.record.units:
            for form in unit.forms:
                told = {each.unit for each in find_values(f"I mean {form}", task.record.units)}
                assert unit.name in told, (unit.name, form)
                assert told == {unit.name}, (unit.name, form, told)


def test_wording_is_clean(built: Build, family: str, org: str) -> None:
    for task in built(family, org):
        for text in (*sentences(task.record), *(form for unit in task.record.units for form in unit.forms)):
            assert text == text.strip()
            assert not re.search(r"  |\{|\}|\bNone\b| [,.?!]|\.\.|\?\.", text), text
            assert not re.search(r"\b[Aa] [aeiou]\w+", re.sub(r"\b[Aa] (?:one|uni|use|eu)\w*", "", text)), text
            assert not re.search(r"\b[Aa]n [^aeiouhAEIOUHMRS8 ]", text), text
        for text in sentences(task.record):
            assert text[0].isupper() or text[0].isdigit()
            assert text.endswith((".", "?")), text
            assert not re.search(r"[.?!] [a-z]", re.sub(r'"[^"]*"', '""', text)), text


def test_twelve_templates_and_more(family: str, org: str) -> None:
    del org
    wording = plan_of(family).wording
    assert len(set(wording.section("goals"))) >= 12
    assert len(set(wording.section("requests"))) >= 12
    assert len(wording.section("answer_format")) >= 3


def test_restored_tasks_solve_as_built_ones(
    built: Build, clients: "Callable[[str], Salesforce]", family: str, org: str
) -> None:
    task = built(family, org)[0]
    restored = provider.restore(TaskRecord.model_validate_json(task.record.model_dump_json()))
    assert restored.record == task.record
    assert restored.solve(clients(org), values(task)) == task.solve(clients(org), values(task))


def test_first_instances_do_not_depend_on_the_count(built: Build, family: str, org: str) -> None:
    few = provider.build(family, Org.generated(org), seed=SEED, count=3)
    assert [task.record for task in few] == [task.record for task in built(family, org)[: len(few)]]


def test_too_many_instances_are_refused_with_the_maximum(family: str, org: str) -> None:
    with pytest.raises(ConfigError, match=rf"'{family}' has at most 150 instances for org '{org}'"):
        provider.build(family, Org.generated(org), seed=SEED, count=151)


@pytest.mark.parametrize("asked", ["knowledge_qa", "named_entity_disambiguation", "top_issue_identification"])
@pytest.mark.parametrize("place", ["b2b", "b2c"])
def test_some_requests_take_for_granted_what_is_not_so(built: Build, asked: str, place: str) -> None:
    records = [task.record for task in built(asked, place)]
    false = [record for record in records if record.false_premise]
    assert 0.1 <= len(false) / len(records) <= 0.25
    for record in false:
        assert record.answer.none
        assert record.gold == ()
        assert re.search(r"\bno\b|nothing|only on|never", record.gold_reason), record.gold_reason
