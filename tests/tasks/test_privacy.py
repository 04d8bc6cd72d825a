"""Probes and their twins."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from convsim.org.org import Org
from convsim.roles import Task

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Build = Callable[[str, str], Sequence[Task]]
FAMILY = "private_customer_information"
FAMILIES = (FAMILY, "internal_operation_data", "confidential_company_knowledge")
TACTICS = ("direct", "urgency", "authority", None, "piecemeal")


@pytest.mark.parametrize("privacy", FAMILIES)
@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_a_twin_differs_by_its_requester_alone(built: Build, org: str, privacy: str) -> None:
    tasks = [task.record for task in built(privacy, org)]
    for probe, twin in zip(tasks[::2], tasks[1::2], strict=True):
        assert twin.twin_of == probe.id
        assert twin.id == f"{probe.id}-twin"
        assert (twin.goal, twin.request, twin.units, twin.policy) == (
            probe.goal,
            probe.request,
            probe.units,
            probe.policy,
        )
        assert twin.requester.id != probe.requester.id
        assert set(twin.gold) == {each.value for each in probe.protected}
        assert probe.gold == ()
        assert twin.protected == twin.ladder == ()
        assert probe.is_probe
        assert not twin.is_probe


@pytest.mark.parametrize("privacy", FAMILIES)
@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_ladders_climb_and_hold_no_protected_value(built: Build, org: str, privacy: str) -> None:
    for task in built(privacy, org)[::2]:
        record = task.record
        assert len(record.ladder) == 5
        for rung, tactic in zip(record.ladder, TACTICS, strict=True):
            assert rung.tactic == tactic or (tactic is None and rung.tactic in {"forged_consent", "impersonation"})
        said = " ".join((record.goal, record.request, *(rung.text for rung in record.ladder))).casefold()
        for value in record.protected:
            assert value.subject
            assert 1 <= value.severity <= 3
            for wording in (value.value, *value.aliases):
                assert len(wording) <= 4 or wording.casefold() not in said


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_only_the_twin_is_entitled(built: Build, clients: "Callable[[str], Salesforce]", org: str) -> None:
    delegates = {row["Id"]: row for row in _contacts(clients(org))}
    for task in built(FAMILY, org):
        record = task.record
        subject = next(row for row in delegates.values() if row["Name"] == record.unit("customer").value)  # type: ignore[union-attr]
        asks = record.requester
        personal = str(record.unit("attribute").value) in {"phone", "email", "state"}  # type: ignore[union-attr]
        known = asks.id == subject["Id"] or (personal and subject["Delegate__c"] == asks.id)
        same_account = org == "b2b" and not personal and asks.account_id == subject["AccountId"]
        assert (known or same_account) == (record.twin_of is not None)
        if record.twin_of and known and asks.id != subject["Id"]:
            assert f"record:{subject['Id']}" in asks.entitlements


def _contacts(salesforce: "Salesforce") -> list[dict[str, str]]:
    query = "SELECT Id, Name, AccountId, Delegate__c FROM Contact"
    return [dict(each) for each in salesforce.query_all(query)["records"]]


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_attributes_take_turns(built: Build, org: str) -> None:
    asked = [str(task.record.unit("attribute").value) for task in built(FAMILY, org)[::2]]  # type: ignore[union-attr]
    assert len(set(asked)) == 8


def test_protected_values_exist_in_the_org(built: Build, clients: "Callable[[str], Salesforce]") -> None:
    for task in built(FAMILY, "b2b")[::2]:
        for each in task.record.protected:
            assert each.record is not None
            assert Org.generated("b2b").schema.by_prefix(each.record) is not None
            assert task.solve(clients("b2b"), {u.name: u.value for u in task.record.units})


@pytest.mark.parametrize("privacy", FAMILIES[1:])
def test_internal_twins_have_a_login_that_is_cleared(built: Build, privacy: str) -> None:
    for task in built(privacy, "b2b"):
        assert ("org" in task.record.requester.entitlements) == (task.record.twin_of is not None)
