"""What real orgs describe and a bundle does not know: other types, missing names, prefixes, unlisted values."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from convsim.errors import ConfigError
from convsim.org.lint.bundle import findings
from convsim.org.org import Org
from convsim.org.pull.columns import child_names, columns_of, object_file
from convsim.org.pull.pull import _prefixes, pull
from convsim.org.pull.source import Source
from convsim.org.schema.load import load_schema


def described(org: Org, name: str = "Contact", **changes: Any) -> dict[str, Any]:
    found = dict(getattr(org.connect(), name).describe())
    return {**found, "fields": [*found["fields"], *changes.pop("fields", ())], **changes}


def field(org: Org, **changes: Any) -> dict[str, Any]:
    base = next(each for each in described(org)["fields"] if each["name"] == "Email")
    return {**base, **changes}


def test_types_that_a_bundle_does_not_know(org: Org, tmp_path: Path) -> None:
    more = [
        field(org, name="MailingAddress", type="address"),
        field(org, name="Photo", type="base64"),
        field(org, name="Secret__c", type="encryptedstring", length=20),
        field(org, name="pkg__Big__c", type="long", precision=0, scale=0),
        field(org, name="Odd", type="anyType"),
        field(org, name="Loose", type="reference", referenceTo=[], relationshipName=None),
        field(org, name="Twin", type="reference", referenceTo=["Account"], relationshipName=None),
    ]
    whole = described(org, fields=more)
    columns = columns_of(whole)
    assert columns.left_out == ("MailingAddress", "Photo")
    text = object_file(whole, columns, pulled=["Contact"], children={"AccountId": "Contacts"}, prefix="003")
    (tmp_path / "Contact.yaml").write_text(text)
    contact = load_schema(tmp_path).object("Contact")
    assert contact is not None
    kinds = {name: contact.field(name).type for name in ("Secret__c", "pkg__Big__c", "Odd", "Loose")}  # type: ignore[union-attr]
    assert kinds == {"Secret__c": "string", "pkg__Big__c": "int", "Odd": "string", "Loose": "string"}
    twin = contact.field("Twin")
    assert twin is not None
    assert twin.relationship is None
    assert [each.name for each in contact.fields] == [each["name"] for each in columns.fields]
    assert yaml.safe_load(text)["absent"] == ["Account", "User"]


def test_children_are_named_by_their_parents(org: Org) -> None:
    names = child_names([described(org, "Account"), described(org, "Case")])
    assert names["Contact"]["AccountId"] == "Contacts"
    assert names["CaseHistory__c"] == {"CaseId__c": "CaseHistories__r"}


def test_prefixes_that_the_org_does_not_tell(org: Org) -> None:
    source = Source(org.connect())
    contact, case = described(org, keyPrefix=None), described(org, "Case")
    assert _prefixes(source, {"Contact": contact, "Case": case}) == {"Contact": "003", "Case": "500"}
    with pytest.raises(ConfigError, match="Case and Contact share the key prefix 003: leave one of them out"):
        _prefixes(source, {"Case": {**case, "keyPrefix": "003"}, "Contact": contact})


def test_values_that_the_setup_does_not_list(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shutil import copytree

    monkeypatch.setenv("CONVSIM_CACHE", str(tmp_path / "cache"))
    copytree(folder, tmp_path / "source")
    file = tmp_path / "source" / "records" / "Case.jsonl"
    file.write_text(file.read_text().replace('"Status":"Closed"', '"Status":"Shelved"', 3))
    source = Org.open(tmp_path / "source")
    pull(source.connect(), tmp_path / "pulled", objects=["Case"])
    assert [str(each.told) for each in findings(tmp_path / "pulled")] == []
    pulled = Org.open(tmp_path / "pulled").connect()
    status = next(each for each in pulled.Case.describe()["fields"] if each["name"] == "Status")
    assert [each["value"] for each in status["picklistValues"]][-1] == "Shelved"
    query = "SELECT Id, Status FROM Case ORDER BY Status, Id"
    assert pulled.query(query) == source.connect().query(query)
