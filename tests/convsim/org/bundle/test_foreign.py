"""Bundles that people write: read into a store, and every mistake told with its place."""

from datetime import date
from pathlib import Path

import pytest

from convsim.errors import ConfigError
from convsim.org.bundle import open_bundle
from convsim.org.org import Org
from personas.errors import SourceError


def test_a_bundle_opens(folder: Path, cache: Path) -> None:
    bundle = open_bundle(folder, cache=cache)
    assert (bundle.name, bundle.clock.today, bundle.clock.time_zone) == ("harbor", date(2024, 3, 5), "Europe/Berlin")
    assert (bundle.clock.week_start, bundle.clock.fiscal_month) == (0, 4)
    assert bundle.clock.user_id == "005000000000001AAA"
    assert bundle.latent_path is None
    assert bundle.store.select('SELECT "Id", "Seen__c", "Sold__c", "Length__c" FROM "Boat__c" ORDER BY "Id"') == [
        ("a0B000000000001EAA", "2024-03-01T08:30:00.000+0000", 0, 7.5),
        ("a0B000000000002EAA", "2024-03-02T09:30:00.000+0000", 0, None),
    ]


def test_the_same_content_is_built_once(folder: Path, cache: Path) -> None:
    first = open_bundle(folder, cache=cache)
    stamp = first.store_path.stat().st_mtime_ns
    assert open_bundle(folder, cache=cache).store_path.stat().st_mtime_ns == stamp
    (folder / "records" / "Boat__c.jsonl").write_text("")
    other = open_bundle(folder, cache=cache)
    assert other.content_hash != first.content_hash
    assert other.store.select('SELECT count(*) FROM "Boat__c"') == [(0,)]


def test_the_folder_itself_is_left_alone(folder: Path, cache: Path) -> None:
    before = sorted(folder.rglob("*"))
    open_bundle(folder, cache=cache)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"Id": "a0B123"}', "Id is 'a0B123'"),
        ('{"Name": "Gull"}', "no Id"),
        ('{"Id": "a0B000000000002EAA"}', "appears twice"),
        ('{"Id": "a0B000000000003EAA", "Lenght__c": 4}', "unknown field 'Lenght__c'; did you mean 'Length__c'?"),
        ('{"Id": "a0B000000000003EAA", "Length__c": "4"}', "Length__c is '4'; a number, without quotes"),
        ('{"Id": "a0B000000000003EAA", "Berths__c": 2.5}', "Berths__c is 2.5; a whole number"),
        ('{"Id": "a0B000000000003EAA", "Sold__c": "no"}', "Sold__c is 'no'; true or false"),
        ('{"Id": "a0B000000000003EAA", "Launched__c": "May 1999"}', "Launched__c is 'May 1999'; a date such as"),
        ('{"Id": "a0B000000000003EAA", "Seen__c": "2024-03-02T09:30:00"}', "a moment with its zone"),
        ('{"Id": "a0B000000000003EAA", "Name": 7}', "Name is 7; text in quotes"),
        ('{"Id": "a0B000000000003EAA", ', "not readable as JSON"),
        ('["a"]', "not a JSON object"),
    ],
)
def test_a_mistake_in_a_record_is_told_with_file_and_line(folder: Path, cache: Path, line: str, told: str) -> None:
    file = folder / "records" / "Boat__c.jsonl"
    file.write_text(file.read_text() + line + "\n")
    with pytest.raises(SourceError) as raised:
        open_bundle(folder, cache=cache)
    assert told in str(raised.value)
    assert str(raised.value).startswith(f"{file}:4: ")
    assert not list(cache.glob("bundle-*"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("fiscal_month: 4", "fiscal_month: 13", ":6: fiscal_month is 13; 1 to 12"),
        ("+00:00", "", ":2: now is '2024-03-05T12:00:00'; a moment with its zone"),
        ("name: harbor\n", "", "key 'name' is missing"),
        ("locale: de_DE", "locall: de_DE", ":5: unknown key 'locall'"),
    ],
)
def test_a_mistake_in_the_org_sheet_is_told(folder: Path, cache: Path, old: str, new: str, told: str) -> None:
    sheet = folder / "org.yaml"
    sheet.write_text(sheet.read_text().replace(old, new))
    with pytest.raises(SourceError) as raised:
        open_bundle(folder, cache=cache)
    assert told in str(raised.value)


def test_a_file_named_after_no_object_is_told(folder: Path, cache: Path) -> None:
    (folder / "records" / "Boats__c.jsonl").write_text("")
    with pytest.raises(SourceError, match=r"no object is named 'Boats__c'; did you mean 'Boat__c'\?"):
        open_bundle(folder, cache=cache)


def test_a_folder_without_an_org_sheet_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is no bundle: it has no org\.yaml"):
        open_bundle(tmp_path)


def test_an_unknown_user_is_told(folder: Path, cache: Path) -> None:
    sheet = folder / "org.yaml"
    sheet.write_text(sheet.read_text().replace("ada@", "bob@"))
    with pytest.raises(ConfigError, match=r"user 'bob@harbor\.example' .* is not among the records"):
        _ = open_bundle(folder, cache=cache).clock


def test_sensitivity_of_a_bundle(folder: Path, cache: Path) -> None:
    file = folder / "sensitivity.yaml"
    file.write_text("Boat__c:\n  Name: personal\n  Length__c: {class: internal, entitled: [partner, employee]}\n")
    rules = open_bundle(folder, cache=cache).sensitivity
    assert [(each.field, each.kind, each.entitled) for each in rules] == [
        ("Name", "personal", ("self", "delegate", "employee")),
        ("Length__c", "internal", ("partner", "employee")),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Boot__c:\n  Name: personal\n", ":1: unknown object 'Boot__c'"),
        ("Boat__c:\n  Nam: personal\n", ":2: unknown field 'Nam' of Boat__c"),
        ("Boat__c:\n  Name: secret\n", ":2: class 'secret' of Name; classes are personal, internal, company"),
        ("Boat__c:\n  Name: {class: personal, entitled: [me]}\n", ":2: entitled 'me'; choose from self"),
        ("Boat__c:\n  Name: {entitled: [self]}\n", ":2: key 'class' is missing"),
        ("Boat__c: personal\n", ":1: 'Boat__c' is not a mapping"),
    ],
)
def test_a_mistake_in_sensitivity_is_told(folder: Path, cache: Path, text: str, told: str) -> None:
    (folder / "sensitivity.yaml").write_text(text)
    with pytest.raises(SourceError) as raised:
        open_bundle(folder, cache=cache)
    assert told in str(raised.value)


def test_a_bundles_own_rules_reach_its_transcripts(folder: Path, cache: Path) -> None:
    assert open_bundle(folder, cache=cache).own_rules == {}
    (folder / "sensitivity.yaml").write_text("Boat__c:\n  Berths__c: internal\n  Name: personal\n")
    own = open_bundle(folder, cache=cache)
    assert own.own_rules == {"Boat__c": {"Berths__c": "internal", "Name": "personal"}}
    assert Org.of(own).sensitive == own.own_rules
    assert Org.generated("b2b", scale=0.1).sensitive == {}
