"""A real Salesforce org in the embedded one's place: credentials from the environment, the same log and budget.

    SF_USERNAME, SF_PASSWORD[, SF_SECURITY_TOKEN][, SF_DOMAIN][, SF_CONSUMER_KEY, SF_CONSUMER_SECRET]
    SF_INSTANCE_URL, SF_ACCESS_TOKEN (or SF_SESSION_ID)
    SF_CONSUMER_KEY, SF_CONSUMER_SECRET, SF_DOMAIN                                  client credentials

Agents get a client whose requests pass through an adapter that logs them, keeps to the budget, and refuses changes.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from convsim.draws import fingerprint
from convsim.errors import ConfigError
from convsim.org.errors import SalesforceError
from convsim.org.org import SessionLog
from convsim.org.rest import naming, writes
from convsim.org.rest.app import exhausted, split_path
from convsim.org.rest.log import LOG_LIMIT, ActionLog
from convsim.org.rest.message import JSON, Answer, Request, dumps, error_answer
from convsim.records.task import Requester

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_WAYS = (
    "set SF_USERNAME and SF_PASSWORD (with SF_SECURITY_TOKEN, and SF_DOMAIN for a sandbox or My Domain), "
    "or SF_INSTANCE_URL and SF_ACCESS_TOKEN, or SF_CONSUMER_KEY, SF_CONSUMER_SECRET and SF_DOMAIN"
)
Connect = Callable[[requests.Session], "Salesforce"]


def credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments of `Salesforce(...)` that the environment holds; raises ConfigError when none suffice."""
    given = {key: value.strip() for key, value in environ.items() if key.startswith("SF_") and value.strip()}
    token = given.get("SF_ACCESS_TOKEN") or given.get("SF_SESSION_ID")
    if token and "SF_INSTANCE_URL" in given:
        return {"session_id": token, "instance_url": _address(given["SF_INSTANCE_URL"])}
    app = {"consumer_key": given.get("SF_CONSUMER_KEY", ""), "consumer_secret": given.get("SF_CONSUMER_SECRET", "")}
    domain = {"domain": given["SF_DOMAIN"].removesuffix(".salesforce.com")} if "SF_DOMAIN" in given else {}
    if "SF_USERNAME" in given and "SF_PASSWORD" in given:
        named = {"username": given["SF_USERNAME"], "password": given["SF_PASSWORD"], **domain}
        if all(app.values()):
            return {**named, **app, "password": named["password"] + given.get("SF_SECURITY_TOKEN", "")}
        return {**named, "security_token": given.get("SF_SECURITY_TOKEN", "")}
    if all(app.values()) and domain:
        return {**app, **domain}
    found = f"found only {', '.join(sorted(given))}" if given else "no SF_ variable is set"
    raise ConfigError(f"no credentials for a Salesforce org ({found}): {_WAYS}")


def _address(url: str) -> str:
    address = url if "://" in url else f"https://{url}"
    if not urlsplit(address).hostname:
        raise ConfigError(f"SF_INSTANCE_URL '{url}' is no address: give one such as https://example.my.salesforce.com")
    return address


def log_in(arguments: Mapping[str, Any], session: requests.Session | None = None) -> "Salesforce":
    """Return a client of a real org whose login was tried; raises ConfigError in one line when it failed."""
    from simple_salesforce import Salesforce
    from simple_salesforce.exceptions import SalesforceError as ClientError

    from convsim.org.client import API_VERSION

    try:
        client = Salesforce(**arguments, version=API_VERSION, session=session or requests.Session())
        client.restful("limits/")
    except ClientError as error:
        raise ConfigError(f"login to Salesforce failed: {_one_line(error)}; {_WAYS}") from error
    except (requests.RequestException, ValueError, TypeError, AttributeError) as error:
        place = arguments.get("instance_url") or f"{arguments.get('domain', 'login')}.salesforce.com"
        raise ConfigError(f"cannot reach {place}: {_one_line(error)}; check SF_DOMAIN or SF_INSTANCE_URL") from error
    return client


def _one_line(error: Exception) -> str:
    content = getattr(error, "content", None)
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return f"{content[0].get('errorCode')}: {content[0].get('message')}"
    return " ".join(str(error).split())[:300]


