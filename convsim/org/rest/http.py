"""The API as an ASGI application: reads a request (chunked ones too), answers in a worker thread, writes it out."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from convsim.org.rest.app import Api
from convsim.org.rest.message import HTML, Request, Response
from convsim.org.rest.wire import encoded

MAX_BODY = 50_000_000
"""Bytes of a request body, unpacked or not."""
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class HttpApplication:
    """ASGI 3 application around an `Api`; mountable in any ASGI server or framework."""

    def __init__(self, api: Api, *, threads: int = 4) -> None:
        self._api = api
        self._workers = ThreadPoolExecutor(threads, thread_name_prefix="convsim-org")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            body = await _body(receive, headers)
            if body is None:
                response = Response(413, b"<h1>Bad Message 413</h1>", content_type=HTML)
            else:
                loop = asyncio.get_running_loop()
                request = _request(scope, headers, body)
                response = await loop.run_in_executor(self._workers, self._api.handle, request)
            sent = encoded(response, headers)
            await _send(sent, send, head=scope["method"] == "HEAD", date=self._api.service.date)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._workers.shutdown(wait=False, cancel_futures=True)
                await send({"type": "lifespan.shutdown.complete"})
                return


def _request(scope: Scope, headers: Mapping[str, str], body: bytes) -> Request:
    path = scope.get("raw_path") or scope["path"].encode()
    server = scope.get("server") or ("localhost", None)
    host = headers.get("host") or (f"{server[0]}:{server[1]}" if server[1] else server[0])
    return Request(
        method=scope["method"],
        path=path.decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        origin=f"{scope.get('scheme', 'http')}://{host}",
    )


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes | None:
    """Return the whole body, unpacked when it came compressed; None when it is too long or cannot be unpacked."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            break
    body = b"".join(parts)
    return _unpacked(body) if headers.get("content-encoding", "").lower() == "gzip" else body


def _unpacked(body: bytes) -> bytes | None:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_BODY)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else unpacked


async def _send(response: Response, send: Send, *, head: bool, date: str) -> None:
    named = {"Date": date, **response.headers}
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in named.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else response.body})
