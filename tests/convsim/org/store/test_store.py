"""The store: what goes in comes out in wire format, the file is replaced whole, and nobody can write to it."""

import sqlite3
import threading
from pathlib import Path

import pytest

from convsim.errors import ConfigError
from convsim.org.ids import normal_id, to_18
from convsim.org.layout import search_base
from convsim.org.schema.load import load_schema
from convsim.org.schema.model import Schema
from convsim.org.store import Store, build_store

OBJECTS = Path(__file__).parents[1] / "soql" / "objects"
OWNER = to_18("005000000000001")
ACCOUNT = to_18("001000000000001")
CASE = to_18("500000000000001")
ROWS = {
    "User": [{"Id": OWNER, "Name": "Zoë Ångström", "Email": "zoe@example.com", "IsActive": True}],
    "Account": [{"Id": ACCOUNT, "Name": "ACME", "Phone": "(415) 555-1212", "Industry": "Banking", "AnnualRevenue": 5}],
    "Case": [
        {
            "Id": CASE,
            "CaseNumber": "00001",
            "Subject": "",
            "Status": "Escalated",
            "OwnerId": OWNER,
            "Description": "the light-blue lamp blinks",
            "CreatedDate": "2024-11-07T07:00:00.000+0000",
        },
        {"Id": to_18("500000000000002"), "Description": "lamp", "IsDeleted": True},
    ],
}


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load_schema(OBJECTS)


@pytest.fixture
def store(tmp_path: Path, schema: Schema) -> Store:
    build_store(tmp_path / "org.db", schema, ROWS)
    return Store(tmp_path / "org.db", schema)


def test_values_come_back_in_wire_format(store: Store) -> None:
    sql = 'SELECT "Subject", "IsDeleted", "LastModifiedDate", "SystemModstamp", "Status#" FROM "Case" WHERE "Id" = ?'
    day = "2024-11-07T07:00:00.000+0000"
    assert store.select(sql, (CASE,)) == [(None, 0, day, day, 2)]
    assert store.select('SELECT "Name~", "AnnualRevenue" FROM "Account"') == [("acme", 5.0)]
    assert store.select('SELECT "Name~" FROM "User"') == [("zoë ångström",)]


def test_name_holds_the_parents_of_polymorphic_references(store: Store) -> None:
    rows = store.select('SELECT "Id", "Type", "Name", "Name~", "Email", "IsActive" FROM "Name" ORDER BY "Type"')
    assert rows[0] == (ACCOUNT, "Account", "ACME", "acme", None, 1)
    assert rows[-1] == (OWNER, "User", "Zoë Ångström", "zoë ångström", "zoe@example.com", 1)


@pytest.mark.parametrize(
    ("expression", "found"),
    [("lamp", [CASE]), ('"light blue"', [CASE]), ("name : lamp", []), ("body : blinks", [CASE]), ("00001", [CASE])],
)
def test_text_is_found_and_deleted_records_are_not(store: Store, expression: str, found: list[str]) -> None:
    base = search_base(store.schema, store.schema.object("Case") or pytest.fail("no Case"))
    sql = 'SELECT t."Id" FROM search JOIN "Case" t ON t.rowid = search.rowid - ? WHERE search MATCH ?'
    assert [row[0] for row in store.select(sql, (base, expression))] == found


def test_phones_are_found_by_their_digits(store: Store) -> None:
    assert store.select("SELECT count(*) FROM search WHERE search MATCH 'phone : 4155551212'") == [(1,)]


def test_nobody_can_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError):
        store.connection().execute('DELETE FROM "Case"')


def test_threads_share_the_store(store: Store) -> None:
    counts: list[int] = []

    def count() -> None:
        counts.extend(store.select('SELECT count(*) FROM "Case"')[0])

    threads = [threading.Thread(target=count) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    store.close()
    assert counts == [2] * 8


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"Acount": []}, "did you mean 'Account'"),
        ({"case": []}, "unknown object 'case'"),
        ({"Case": [{"Id": CASE, "Subjct": "x"}]}, "did you mean 'Subject'"),
        ({"Case": [{"Subject": "x"}]}, "has no Id"),
        ({"Case": [{"Id": CASE}, {"Id": CASE}]}, "an Id of its own"),
    ],
)
def test_rows_that_cannot_be_stored(
    tmp_path: Path, schema: Schema, rows: dict[str, list[dict[str, str]]], words: str
) -> None:
    build_store(tmp_path / "org.db", schema, ROWS)
    before = (tmp_path / "org.db").read_bytes()
    with pytest.raises(ConfigError, match=words):
        build_store(tmp_path / "org.db", schema, rows)
    assert (tmp_path / "org.db").read_bytes() == before


def test_files_that_are_no_store(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        Store(tmp_path / "none.db", schema)
    (tmp_path / "text.db").write_text("no database at all" * 100)
    with pytest.raises(ConfigError, match="not readable"):
        Store(tmp_path / "text.db", schema)
    other = sqlite3.connect(tmp_path / "other.db")
    other.executescript("CREATE TABLE x(y); PRAGMA user_version=99;")
    other.close()
    with pytest.raises(ConfigError, match="format 99"):
        Store(tmp_path / "other.db", schema)


def test_the_same_rows_give_the_same_file(tmp_path: Path, schema: Schema) -> None:
    for name in ("a.db", "b.db"):
        build_store(tmp_path / name, schema, ROWS)
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


def test_ids() -> None:
    assert normal_id("001D000000IqhSL") == "001D000000IqhSLIAZ"
    assert normal_id("001d000000iqhsliaz") == "001D000000IqhSLIAZ"
    assert normal_id("001D000000IqhSLIAZ") == "001D000000IqhSLIAZ"
    assert [normal_id(text) for text in ("abc", "", "001D000000IqhSL\n", "001D000000IqhS-", "111D000000IqhSL999")] == [
        None
    ] * 5


def test_the_order_of_the_rows_given_does_not_matter(tmp_path: Path, schema: Schema) -> None:
    rows = [{"Id": to_18(f"00100000000000{each}"), "Name": each} for each in "cab"]
    found = []
    for number, given in enumerate([rows, rows[::-1]]):
        build_store(tmp_path / f"{number}.sqlite", schema, {"Account": given})
        store = Store(tmp_path / f"{number}.sqlite", schema)
        found.append(store.select('SELECT rowid, "Name" FROM "Account" ORDER BY rowid'))
        store.close()
    assert found[0] == found[1] == [(1, "a"), (2, "b"), (3, "c")]
