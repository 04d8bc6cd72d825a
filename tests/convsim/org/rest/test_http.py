"""The same API behind a port: real sockets, the real client, compression, chunks, TLS."""

import gzip
import http.client
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceExpiredSession

from convsim.errors import ConfigError
from convsim.org.client import session as http_session
from convsim.org.org import Org
from convsim.org.serve import Server, Tls, connection_facts

USER, PASSWORD = "admin@small.example", "pass<&>word"


@pytest.fixture(scope="module")
def server(org: Org) -> Iterator[Server]:
    with Server(org) as running:
        yield running


@pytest.fixture
def bearer(org: Org) -> Iterator[dict[str, str]]:
    opened = org.open_session()
    yield {"Authorization": f"Bearer {opened.id}"}
    opened.close()


def test_logins_and_paging_over_http(org: Org, server: Server) -> None:
    with http_session(server.url) as network:
        ways = [
            {"username": USER, "password": PASSWORD, "security_token": "TOKEN"},
            {"username": USER, "password": PASSWORD, "consumer_key": "key", "consumer_secret": "secret"},
            {"consumer_key": "key", "consumer_secret": "secret", "domain": "small.my"},
        ]
        for way in ways:
            salesforce = Salesforce(session=network, **way)
            assert salesforce.sf_instance == urlsplit(server.url).netloc
            assert salesforce.query("SELECT COUNT() FROM Case")["totalSize"] == 4_499
        cases = salesforce.query_all("SELECT Id, CaseNumber FROM Case ORDER BY CaseNumber")
        assert [each["CaseNumber"] for each in cases["records"]] == [f"{n:08d}" for n in range(1, 4_500)]
        found = salesforce.search("FIND {anvil} RETURNING Case(Id)")
        assert len(found["searchRecords"]) == 1
        assert salesforce.Account.describe()["name"] == "Account"


def test_every_query_of_a_session_is_logged_whoever_sends_it(org: Org, server: Server) -> None:
    session = org.open_session()
    assert session.instance_url == server.url
    session.begin_turn(2, max_actions=2)
    text = "SELECT Id FROM Account ORDER BY Name LIMIT 1"
    inside = session.salesforce.query(text)
    with http_session(server.url) as network:
        salesforce = Salesforce(session=network, session_id=session.id, instance_url=session.instance_url)
        outside = salesforce.query(text)
        assert outside == inside
        session.close()
        with pytest.raises(SalesforceExpiredSession):
            salesforce.query(text)
    first, second = session.queries
    assert first.model_copy(update={"duration_ms": 0.0}) == second.model_copy(update={"duration_ms": 0.0})
    assert (first.turn, first.kind, first.text, first.rows) == (2, "soql", text, 1)


