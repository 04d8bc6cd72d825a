"""The whole API behind one function: `Api.handle(request) -> response`, for in-process clients and for HTTP alike.

    request -> size limits -> path -> session -> budget -> resource -> log -> response

Safe for threads. Whatever goes wrong inside is answered as Salesforce would and noted in the session's log.
"""

import re
import time
from urllib.parse import unquote

from convsim.org.errors import SalesforceError
from convsim.org.rest import discovery, identity, login, naming, routes
from convsim.org.rest.message import HTML, JSON, Answer, Request, Response, dumps, error_answer
from convsim.org.rest.service import DAILY_REQUESTS, Call, Service, not_found
from convsim.org.rest.sessions import SessionState

MAX_URI = 16_384
"""Bytes of path and query, and of all headers together, beyond which a request is refused unread."""
_LONG_URI = b"<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
_LONG_HEADERS = b"<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"
_DATA = "/services/data"
_VERSION = re.compile(r"v(\d{1,3})\.(\d)")


class Api:
    """The REST API of one org."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def handle(self, request: Request) -> Response:
        """Return the answer; never raises for anything that a client can send."""
        if len(request.path) + len(request.query) > MAX_URI:
            return Response(414, _LONG_URI, content_type=HTML)
        if sum(len(name) + len(value) for name, value in request.headers.items()) > MAX_URI:
            return Response(431, _LONG_HEADERS, content_type=HTML)
        try:
            if request.path.startswith(_DATA + "/v"):
                return self._data(request)
            return self._other(request)
        except SalesforceError as error:
            return _written(error_answer(error), None)

    def _other(self, request: Request) -> Response:
        """Answer the paths outside the versioned API."""
        path = request.path.rstrip("/")
        if path == _DATA:
            return _written(Answer(discovery.versions()), None)
        if path == "/services/oauth2/token" and request.method == "POST":
            return login.token(self.service, request)
        if path.startswith("/services/Soap/u/") and request.method == "POST":
            return login.soap_login(self.service, request)
        if path == "/services/oauth2/revoke":
            token = request.form.get("token") or request.parameters.get("token", "")
            self.service.sessions.close(token)
            return Response(200)
        if path == "/services/oauth2/userinfo":
            return _written(Answer(identity.user_info(self.service, request, self._session(request))), None)
        if path.startswith("/id/"):
            steps = tuple(path.removeprefix("/id/").split("/"))
            return _written(Answer(identity.identity(self.service, request, self._session(request), steps)), None)
        raise not_found()

    def _session(self, request: Request) -> SessionState:
        token = request.token or request.parameters.get("oauth_token", "")
        if not token and request.headers.get("authorization"):
            raise SalesforceError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", http_status=401)
        return self.service.sessions.require(token)

    def _data(self, request: Request) -> Response:
        """Answer a path below `/services/data/vXX.X`."""
        version, path = split_path(request.path)
        session = self._session(request)
        call = Call(self.service, request, session, version, path)
        return _written(*self._logged(call))

    def _part(self, request: Request, session: SessionState) -> Answer:
        """Answer one part of a composite call, in the same session."""
        version, path = split_path(request.path)
        if naming.is_envelope(request, path):
            raise SalesforceError("INVALID_BATCH_REQUEST", "nested composite requests are not allowed")
        return self._logged(Call(self.service, request, session, version, path))[0]

    def _logged(self, call: Call) -> tuple[Answer, bytes | None, SessionState]:
        """Return the answer, written out where it was logged."""
        session, log = call.session, call.session.log
        if log is None or naming.is_envelope(call.request, call.path):
            return self._answer(call), None, session
        text, kind = naming.text_of(call.request, call.path), naming.kind_of(call.request, call.path)
        start = time.perf_counter()
        admitted = log.admit(continues=naming.continues(call.path))
        answer = self._answer(call) if admitted else error_answer(exhausted())
        body = dumps(answer.payload)
        log.add(kind, text, payload=answer.payload, body=body, duration_ms=(time.perf_counter() - start) * 1000)
        return answer, body, session

    def _answer(self, call: Call) -> Answer:
        try:
            return routes.answer(call, lambda request: self._part(request, call.session))
        except SalesforceError as error:
            return error_answer(error)
        except Exception as error:  # noqa: BLE001 - the boundary: whoever asked is not to blame for our breakdown
            if call.session.log is not None and call.session.log.fault is None:
                call.session.log.fault = error
            message = "An unexpected error occurred. Please include this ErrorId if you contact support: 0-0 (0)"
            return error_answer(SalesforceError("UNKNOWN_EXCEPTION", message, http_status=500))


def split_path(path: str) -> tuple[str, tuple[str, ...]]:
    """Return version and decoded segments of a data path; raises NOT_FOUND or UNSUPPORTED_API_VERSION."""
    steps = path[len(_DATA) + 1 :].split("/")
    found = _VERSION.fullmatch(steps[0])
    number = int(found.group(1)) if found else 0
    if found is None or found.group(2) != "0" or number > discovery.LAST_VERSION or number < 7:
        raise not_found()
    if number < discovery.FIRST_VERSION:
        message = f"REST API version {number}.0 is retired; the versions at {_DATA}/ are supported"
        raise SalesforceError("UNSUPPORTED_API_VERSION", message, http_status=410)
    segments = tuple(unquote(each) if "%" in each else each for each in steps[1:])
    return f"{number}.0", segments if any(segments) else ()


def exhausted() -> SalesforceError:
    """Return the error for a request beyond what a session may ask."""
    return SalesforceError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", http_status=403)


def _written(answer: Answer, body: bytes | None, session: SessionState | None = None) -> Response:
    used = session.log.requests if session is not None and session.log is not None else 1
    headers = {"Sforce-Limit-Info": f"api-usage={used}/{DAILY_REQUESTS}", **answer.headers}
    return Response(answer.status, dumps(answer.payload) if body is None else body, headers, JSON)
