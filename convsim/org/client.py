"""Clients of an org: one factory decides how requests travel, and nothing else differs.

in process      transport(api)              requests are answered by a function call, no port is opened
over HTTP       session("http://...")       a server of `convsim org serve`; https login hosts are routed to it
a real org      transport(None)             ordinary HTTPS
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict

from convsim.errors import ConfigError
from convsim.org.rest.app import Api
from convsim.org.rest.message import Request

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

API_VERSION = "59.0"
"""What `simple_salesforce` speaks unless told otherwise."""
LOGIN_HOSTS = ".salesforce.com"
"""Hosts that `simple_salesforce` logs in at, whatever the instance's address."""


class InProcessAdapter(BaseAdapter):
    """Answers requests by calling an `Api`: no socket, no compression, no pretty-printing."""

    def __init__(self, api: Api, origin: str) -> None:
        super().__init__()
        self._handle = api.handle
        self._always = {"Date": api.service.date}
        self._origin = origin

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return the org's answer to a prepared request."""
        address = urlsplit(request.url or "")
        answer = self._handle(
            Request(
                method=request.method or "GET",
                path=str(address.path) or "/",
                query=str(address.query),
                headers=dict(request.headers.lower_items()),
                body=_body_of(request.body),
                origin=self._origin,
            )
        )
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict({**self._always, "Content-Type": answer.content_type, **answer.headers})
        response._content = answer.body
        response.encoding = "utf-8"
        response.url = request.url or ""
        response.request = request
        response.reason = "OK" if answer.status < 300 else "Error"
        return response

    def close(self) -> None:
        """Nothing is open."""


def _body_of(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if hasattr(body, "read"):
        return _body_of(body.read())
    if isinstance(body, Iterable):
        return b"".join(map(_body_of, body))
    raise ConfigError(f"a request body of type {type(body).__name__} cannot be sent")


class RoutingAdapter(HTTPAdapter):
    """Sends requests for one org, and logins at Salesforce's hosts, to a server given by its address."""

    def __init__(self, url: str) -> None:
        super().__init__()
        address = urlsplit(url)
        if address.scheme not in {"http", "https"} or not address.netloc:
            raise ConfigError(f"'{url}' is no address of an org server: give one such as http://127.0.0.1:8080")
        self._scheme, self._netloc = address.scheme, address.netloc

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request, to our server where it is meant for it."""
        address = urlsplit(request.url or "")
        host = str(address.hostname or "")
        if str(address.netloc) == self._netloc or host.endswith(LOGIN_HOSTS):
            request = request.copy()
            request.url = str(address._replace(scheme=self._scheme, netloc=self._netloc).geturl())
        return super().send(request, *args, **kwargs)


def session(url: str, *, ca_file: str | None = None) -> requests.Session:
    """Return a session for `Salesforce(session=...)` that reaches a served org at `url`.

    `simple_salesforce` writes `https://` before every host and logs in at `*.salesforce.com`: both are routed to the
    server, so all its ways to log in work unchanged. `ca_file` verifies a server with `--tls`.
    """
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", RoutingAdapter(url))
    if ca_file:
        made.verify = ca_file
    return made


def transport(place: Api | str | None, *, origin: str = "") -> requests.Session:
    """Return a session that reaches an org in this process, at an address, or (None) wherever it really is."""
    if place is None:
        return requests.Session()
    if isinstance(place, str):
        return session(place)
    made = requests.Session()
    made.trust_env = False
    adapter = InProcessAdapter(place, origin)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


def client(place: Api | str | None, *, session_id: str, instance_url: str) -> "Salesforce":
    """Return a `simple_salesforce` client of an open session."""
    from simple_salesforce import Salesforce

    return Salesforce(
        session=transport(place, origin=instance_url),
        session_id=session_id,
        instance_url=instance_url,
        version=API_VERSION,
    )


def runs_in_process(salesforce: "Salesforce") -> bool:
    """Return whether a client's org answers in this process, at once."""
    return isinstance(salesforce.session.get_adapter(salesforce.base_url), InProcessAdapter)