def test_pretty_printing_compression_and_headers(server: Server, bearer: dict[str, str]) -> None:
    url = f"{server.url}/services/data/v59.0/sobjects/Case/describe"
    plain = requests.get(url, headers={**bearer, "Accept-Encoding": "identity"}, timeout=10)
    packed = requests.get(url, headers={**bearer, "Accept-Encoding": "gzip", "X-PrettyPrint": "1"}, timeout=10)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "\n" not in plain.text
    assert packed.text.startswith('{\n  "activateable" : false,\n')
    assert packed.json() == plain.json()
    assert plain.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert packed.headers["Sforce-Limit-Info"] == "api-usage=2/15000"
    head = requests.head(url, headers={**bearer, "Accept-Encoding": "identity"}, timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == plain.headers["Content-Length"]


def test_chunked_and_compressed_bodies(server: Server, bearer: dict[str, str]) -> None:
    url = f"{server.url}/services/data/v59.0/parameterizedSearch"
    wanted = json.dumps({"q": "anvil", "sobjects": [{"name": "Knowledge__kav", "fields": ["Title"]}]}).encode()
    headers = {**bearer, "Content-Type": "application/json"}
    whole = requests.post(url, data=wanted, headers=headers, timeout=10)
    chunked = requests.post(url, data=iter([wanted[:9], wanted[9:]]), headers=headers, timeout=10)
    packed = requests.post(url, data=gzip.compress(wanted), headers={**headers, "Content-Encoding": "gzip"}, timeout=10)
    assert whole.status_code == 200
    assert len(whole.json()["searchRecords"]) == 2
    assert chunked.json() == whole.json() == packed.json()
    broken = requests.post(url, data=b"no gzip", headers={**headers, "Content-Encoding": "gzip"}, timeout=10)
    assert broken.status_code == 413


def test_long_addresses(server: Server, bearer: dict[str, str]) -> None:
    for length in (16_400, 100_000):
        answer = requests.get(
            f"{server.url}/services/data/v59.0/query", params={"q": "x" * length}, headers=bearer, timeout=10
        )
        assert (answer.status_code, answer.text) == (414, "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>")
        assert answer.headers["Content-Type"].startswith("text/html")


def test_answers_do_not_wait_for_acknowledgements(server: Server) -> None:
    """asyncio sets TCP_NODELAY only where the protocol is named; without it each answer waits 40 ms."""
    assert server._socket.proto == socket.IPPROTO_TCP


def test_encoded_paths_and_odd_requests(server: Server, bearer: dict[str, str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    for path, status in [
        ("/services/data/v59.0/sobjects/Acc%6Funt", 200),
        ("/services/data/v59.0/sobjects/%FF%00", 404),
        ("/services/data/v59.0/query?q=%FF%FE", 400),
        ("/services/data/v59.0//sobjects", 404),
        ("/favicon.ico", 404),
    ]:
        connection.request("GET", path, headers=bearer)
        answer = connection.getresponse()
        answer.read()
        assert (path, answer.status) == (path, status)
    connection.close()


def test_the_address_is_told_only_while_the_server_runs(org: Org) -> None:
    before = org.address
    running = Server(org).start()
    assert org.instance_url == running.url
    running.stop()
    assert org.address == ""
    org.address = before


def test_facts_for_clients(org: Org, server: Server) -> None:
    facts = connection_facts(org, server.url)
    assert list(facts) == ["url", "user", "password", "session", "ca_file"]
    assert (facts["user"], facts["password"], facts["ca_file"]) == (USER, PASSWORD, None)
    with http_session(server.url) as network:
        salesforce = Salesforce(session=network, session_id=facts["session"], instance_url=facts["url"])
        assert salesforce.limits()


def test_places_where_it_cannot_listen(org: Org) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match=r"cannot listen on 127\.0\.0\.1:.* choose another --host or --port"):
            Server(org, port=taken.getsockname()[1])
    for host, port in [("127.0.0.1", 70_000), ("no.such.host.invalid", 0)]:
        with pytest.raises(ConfigError, match="cannot listen on"):
            Server(org, host=host, port=port)


@pytest.mark.parametrize("url", ["127.0.0.1:80", "ftp://a", "http://", ""])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ConfigError, match="is no address of an org server"):
        http_session(url)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, so no certificate can be made")
    folder = tmp_path_factory.mktemp("tls")
    wanted = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [openssl, *wanted.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    return Tls(folder / "cert.pem", folder / "key.pem")


def test_tls_needs_no_routing_for_an_open_session(org: Org, tls: Tls) -> None:
    with Server(org, tls=tls) as secure, requests.Session() as network:
        facts = connection_facts(org, secure.url, tls=tls)
        network.trust_env = False
        network.verify = facts["ca_file"]
        salesforce = Salesforce(session=network, session_id=facts["session"], instance_url=facts["url"])
        assert salesforce.query("SELECT COUNT() FROM User")["totalSize"] == 3
        with http_session(secure.url, ca_file=facts["ca_file"]) as routed:
            logged_in = Salesforce(session=routed, username=USER, password=PASSWORD, security_token="")
            assert logged_in.query("SELECT COUNT() FROM User")["totalSize"] == 3


def test_tls_files_that_do_not_fit(org: Org, tls: Tls, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give PEM files that belong together"):
        Server(org, tls=Tls(tls.certificate, tmp_path / "missing.pem"))
