"""Object files: what a short file means, and how a mistake is told."""

from pathlib import Path

import pytest

from convsim.org.schema.load import load_schema
from personas.errors import SourceError

ACCOUNT = """name: Account
prefix: "001"
fields:
  - {name: Name, type: string, name_field: true}
  - {name: Description, type: textarea}
  - {name: ParentId, type: reference, to: [Account], children: ChildAccounts}
  - {name: Tags__c, type: multipicklist, values: [A, B]}
"""


def load(tmp_path: Path, *texts: str) -> object:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text)
    return load_schema(tmp_path)


def test_defaults(tmp_path: Path) -> None:
    (tmp_path / "Account.yaml").write_text(ACCOUNT)
    schema = load_schema(tmp_path)
    account = schema.object("ACCOUNT")
    assert account is not None
    assert account.fields[0].name == "Id"
    assert {"IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp"} <= {each.name for each in account.fields}
    description, tags, parent = account.field("description"), account.field("tags__C"), account.parent("parent")
    assert description is not None
    assert (description.length, description.filterable, description.sortable) == (32000, False, False)
    assert tags is not None
    assert (tags.filterable, tags.sortable, tags.groupable, tags.custom) == (True, False, False, True)
    assert parent is not None
    assert schema.parent_of(parent) is account
    child = account.child("childaccounts")
    assert child is not None
    assert (child.child, child.field) == ("Account", "ParentId")


def test_polymorphic_references_reach_name(tmp_path: Path) -> None:
    task = (
        'name: Task\nprefix: "00T"\nabsent: [Group]\nfields:\n'
        "  - {name: OwnerId, type: reference, to: [Group, Account], children: Tasks}\n"
    )
    for name, text in (("Account", ACCOUNT), ("Task", task)):
        (tmp_path / f"{name}.yaml").write_text(text)
    schema = load_schema(tmp_path)
    owner = (schema.object("task") or pytest.fail("no Task")).parent("owner")
    assert owner is not None
    assert schema.parent_of(owner) is schema.name
    assert [each.name for each in schema.name_targets()] == ["Account"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("type: textarea", "type: txt", 5, "types are id, string"),
        ("name: Description, ", "", 5, "key 'name' is missing"),
        ("name_field: true", "name_fild: true", 4, "unknown key 'name_fild'"),
        ("name_field: true", "name_field: maybe", 4, "true or false"),
        ("to: [Account]", "to: [Acount]", 6, "unknown object 'Acount'"),
        ("to: [Account], ", "", 6, "belongs to references"),
        ("name: Description", "name: De scription", 5, "letters, digits"),
        ("name: Description", "name: Name", 4, "appears twice"),
        ("name: Description, type: textarea", "name: Description, type: textarea, length: -1", 5, "whole number"),
        ('"001"', "'01'", 2, "three letters or digits"),
        ("values: [A, B]", "values: A", 7, "list of texts"),
        ("fields:", "fields: [", 4, "not readable as YAML"),
        ("name: Account\n", "- x\n", None, "YAML"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, old: str, new: str, line: int | None, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        load(tmp_path, ACCOUNT.replace(old, new, 1))
    assert line is None or caught.value.line == line


def test_mistakes_across_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="described twice"):
        load(tmp_path, ACCOUNT, ACCOUNT)
    with pytest.raises(SourceError, match="both have prefix"):
        load(tmp_path, ACCOUNT, ACCOUNT.replace("name: Account", "name: Other"))
    with pytest.raises(SourceError, match="no object files"):
        load_schema(tmp_path / "none")


def test_names_of_packages_and_references_without_a_name(tmp_path: Path) -> None:
    more = (
        "  - {name: pkg__Rank__c, type: int}\n  - {name: TwinId, type: reference, to: [Account], relationship: null}\n"
    )
    (tmp_path / "Account.yaml").write_text(ACCOUNT + more)
    account = load_schema(tmp_path).object("Account")
    assert account is not None
    rank, twin = account.field("PKG__rank__c"), account.field("TwinId")
    assert rank is not None
    assert rank.custom
    assert twin is not None
    assert twin.relationship is None
    assert account.parent("Twin") is None
