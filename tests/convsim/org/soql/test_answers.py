"""The shape of answers, key by key, on a few records whose answer is known by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from convsim.org.errors import SalesforceError
from convsim.org.ids import to_18
from convsim.org.soql.engine import SoqlEngine

ANN, BOB = to_18("005000000000001"), to_18("005000000000002")
ACME, ZETA = to_18("001000000000001"), to_18("001000000000002")
CASE = to_18("500000000000001")
TASKS = [to_18(f"00T00000000000{n}") for n in (1, 2, 3)]
CREATED = "2023-05-31T23:30:00.000+0000"
ROWS: dict[str, list[dict[str, Any]]] = {
    "User": [
        {"Id": ANN, "Name": "Ann", "Username": "ann@x.example", "IsActive": True},
        {"Id": BOB, "Name": "Bob", "IsActive": False, "ManagerId": ANN},
    ],
    "Account": [
        {
            "Id": ACME,
            "Name": "Acme",
            "AnnualRevenue": 1234.5,
            "OwnerId": BOB,
            "Active__c": True,
            "CreatedDate": CREATED,
        },
        {"Id": ZETA, "Name": "zeta", "Industry": "Energy"},
    ],
    "Contact": [
        {"Id": to_18("003000000000001"), "Name": "Cy", "AccountId": ACME},
        {"Id": to_18("003000000000002"), "Name": "Di", "AccountId": ACME},
        {"Id": to_18("003000000000003"), "Name": "Gone", "AccountId": ACME, "IsDeleted": True},
    ],
    "Case": [{"Id": CASE, "CaseNumber": "1", "Status": "Closed", "OwnerId": BOB, "CreatedDate": CREATED}],
    "Task": [
        {"Id": TASKS[0], "WhatId": ACME, "OwnerId": ANN},
        {"Id": TASKS[1], "WhatId": CASE, "OwnerId": ANN},
        {"Id": TASKS[2], "OwnerId": ANN},
    ],
}


@pytest.fixture
def ask(small: Callable[..., SoqlEngine]) -> Callable[[str], list[dict[str, Any]]]:
    engine = small(ROWS)
    return lambda text: engine.query(text).records


Ask = Callable[[str], list[dict[str, Any]]]


def url(name: str, record_id: str) -> dict[str, str]:
    return {"type": name, "url": f"/services/data/v59.0/sobjects/{name}/{record_id}"}


def test_keys_stand_in_the_selected_order_and_the_schemas_case(ask: Ask) -> None:
    [record] = ask("select NAME, account.id, ownerid, Active__C, industry from Account where name = 'ACME'")
    expected = {
        "attributes": url("Account", ACME),
        "Name": "Acme",
        "Id": ACME,
        "OwnerId": BOB,
        "Active__c": True,
        "Industry": None,
    }
    assert list(record.items()) == list(expected.items())


def test_parents_are_objects_and_missing_ones_null(ask: Ask) -> None:
    first, second = ask("SELECT Owner.Manager.Name, Name, Owner.IsActive FROM Account")
    manager = {"attributes": url("User", ANN), "Name": "Ann"}
    assert list(first) == ["attributes", "Owner", "Name"]
    assert first["Owner"] == {"attributes": url("User", BOB), "Manager": manager, "IsActive": False}
    assert second["Owner"] is None


def test_owners_of_two_kinds_are_names(ask: Ask) -> None:
    [record] = ask("SELECT Owner.Name, Owner.Type FROM Case WHERE Owner.IsActive = false")
    attributes = {"type": "Name", "url": f"/services/data/v59.0/sobjects/User/{BOB}"}
    assert record["Owner"] == {"attributes": attributes, "Name": "Bob", "Type": "User"}


def test_type_of_holds_the_fields_of_its_branch(ask: Ask) -> None:
    text = "SELECT TYPEOF What WHEN Account THEN Name, Owner.Name WHEN Opportunity THEN Amount ELSE Name END FROM Task"
    account, case, nothing = (record["What"] for record in ask(text))
    assert account == {
        "attributes": url("Account", ACME),
        "Name": "Acme",
        "Owner": {"attributes": url("User", BOB), "Name": "Bob"},
    }
    assert case["attributes"]["url"].endswith(f"/sobjects/Case/{CASE}")
    assert case["Name"] == "1"
    assert nothing is None
    unmatched = ask("SELECT TYPEOF What WHEN Opportunity THEN Amount END FROM Task")
    assert [record["What"] for record in unmatched] == [None, None, None]


def test_children_are_a_result_of_their_own_or_null(ask: Ask) -> None:
    first, second = ask("SELECT Id, (SELECT Name FROM Contacts ORDER BY Name DESC) FROM Account")
    assert first["Contacts"]["totalSize"] == 2
    assert first["Contacts"]["done"] is True
    assert [each["Name"] for each in first["Contacts"]["records"]] == ["Di", "Cy"]
    assert first["Contacts"]["records"][0]["attributes"] == url("Contact", to_18("003000000000002"))
    assert second["Contacts"] is None


def test_deleted_records_show_in_query_all_alone(small: Callable[..., SoqlEngine]) -> None:
    engine = small(ROWS)
    text = "SELECT COUNT() FROM Contact"
    assert engine.query(text).payload() == {"totalSize": 2, "done": True, "records": []}
    assert engine.query(text, include_deleted=True).total_size == 3
    children = engine.query("SELECT Id, (SELECT Id FROM Contacts) FROM Account LIMIT 1", include_deleted=True)
    assert children.records[0]["Contacts"]["totalSize"] == 3


def test_aggregates_are_named_by_alias_or_number(ask: Ask) -> None:
    [record] = ask("SELECT COUNT(Id), MAX(Name) latest, COUNT(Industry), MIN(Name) FROM Account")
    expected = {"attributes": {"type": "AggregateResult"}, "expr0": 2, "latest": "zeta", "expr1": 1, "expr2": "Acme"}
    assert list(record.items()) == list(expected.items())
    [nothing] = ask("SELECT COUNT(Id), SUM(AnnualRevenue), MIN(Name) FROM Account WHERE Name = 'nobody'")
    assert list(nothing.values())[1:] == [0, None, None]


def test_grouped_parents_come_back_flat(ask: Ask) -> None:
    records = ask("SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name")
    assert records == [{"attributes": {"type": "AggregateResult"}, "Name": "Acme", "expr0": 2}]


def test_rollup_ends_with_the_grand_total(ask: Ask) -> None:
    flags = "GROUPING(WhatId) w, GROUPING(OwnerId) o"
    text = f"SELECT WhatId, OwnerId, COUNT(Id) n, {flags} FROM Task GROUP BY {{}}(WhatId, OwnerId)"
    rows = [tuple(record.values())[1:] for record in ask(text.format("ROLLUP"))]
    assert rows == [
        *((None, ANN, 1, 0, 0), (None, None, 1, 0, 1)),
        *((ACME, ANN, 1, 0, 0), (ACME, None, 1, 0, 1)),
        *((CASE, ANN, 1, 0, 0), (CASE, None, 1, 0, 1)),
        (None, None, 3, 1, 1),
    ]
    cube = [tuple(record.values())[1:] for record in ask(text.format("CUBE"))]
    assert set(cube) == {*rows, (None, ANN, 3, 1, 0)}


def test_labels_and_formats(ask: Ask) -> None:
    [record] = ask(
        "SELECT FORMAT(AnnualRevenue) r, FORMAT(CreatedDate), toLabel(Industry) FROM Account WHERE Name = 'Acme'"
    )
    assert list(record.items())[1:] == [("r", "$1,234.50"), ("CreatedDate", "5/31/2023, 4:30 PM"), ("Industry", None)]


def test_date_functions_count_in_utc_unless_told_otherwise(ask: Ask) -> None:
    text = "SELECT {0} d, COUNT(Id) n FROM Account WHERE CreatedDate != null GROUP BY {0}"
    assert ask(text.format("HOUR_IN_DAY(CreatedDate)"))[0]["d"] == 23
    assert ask(text.format("HOUR_IN_DAY(convertTimezone(CreatedDate))"))[0]["d"] == 16
    assert ask(text.format("DAY_ONLY(CreatedDate)"))[0]["d"] == "2023-05-31"


def test_fields_stand_for_all_fields(ask: Ask) -> None:
    [record] = ask("SELECT FIELDS(ALL) FROM Account LIMIT 1")
    assert {"Id", "Name", "Active__c", "SystemModstamp"} <= record.keys()
    [custom] = ask("SELECT Id, FIELDS(CUSTOM) FROM Account LIMIT 1")
    assert list(custom) == ["attributes", "Id", "Code__c", "Regions__c", "Active__c"]


def test_scope_mine_is_the_running_users(ask: Ask) -> None:
    assert [each["Id"] for each in ask("SELECT Id FROM Task USING SCOPE mine")] == TASKS
    assert ask("SELECT Id FROM Account USING SCOPE mine") == []
    with pytest.raises(SalesforceError) as caught:
        ask("SELECT Id FROM User USING SCOPE mine")
    assert caught.value.code == "INVALID_QUERY_SCOPE"


def test_ids_are_found_by_15_characters_and_by_18_in_any_case(ask: Ask) -> None:
    for text in (ACME, ACME[:15], ACME.lower()):
        assert [each["Id"] for each in ask(f"SELECT Id FROM Account WHERE Id = '{text}'")] == [ACME]


def test_more_groups_than_a_batch(small: Callable[..., SoqlEngine]) -> None:
    rows = [{"Id": to_18(f"001{n:012d}"), "Name": f"n{n}"} for n in range(2_001)]
    engine = small({"Account": rows})
    with pytest.raises(SalesforceError) as caught:
        engine.query("SELECT Name, COUNT(Id) FROM Account GROUP BY Name")
    assert caught.value.code == "EXCEEDED_ID_LIMIT"
    assert engine.query("SELECT Name, COUNT(Id) FROM Account GROUP BY Name LIMIT 2000").total_size == 2_000


def test_versions_stand_in_the_urls(small: Callable[..., SoqlEngine]) -> None:
    [record] = small(ROWS).query("SELECT Owner.Name FROM Account WHERE Name = 'Acme'", version="61.0").records
    assert record["attributes"]["url"].startswith("/services/data/v61.0/")
    assert record["Owner"]["attributes"]["url"].startswith("/services/data/v61.0/")
