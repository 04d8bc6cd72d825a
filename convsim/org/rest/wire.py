"""How an answer travels over HTTP: pretty-printed when asked, compressed when asked and worth it."""

import gzip
import re
from collections.abc import Mapping

import orjson

from convsim.org.rest.message import JSON, Response

WORTH_COMPRESSING = 1_000
"""Bytes below which a body is sent as it is."""
_KEY = re.compile(rb'(?m)^( *"(?:[^"\\]|\\.)*"): ')
"""A key of indented JSON; Salesforce sets a space on both sides of the colon."""
_LEVEL = 1
"""Fast compression: the other end is usually the same machine."""


def encoded(response: Response, headers: Mapping[str, str]) -> Response:
    """Return the response in the form that the request's headers ask for, with all headers that it needs."""
    body, out = response.body, {"Content-Type": response.content_type, **response.headers}
    if response.content_type == JSON and body and headers.get("x-prettyprint") == "1":
        body = _KEY.sub(rb"\1 : ", orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2))
    out["Vary"] = "Accept-Encoding"
    if len(body) >= WORTH_COMPRESSING and "gzip" in headers.get("accept-encoding", "").lower():
        body = gzip.compress(body, _LEVEL, mtime=0)
        out["Content-Encoding"] = "gzip"
    out["Content-Length"] = str(len(body))
    return Response(response.status, body, out, response.content_type)
