"""A small bundle that a person could have written, and a cache for built orgs."""

from pathlib import Path

import pytest

ORG = """\
name: harbor
now: "2024-03-05T12:00:00+00:00"
user: ada@harbor.example
time_zone: Europe/Berlin
locale: de_DE
fiscal_month: 4
"""
USER = """\
name: User
prefix: "005"
fields:
  - {name: Username, type: string, length: 80, name_field: true}
  - {name: IsActive, type: boolean}
"""
BOAT = """\
name: Boat__c
prefix: a0B
fields:
  - {name: Name, type: string, length: 80, name_field: true}
  - {name: Length__c, type: double}
  - {name: Berths__c, type: int}
  - {name: Launched__c, type: date}
  - {name: Seen__c, type: datetime}
  - {name: Sold__c, type: boolean}
  - {name: OwnerId, type: reference, to: [User], relationship: Owner}
"""
USERS = (
    '{"attributes": {"type": "User"}, "Id": "005000000000001AAA", "Username": "ada@harbor.example", "IsActive": true}\n'
)
BOATS = (
    '{"Id": "a0B000000000001", "Name": "Puffin", "Length__c": 7.5, "Berths__c": 4, "Launched__c": "1999-05-01", '
    '"Seen__c": "2024-03-01T09:30:00+01:00", "Sold__c": false, "OwnerId": "005000000000001AAA"}\n\n'
    '{"Id": "a0B000000000002EAA", "Name": "Tern", "Seen__c": "2024-03-02T09:30:00.000+0000"}\n'
)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "harbor"
    (made / "schema").mkdir(parents=True)
    (made / "records").mkdir()
    (made / "org.yaml").write_text(ORG)
    (made / "schema" / "User.yaml").write_text(USER)
    (made / "schema" / "Boat.yaml").write_text(BOAT)
    (made / "records" / "User.jsonl").write_text(USERS)
    (made / "records" / "Boat__c.jsonl").write_text(BOATS)
    return made
