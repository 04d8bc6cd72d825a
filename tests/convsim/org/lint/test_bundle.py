"""All mistakes of a bundle at once, each with file, line and remedy."""

import json
from pathlib import Path
from typing import Any

import pytest

from convsim.errors import ConfigError
from convsim.org.ids import to_18
from convsim.org.lint.bundle import findings
from convsim.org.org import Org

ACCOUNT = """\
name: Account
prefix: "001"
fields:
  - {name: Name, type: string, length: 20, name_field: true}
  - {name: Rating, type: picklist, values: [Hot, Warm, Cold]}
  - {name: Tags, type: multipicklist, values: [a, b]}
  - {name: Key__c, type: string, unique: true}
  - {name: Size, type: int}
  - {name: Since, type: date}
  - {name: Active, type: boolean}
  - {name: OwnerId, type: reference, to: [User], children: Accounts}
"""
USER = """\
name: User
prefix: "005"
fields:
  - {name: Name, type: string, name_field: true}
  - {name: Username, type: string}
  - {name: IsActive, type: boolean}
"""


def an_id(prefix: str, number: int) -> str:
    return to_18(f"{prefix}Aa{number:010d}")


def account(number: int, **values: Any) -> dict[str, Any]:
    return {"Id": an_id("001", number), "Name": f"A {number}", "OwnerId": an_id("005", 1), **values}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSIM_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "mine"
    (made / "schema").mkdir(parents=True)
    (made / "records").mkdir()
    (made / "org.yaml").write_text("name: mine\nnow: 2024-06-01T12:00:00+00:00\nuser: ada@example.com\n")
    (made / "schema" / "Account.yaml").write_text(ACCOUNT)
    (made / "schema" / "User.yaml").write_text(USER)
    write(made, "User", {"Id": an_id("005", 1), "Name": "Ada", "Username": "ada@example.com", "IsActive": True})
    write(made, "Account", account(1), account(2, Rating="warm", Tags="b;a", Size=3, Since="2024-01-31", Active=True))
    return made


