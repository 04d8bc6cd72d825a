"""A request and a response as plain data, independent of who carries them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from convsim.org.errors import SalesforceError

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=ISO-8859-1"
XML = "text/xml;charset=UTF-8"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """What a client asks for. `path` is as it was sent (still percent-encoded), header names are lower case."""

    method: str
    path: str
    query: str = ""
    """The part after `?`, still encoded."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = ""
    """Scheme, host and port that the client addressed, such as `https://b2b.example`."""

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The query's parameters; of a repeated one the first."""
        pairs = parse_qsl(self.query, keep_blank_values=True, max_num_fields=None)
        return dict(reversed(pairs))

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The fields of a form body, empty when the body is no text."""
        return dict(reversed(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)))

    def json(self) -> Any:
        """Return the JSON body; raises JSON_PARSER_ERROR (status 400) when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise SalesforceError(
                "JSON_PARSER_ERROR", f"{error.msg} at [line:{error.lineno}, column:{error.colno}]"
            ) from error

    @property
    def token(self) -> str:
        """The session id of an `Authorization: Bearer` (or older `OAuth`) header, or an empty text."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() in {"bearer", "oauth"} else ""


@dataclass(frozen=True, slots=True)
class Response:
    """What the org answers: the body is neither pretty-printed nor compressed, which is the carrier's part."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resource gives: JSON data with a status, before it is logged and written out."""

    payload: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def dumps(payload: Any) -> bytes:
    """Return the payload as compact JSON; half a surrogate pair, which UTF-8 cannot hold, stays an escape."""
    try:
        return orjson.dumps(payload)
    except TypeError:
        return json.dumps(payload, separators=(",", ":")).encode()


def error_answer(error: SalesforceError) -> Answer:
    """Return the body and status that Salesforce sends for an error."""
    return Answer(error.body(), error.http_status)