class RecordingAdapter(BaseAdapter):
    """Lets reading requests through to the network, logs them, and answers the others itself."""

    def __init__(self, network: BaseAdapter, log: ActionLog, renew: Callable[[str], str | None]) -> None:
        super().__init__()
        self._network, self._log, self._renew = network, log, renew

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Return the org's answer, or a refusal of a change or of a request beyond the budget."""
        asked = _asked(request)
        try:
            _, path = split_path(asked.path)
        except SalesforceError:
            path = ()
        start = time.perf_counter()
        if not self._log.admit(continues=naming.continues(path)):
            response = _local(request, error_answer(exhausted()))
        elif naming.changes(asked, path):
            response = _local(request, writes.refused())
        else:
            response = self._sent(request, *args, **kwargs)
        duration = (time.perf_counter() - start) * 1000
        text, kind = naming.text_of(asked, path), naming.kind_of(asked, path)
        self._log.add(kind, text, payload=_payload(response), body=response.content, duration_ms=duration)
        return response

    def _sent(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request, once more with a fresh session when the old one has expired."""
        response = self._network.send(request, *args, **kwargs)
        if response.status_code == 401 and (token := self._renew(request.headers.get("Authorization", ""))):
            request.headers["Authorization"] = f"Bearer {token}"
            response = self._network.send(request, *args, **kwargs)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._network.close()


def _asked(request: requests.PreparedRequest) -> Request:
    address = urlsplit(request.url or "")
    body = request.body
    content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
    headers = dict(request.headers.lower_items())
    return Request(request.method or "GET", str(address.path), str(address.query), headers, content)


def _payload(response: requests.Response) -> Any:
    try:
        payload = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        payload = None
    if payload is None and response.status_code >= 400:
        return [{"errorCode": f"HTTP_{response.status_code}", "message": response.text[:1000]}]
    return payload


def _local(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict({"Content-Type": JSON})
    response._content = dumps(answer.payload)
    response.encoding = "utf-8"
    response.url = request.url or ""
    response.request = request
    return response


class RealSession(SessionLog):
    """A requester's session in a real org; all share one login, each has its own log and budget."""

    def __init__(self, org: "RealOrg", log: ActionLog) -> None:
        super().__init__(log)
        self._org = org

    @property
    def id(self) -> str:
        """The access token. Requests that an agent sends with it on its own ways cannot be logged."""
        return self._org.token

    @property
    def instance_url(self) -> str:
        """Where the API is."""
        return self._org.instance_url

    @cached_property
    def salesforce(self) -> "Salesforce":
        """A client whose requests are logged."""
        return self._org.client(self.log)

    def close(self) -> None:
        """Close this session's connections; the login stays open for the others."""
        if "salesforce" in self.__dict__:
            self.salesforce.session.close()


class RealOrg:
    """A real org. Implements `convsim.roles.World`; a drop-in for `Org`."""

    def __init__(self, environ: Mapping[str, str] | None = None, *, network: Callable[[], requests.Session]) -> None:
        self._arguments = credentials(os.environ if environ is None else environ)
        self._network = network
        self._login = log_in(self._arguments, network())
        self._today = date.today()  # noqa: DTZ011 - the user's own date
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "RealOrg":
        """Return the org of the environment's credentials; raises ConfigError in one line when they do not work."""
        return cls(environ, network=requests.Session)

    @property
    def name(self) -> str:
        """Always `salesforce`."""
        return "salesforce"

    @property
    def today(self) -> date:
        """The date when the org was opened."""
        return self._today

    @property
    def folder(self) -> Path | None:
        """A real org has none."""
        return None

    @property
    def sensitive(self) -> Mapping[str, Mapping[str, str]]:
        """A real org has no sensitivity.yaml: the standard fields count."""
        return {}

    @property
    def content_hash(self) -> str:
        """Names the instance: the rows of a real org change and cannot be hashed."""
        return fingerprint("salesforce", self._login.sf_instance, size=16)

    @property
    def instance_url(self) -> str:
        """Where the API is."""
        return f"https://{self._login.sf_instance}"

    @property
    def token(self) -> str:
        """The access token that is in use."""
        return str(self._login.session_id)

    def connect(self) -> "Salesforce":
        """Return the client that logged in; it leaves no trace in any log."""
        return self._login

    def open_session(self, requester: Requester | None = None, *, log_limit: int = LOG_LIMIT) -> RealSession:
        """Return a session with a log of its own. The requester is not impersonated: the login's rights hold."""
        del requester
        return RealSession(self, ActionLog(limit=log_limit))

    def client(self, log: ActionLog) -> "Salesforce":
        """Return a client that logs its requests and refuses changes."""
        from simple_salesforce import Salesforce

        from convsim.org.client import API_VERSION

        session = self._network()
        session.mount("https://", RecordingAdapter(session.get_adapter("https://"), log, self._renew))
        return Salesforce(session=session, session_id=self.token, instance_url=self.instance_url, version=API_VERSION)

    def _renew(self, authorization: str) -> str | None:
        """Return a token other than the expired one, after a new login where the credentials allow it."""
        with self._lock:
            if authorization.removeprefix("Bearer ") == self.token:
                if "session_id" in self._arguments:
                    return None
                self._login = log_in(self._arguments, self._network())
            return self.token