def write(folder: Path, name: str, *records: dict[str, Any] | str) -> None:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in records]
    (folder / "records" / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def told(folder: Path) -> list[str]:
    return [str(each.told).removeprefix(f"{folder}/") for each in findings(folder)]


def test_a_good_bundle_has_none(folder: Path) -> None:
    assert told(folder) == []
    assert Org.open(folder).connect().query("SELECT Id FROM Account")["totalSize"] == 2


def test_every_mistake_of_records_is_told(folder: Path) -> None:
    write(
        folder, "Account",
        account(1),
        "{not json",
        "[]",
        {"Name": "nobody"},
        account(1),
        account(3, Id="001"),
        account(4, Id=an_id("003", 4)),
        account(5, Rating="Hott", Since="2024-02-30", Size="3", Active="yes"),
        account(6, Tags="a;c", Name="x" * 21, Nmae="y"),
        account(7, Key__c="K"),
        account(8, Key__c="k"),
        account(9, OwnerId=an_id("005", 9)),
        account(10, OwnerId=an_id("001", 1)),
        account(11, OwnerId="none"),
    )  # fmt: skip
    at = "records/Account.jsonl:"
    expected = [
        (2, "not readable as JSON", ""),
        (3, "not a JSON object", 'write {"Id": "...", ...}'),
        (4, "no Id", "give every record an 18-character Id"),
        (5, f"Id '{an_id('001', 1)}' appears twice", "give each record its own"),
        (6, "Id is '001'", "an id has 15 or 18 letters and digits"),
        (7, f"Id '{an_id('003', 4)}'", "ids of Account begin with 001"),
        (8, "Rating is 'Hott'", "'Hott' is no value of it: did you mean 'Hot'?"),
        (8, "Since is '2024-02-30'", "a date such as 2024-11-07"),
        (8, "Size is '3'", "a whole number, without quotes"),
        (8, "Active is 'yes'", "true or false, without quotes"),
        (9, "Tags is 'a;c'", "'c' is no value of it"),
        (9, "Name is 'xxx", "at most 20 characters, these are 21"),
        (9, "unknown field 'Nmae'", "did you mean 'Name'?"),
        (11, "Key__c 'k' appears twice", "it is unique"),
        (12, f"OwnerId is '{an_id('005', 9)}', which is no record of User here", "add the record"),
        (13, f"OwnerId is '{an_id('001', 1)}', a record of Account", "it refers to User"),
        (14, "OwnerId is 'none'", "an id has 15 or 18 letters and digits"),
    ]
    found = told(folder)
    assert len(found) == len(expected), found
    for line, what, remedy in expected:
        assert any(each.startswith(f"{at}{line}: {what}") and remedy in each for each in found), (line, what, found)
    warnings = [each.told.line for each in findings(folder) if each.warning]
    assert warnings == [12]


def test_every_mistake_of_object_files_is_told(folder: Path) -> None:
    text = (
        ACCOUNT.replace("type: int", "type: integer")
        .replace("to: [User]", "to: [User, Usr]")
        .replace("length: 20", "length: -2")
    )
    (folder / "schema" / "Account.yaml").write_text(text)
    (folder / "schema" / "User.yaml").write_text(USER + "  - {name: Boss, type: reference, to: [Usr]}\n")
    (folder / "schema" / "Case.yml").write_text("name: Case\n")
    (folder / "schema" / "Lead.yaml").write_text("name: Lead\nprefix: 00Q\nfields: [\n")
    write(folder, "Lead", {"Id": "x"})
    write(folder, "Cse", {"Id": "x"})
    (folder / "records" / "Account.csv").write_text("Id\n")
    found = told(folder)
    expected = [
        ("schema/Case.yml", "rename it to Case.yaml"),
        ("schema/Account.yaml:4", "'length' is -2"),
        ("schema/Account.yaml:8", "field type 'integer'"),
        ("schema/Lead.yaml:4", "not readable as YAML"),
        ("schema/User.yaml:7", "unknown object 'Usr'"),
        ("records/Account.csv", "name it OBJECT.jsonl"),
        ("records/Cse.jsonl", "no object is named 'Cse'"),
    ]
    for place, what in expected:
        assert any(each.startswith(place) and what in each for each in found), (place, found)
    assert len(found) == len(expected), found


def test_objects_that_do_not_go_together(folder: Path) -> None:
    (folder / "schema" / "Lead.yaml").write_text(
        'name: Lead\nprefix: "005"\nfields:\n'
        "  - {name: OwnerId, type: reference, to: [User], children: Accounts}\n"
        "  - {name: OtherId, type: reference, to: [Group]}\n"
    )
    found = told(folder)
    assert len(found) == 3
    assert "unknown object 'Group'" in found[0]
    assert "both have prefix '005'" in found[1]
    assert "2 child relationships 'accounts'" in found[2]


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("name: mine\n", "key 'now' is missing"),
        ("name: mine\nnow: yesterday\n", "a moment with its zone"),
        ("name: mine\nnow: 2024-06-01T12:00:00+00:00\ntime_zone: Mars\n", "unknown time zone 'Mars'"),
        ("name: mine\nnow: 2024-06-01T12:00:00+00:00\nuser: bo@example.com\n", "user 'bo@example.com' is not among"),
        ("name: mine\nnow: 2024-06-01T12:00:00+00:00\nfiscal_month: 13\n", "1 to 12"),
    ],
)
def test_the_sheet(folder: Path, sheet: str, said: str) -> None:
    (folder / "org.yaml").write_text(sheet)
    found = told(folder)
    assert len(found) == 1
    assert said in found[0]


def test_every_mistake_of_the_sensitivity_is_told(folder: Path) -> None:
    (folder / "sensitivity.yaml").write_text(
        "Account:\n  Nmae: personal\n  Name: secret\n  Size: {class: internal, entitled: [boss]}\n"
        "Acount:\n  Name: personal\nUser: personal\n"
    )
    found = told(folder)
    said = ["unknown field 'Nmae'", "class 'secret'", "entitled 'boss'", "unknown object 'Acount'", "not a mapping"]
    assert len(found) == len(said), found
    for line, (each, what) in zip([2, 3, 4, 5, 7], zip(found, said, strict=True), strict=True):
        assert each.startswith(f"sensitivity.yaml:{line}: ")
        assert what in each


def test_folders_that_are_no_bundle(tmp_path: Path, folder: Path) -> None:
    for place, said in [(tmp_path, "is no bundle"), (tmp_path / "none", "is no folder")]:
        with pytest.raises(ConfigError, match=said):
            list(findings(place))
    (folder / ".pull.json").write_text("{}")
    with pytest.raises(ConfigError, match="unfinished pull"):
        list(findings(folder))
    generated = Org.generated("b2b", scale=0.05).folder
    assert generated is not None
    with pytest.raises(ConfigError, match="is a generated org"):
        list(findings(generated))


def test_records_without_a_file_are_a_warning(folder: Path) -> None:
    for file in (folder / "records").iterdir():
        file.unlink()
    (folder / "org.yaml").write_text("name: mine\nnow: 2024-06-01T12:00:00+00:00\n")
    (only,) = findings(folder)
    assert only.warning
    assert "no record files" in str(only.told)
