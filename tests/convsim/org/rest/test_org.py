"""An org opened from a bundle's folder, its sessions, and what happens around their edges."""

from pathlib import Path

import pytest
from simple_salesforce import Salesforce

from convsim.errors import ConfigError
from convsim.org.ids import to_18
from convsim.org.org import Org
from convsim.records.task import Requester

USERS = [to_18(f"005Aa{number:010d}") for number in (1, 2)]


def test_a_bundle_is_an_org(folder: Path) -> None:
    org = Org.open(folder)
    assert (org.name, str(org.today), org.folder) == ("mine", "2024-06-01", folder)
    assert org.content_hash
    names = [each["Name"] for each in org.connect().query("SELECT Name FROM User ORDER BY Name")["records"]]
    assert names == ["Ada Agent", "Bo Agent"]
    again = Org.open(folder)
    assert again.content_hash == org.content_hash
    for each in (org, again):
        each.store.close()


def test_who_a_session_belongs_to(folder: Path) -> None:
    org = Org.open(folder)
    employee = Requester(kind="employee", id=USERS[0], name="Ada Agent")
    customer = Requester(kind="consumer", id=to_18("003Aa0000000001"), name="Dana Whitfield")
    for requester, user in [(employee, USERS[0]), (customer, USERS[1]), (None, USERS[1])]:
        session = org.open_session(requester)
        resources = session.salesforce.restful("")
        assert resources is not None
        assert resources["identity"].endswith(user)
    org.store.close()


def test_passwords_are_of_this_process_unless_given(folder: Path) -> None:
    first, second = Org.open(folder), Org.open(folder)
    assert first.credentials.password != second.credentials.password
    assert first.credentials.password not in repr(first.credentials)
    for each in (first, second):
        each.store.close()


def test_a_folder_that_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no bundle"):
        Org.open(tmp_path)


def test_the_in_process_client_reaches_no_network(org: Org) -> None:
    session = org.open_session()
    assert session.instance_url.endswith(".convsim.invalid")
    for address in ("http://example.com/services/data/", "https://example.com/services/data/"):
        assert session.salesforce.session.get(address).json()[-1]["version"] == "64.0"


def test_clients_share_nothing_but_the_org(org: Org) -> None:
    first, second = org.open_session(), org.open_session()
    assert isinstance(first.salesforce, Salesforce)
    assert first.salesforce is first.salesforce
    assert first.salesforce.session is not second.salesforce.session
    first.salesforce.limits()
    assert (len(first.queries), len(second.queries)) == (1, 0)
    first.close()
    second.salesforce.limits()
    second.close()
