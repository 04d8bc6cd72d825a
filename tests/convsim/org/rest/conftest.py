"""A small org of known rows, in a real store, for the REST API and its clients."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from simple_salesforce import Salesforce

from convsim.org.ids import to_18
from convsim.org.org import Org, Session
from convsim.org.rest.sessions import Credentials
from convsim.org.schema.load import load_schema
from convsim.org.soql.clock import SessionClock
from convsim.org.store import Store, build_store

CREATED = "2024-01-02T03:04:05.000+0000"
CASES = 4_500


def an_id(prefix: str, number: int) -> str:
    return to_18(f"{prefix}Aa{number:010d}")


def accounts() -> list[dict[str, Any]]:
    facts = [
        ("Acme Corporation", "Technology", 120, "Makes anvils. Ask for Wile-E.", "X-1"),
        ("Acme Labs", "Technology", 30, None, "X-2"),
        ("Globex", "Energy", 4_000, "Power for Springfield", "X-2"),
        ("Café Müller", "Retail", 7, "Kaffee & Kuchen", "a b"),
    ]
    return [
        {
            **{"Id": an_id("001", n), "Name": name, "Industry": industry, "NumberOfEmployees": size},
            **{"Description": text, "External_ID__c": key, "Phone": f"(415) 555-010{n}"},
            **{"OwnerId": an_id("005", 1), "CreatedDate": CREATED},
        }
        for n, (name, industry, size, text, key) in enumerate(facts, 1)
    ]


def contacts() -> list[dict[str, Any]]:
    names = [("Dana", "Whitfield", 1), ("Jo", "Whitman", 1), ("Ana", "O'Brien", 2), ("Zoë", "Grün", 4)]
    return [
        {
            **{"Id": an_id("003", n), "FirstName": first, "LastName": last, "Name": f"{first} {last}"},
            **{"Email": f"{first.lower()}@acme{account}.example", "Phone": f"+1 212 555 01{n:02d}"},
            **{"AccountId": an_id("001", account), "CreatedDate": CREATED},
        }
        for n, (first, last, account) in enumerate(names, 1)
    ]


def cases() -> list[dict[str, Any]]:
    return [
        {
            **{"Id": an_id("500", n), "CaseNumber": f"{n:08d}", "Subject": f"Ticket {n}", "Status": "New"},
            **{"Description": "The anvil is broken" if n == 7 else None, "AccountId": an_id("001", 1 + n % 3)},
            **{"OwnerId": an_id("005", 1), "CreatedDate": CREATED, "IsDeleted": n == CASES},
        }
        for n in range(1, CASES + 1)
    ]


def users() -> list[dict[str, Any]]:
    return [
        {
            **{"Id": an_id("005", n), "FirstName": first, "LastName": "Agent", "Name": f"{first} Agent"},
            **{"Email": f"{first.lower()}@example.com", "Username": f"{first.lower()}@example.com"},
            **{"IsActive": n != 1, "CreatedDate": CREATED},
        }
        for n, first in enumerate(["Gone", "Ada", "Bo"], 1)
    ]


def articles() -> list[dict[str, Any]]:
    facts = [("Anvil care", "Keep your anvil dry", "Online"), ("Anvil draft", "Not for readers: anvil", "Draft")]
    return [
        {
            **{"Id": an_id("ka0", n), "Title": title, "Summary": text, "PublishStatus": status, "Language": "en_US"},
            "CreatedDate": CREATED,
        }
        for n, (title, text, status) in enumerate(facts, 1)
    ]


@pytest.fixture(scope="session")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    schema = load_schema(Path(__file__).parent / "schema")
    path = tmp_path_factory.mktemp("org") / "records.sqlite"
    rows = {
        **{"Account": accounts(), "Contact": contacts(), "Case": cases(), "User": users()},
        **{
            "Knowledge__kav": articles(),
            "Setting__c": [{"Id": an_id("a00", 1), "Name": "anvil", "CreatedDate": CREATED}],
        },
    }
    build_store(path, schema, rows)
    store = Store(path, schema)
    clock = SessionClock(datetime(2024, 6, 1, 12, tzinfo=UTC), time_zone="UTC")
    credentials = Credentials("admin@small.example", "pass<&>word", "TOKEN", "key", "secret")
    yield Org(
        **{"name": "small", "schema": schema, "store": store, "clock": clock},
        **{"content_hash": "0123456789abcdef", "credentials": credentials},
    )
    store.close()


@pytest.fixture
def session(org: Org) -> Iterator[Session]:
    opened = org.open_session()
    yield opened
    opened.close()


@pytest.fixture
def salesforce(session: Session) -> Salesforce:
    return session.salesforce


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of two users, as a person would write it."""
    monkeypatch.setenv("CONVSIM_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "mine"
    copytree(Path(__file__).parent / "schema", made / "schema")
    (made / "records").mkdir()
    (made / "org.yaml").write_text("name: mine\nnow: 2024-06-01T12:00:00+00:00\nuser: bo@example.com\n")
    users = [
        {"Id": key, "FirstName": name, "LastName": "Agent", "Name": f"{name} Agent", "IsActive": True}
        | {"Username": f"{name.lower()}@example.com", "CreatedDate": "2024-01-01T00:00:00.000+0000"}
        for key, name in zip([an_id("005", 1), an_id("005", 2)], ["Ada", "Bo"], strict=True)
    ]
    (made / "records" / "User.jsonl").write_text("\n".join(map(json.dumps, users)) + "\n")
    return made
