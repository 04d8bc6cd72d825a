"""A real org as a drop-in, played by our own server: credentials, log, budget, refusals, renewal."""

from collections.abc import Callable, Iterator

import pytest
import requests
from simple_salesforce.exceptions import SalesforceRefusedRequest

from convsim.errors import ConfigError
from convsim.org.client import session as http_session
from convsim.org.org import Org
from convsim.org.real import RealOrg, credentials
from convsim.org.serve import Server

ENVIRONMENT = {
    "SF_USERNAME": "admin@small.example",
    "SF_PASSWORD": "pass<&>word",
    "SF_SECURITY_TOKEN": "TOKEN",
    "PATH": "ignored",
}
Network = Callable[[], requests.Session]


@pytest.fixture(scope="module")
def network(org: Org) -> Iterator[Network]:
    opened: list[requests.Session] = []

    def connect() -> requests.Session:
        opened.append(http_session(org.address))
        return opened[-1]

    with Server(org):
        yield connect
    for each in opened:
        each.close()


@pytest.fixture(scope="module")
def real(network: Network) -> RealOrg:
    return RealOrg(ENVIRONMENT, network=network)


@pytest.mark.parametrize(
    ("environ", "arguments"),
    [
        (
            {"SF_USERNAME": "u", "SF_PASSWORD": "p"},
            {"username": "u", "password": "p", "security_token": ""},
        ),
        (
            {"SF_USERNAME": "u", "SF_PASSWORD": "p", "SF_SECURITY_TOKEN": "t", "SF_DOMAIN": "acme.my.salesforce.com"},
            {"username": "u", "password": "p", "security_token": "t", "domain": "acme.my"},
        ),
        (
            {"SF_USERNAME": "u", "SF_PASSWORD": "p", "SF_SECURITY_TOKEN": "t"}
            | {"SF_CONSUMER_KEY": "k", "SF_CONSUMER_SECRET": "s"},
            {"username": "u", "password": "pt", "consumer_key": "k", "consumer_secret": "s"},
        ),
        (
            {"SF_INSTANCE_URL": "acme.my.salesforce.com", "SF_ACCESS_TOKEN": "a"},
            {"session_id": "a", "instance_url": "https://acme.my.salesforce.com"},
        ),
        (
            {"SF_INSTANCE_URL": "https://acme", "SF_SESSION_ID": "a", "SF_USERNAME": "u", "SF_PASSWORD": "p"},
            {"session_id": "a", "instance_url": "https://acme"},
        ),
        (
            {"SF_CONSUMER_KEY": "k", "SF_CONSUMER_SECRET": "s", "SF_DOMAIN": "acme.my"},
            {"consumer_key": "k", "consumer_secret": "s", "domain": "acme.my"},
        ),
    ],
)
def test_credentials(environ: dict[str, str], arguments: dict[str, str]) -> None:
    assert credentials(environ) == arguments


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, "no SF_ variable is set"),
        ({"SF_USERNAME": "u", "SF_PASSWORD": " "}, "found only SF_USERNAME"),
        ({"SF_ACCESS_TOKEN": "a"}, "found only SF_ACCESS_TOKEN"),
        ({"SF_CONSUMER_KEY": "k", "SF_CONSUMER_SECRET": "s"}, "found only SF_CONSUMER_KEY, SF_CONSUMER_SECRET"),
    ],
)
def test_missing_credentials(environ: dict[str, str], found: str) -> None:
    with pytest.raises(ConfigError) as caught:
        credentials(environ)
    assert str(caught.value).startswith(f"no credentials for a Salesforce org ({found}): set SF_USERNAME")
    assert "\n" not in str(caught.value)


def test_an_address_that_is_none() -> None:
    with pytest.raises(ConfigError, match="SF_INSTANCE_URL 'https://' is no address"):
        credentials({"SF_INSTANCE_URL": "https://", "SF_ACCESS_TOKEN": "a"})


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"SF_PASSWORD": "wrong"}, "Authentication failed (code: INVALID_LOGIN): Invalid username"),
        ({"SF_ACCESS_TOKEN": "no", "SF_INSTANCE_URL": "{url}"}, "INVALID_SESSION_ID: Session expired or invalid"),
    ],
)
def test_failed_logins_are_one_line(org: Org, network: Network, environ: dict[str, str], reason: str) -> None:
    given = {key: value.replace("{url}", org.address) for key, value in environ.items()}
    with pytest.raises(ConfigError) as caught:
        RealOrg(ENVIRONMENT | given, network=network)
    assert str(caught.value).startswith(f"login to Salesforce failed: {reason}")
    assert "\n" not in str(caught.value)


def test_an_org_out_of_reach() -> None:
    with pytest.raises(ConfigError, match=r"cannot reach https://127\.0\.0\.1:1: .*; check SF_DOMAIN"):
        RealOrg.from_environment({"SF_INSTANCE_URL": "https://127.0.0.1:1", "SF_ACCESS_TOKEN": "a"})


def test_it_is_a_world(real: RealOrg) -> None:
    assert (real.name, real.folder) == ("salesforce", None)
    assert len(real.content_hash) == 32
    assert real.connect().query("SELECT COUNT() FROM User")["totalSize"] == 3


def test_its_sessions_log_as_those_of_an_embedded_org(org: Org, real: RealOrg) -> None:
    logs = []
    for opened in (org.open_session(log_limit=200), real.open_session(log_limit=200)):
        opened.begin_turn(1)
        opened.salesforce.query_all("SELECT Id, (SELECT Id FROM Contacts) FROM Account ORDER BY Name")
        opened.salesforce.query_all("SELECT Id FROM Case ORDER BY Id")
        opened.salesforce.search("FIND {anvil} RETURNING Case(Id)")
        opened.salesforce.Account.describe()
        with pytest.raises(Exception, match="No such column"):
            opened.salesforce.query("SELECT Nothing FROM Account")
        logs.append([each.model_copy(update={"duration_ms": 0.0, "size": 0, "result": ""}) for each in opened.queries])
        opened.close()
    assert logs[0] == logs[1]
    assert [each.kind for each in logs[0]] == ["soql", "soql", "soql", "soql", "sosl", "describe", "soql"]
    assert [each.rows for each in logs[0]] == [4, 2_000, 2_000, 499, 1, 0, 0]


def test_its_sessions_refuse_changes_and_keep_to_the_budget(real: RealOrg) -> None:
    session = real.open_session()
    calls: list[int] = []
    session.on_exhausted = lambda: calls.append(1)
    session.begin_turn(0, max_actions=2)
    with pytest.raises(SalesforceRefusedRequest, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        session.salesforce.Account.delete("001")
    session.salesforce.limits()
    with pytest.raises(SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        session.salesforce.limits()
    assert calls == [1]
    session.begin_turn(1, max_actions=1)
    session.salesforce.limits()
    session.close()


def test_it_logs_in_again_when_its_session_ends(org: Org, network: Network) -> None:
    world = RealOrg(ENVIRONMENT, network=network)
    session = world.open_session()
    assert session.salesforce.limits()
    org.sessions.close(world.token)
    assert session.salesforce.limits()
    assert session.queries[-1].outcome == "ok"
    session.close()
