"""All ways to log in that `simple_salesforce` has, with the client itself."""

import re
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from convsim.org.client import transport
from convsim.org.org import Org
from convsim.org.rest.message import Request
from convsim.org.rest.sessions import Sessions

USER, PASSWORD = "admin@small.example", "pass<&>word"
WAYS: dict[str, dict[str, str]] = {
    "token": {"username": USER, "password": PASSWORD, "security_token": "TOKEN"},
    "no token": {"username": USER.upper(), "password": PASSWORD, "security_token": ""},
    "ip range": {"username": USER, "password": PASSWORD, "organizationId": "00D000000000001"},
    "oauth": {"username": USER, "password": PASSWORD, "consumer_key": "key", "consumer_secret": "secret"},
    "client credentials": {"consumer_key": "key", "consumer_secret": "secret", "domain": "small.my"},
}
WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "password": (
        {"username": USER, "password": "wrong", "security_token": "TOKEN"},
        "INVALID_LOGIN",
        "Invalid username, password, security token; or user locked out.",
    ),
    "user": (
        {"username": "nobody", "password": PASSWORD, "security_token": ""},
        "INVALID_LOGIN",
        "Invalid username, password, security token; or user locked out.",
    ),
    "oauth password": ({**WAYS["oauth"], "password": "wrong"}, "invalid_grant", "authentication failure"),
    "oauth client": ({**WAYS["oauth"], "consumer_key": "no"}, "invalid_client_id", "client identifier invalid"),
    "secret": (
        {**WAYS["client credentials"], "consumer_secret": "no"},
        "invalid_client",
        "invalid client credentials",
    ),
}


@pytest.fixture
def network(org: Org) -> requests.Session:
    return transport(org.api, origin=org.in_process_url)


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_log_in(network: requests.Session, way: str) -> None:
    salesforce = Salesforce(session=network, **WAYS[way])
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 15_000
    assert salesforce.sf_instance == "small.convsim.invalid"


@pytest.mark.parametrize("way", WRONG)
def test_wrong_logins(network: requests.Session, way: str) -> None:
    arguments, code, message = WRONG[way]
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        Salesforce(session=network, **arguments)
    assert (caught.value.code, str(caught.value)) == (code, f"Authentication failed (code: {code}): {message}")


def test_the_client_logs_in_again_when_its_session_ends(org: Org, network: requests.Session) -> None:
    salesforce = Salesforce(session=network, **WAYS["token"])
    first = salesforce.session_id
    org.sessions.close(first)
    assert salesforce.limits()
    assert salesforce.session_id != first


def test_the_soap_fault_is_the_one_of_salesforce(network: requests.Session) -> None:
    envelope = (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        '<login xmlns="urn:partner.soap.sforce.com"><username>a</username><password>b</password></login>'
        "</env:Body></env:Envelope>"
    )
    answer = network.post("https://login.salesforce.com/services/Soap/u/59.0", data=envelope)
    assert answer.status_code == 500
    assert "<faultcode>INVALID_LOGIN</faultcode>" in answer.text
    assert (
        "<faultstring>INVALID_LOGIN: Invalid username, password, security token; or user locked out.</faultstring>"
        in answer.text
    )
    right = envelope.replace(">a<", f">{USER}<").replace(">b<", ">pass&lt;&amp;&gt;word<")
    answer = network.post("https://login.salesforce.com/services/Soap/u/59.0", data=right)
    for tag in ("serverUrl", "sessionId", "userId", "organizationId"):
        assert re.search(f"<{tag}>[^<]+</{tag}>", answer.text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><create/></e:Body></e:Envelope>',
        b"\xff\xfe",
        b"<a>" * 30_000,
    ],
)
def test_strange_envelopes_get_a_fault(network: requests.Session, body: bytes) -> None:
    answer = network.post("https://login.salesforce.com/services/Soap/u/59.0", data=body)
    assert answer.status_code == 500
    assert "<faultcode>" in answer.text


@pytest.mark.parametrize(
    ("form", "headers", "error"),
    [
        ({}, {}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic %%%"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic /w=="}, "invalid_client"),
        ({"grant_type": "password"}, {}, "invalid_grant"),
    ],
)
def test_strange_token_requests(network: Any, form: Any, headers: Any, error: str) -> None:
    answer = network.post("https://x.salesforce.com/services/oauth2/token", data=form, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_oauth_answers_with_the_identity_and_can_be_revoked(network: requests.Session) -> None:
    answer = network.post(
        "https://x.salesforce.com/services/oauth2/token",
        data={"grant_type": "client_credentials", "client_id": "key", "client_secret": "secret"},
    ).json()
    assert set(answer) == {"access_token", "instance_url", "id", "token_type", "issued_at", "signature"}
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    who = network.get(answer["id"], headers=headers).json()
    assert who["id"] == answer["id"]
    network.post("https://x.salesforce.com/services/oauth2/revoke", data={"token": answer["access_token"]})
    assert network.get(answer["id"], headers=headers).status_code == 401


def test_sessions_end_after_idle_time_and_live_on_while_used() -> None:
    now = [0.0]
    sessions = Sessions("00D000000000001AAA", clock=lambda: now[0])
    state = sessions.open("005", lifetime=100)
    for _ in range(5):
        now[0] += 90
        assert sessions.require(state.id) is state
    now[0] += 101
    with pytest.raises(Exception, match="INVALID_SESSION_ID"):
        sessions.require(state.id)
    assert len(sessions) == 0


def test_forgotten_sessions_do_not_pile_up() -> None:
    now = [0.0]
    sessions = Sessions("00D000000000001AAA", clock=lambda: now[0])
    for _ in range(3_000):
        now[0] += 1
        sessions.open("005", lifetime=10)
    assert len(sessions) < 1_100


def test_the_url_of_a_request_may_carry_no_body(org: Org) -> None:
    answer = org.api.handle(Request("GET", "/services/oauth2/token"))
    assert answer.status == 404
