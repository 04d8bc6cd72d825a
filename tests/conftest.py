"""A scripted OpenAI-compatible server on loopback: real HTTP, so that clients meet what networks do to them.

    def test_something(model_server):
        model_server.script("Hello", model_server.status(429, retry_after=0.1), "Hello again")
        open_client("openai/any", base_url=model_server.url)
        ...
        assert model_server.requests[0].messages[-1]["content"] == "Hi"

Replies are strings (an assistant's text), what the methods below return, or functions of the request that give one of
these. A queue answers in order, its last reply again and again; `script(..., model="judge")` holds for one model only.
"""

import contextlib
import json
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


LONGEST = (
    "convsim/runs/test_cluster.py", "convsim/runs/test_faulty_models.py", "convsim/runs/test_foreign.py",
    "convsim/org/generate/test_build.py", "convsim/runs/test_run.py", "convsim/users/test_traits.py",
    "docs/test_commands.py", "convsim/runs/test_cassette.py", "convsim/org/soql/test_against_naive.py",
    "tasks/test_check.py", "convsim/runs/test_robust.py", "convsim/runs/test_workers.py",
    "convsim/runs/test_redact.py", "convsim/runs/test_inspect_task.py", "convsim/reading/test_agreement.py",
    "convsim/report/test_page.py", "convsim/runs/test_signals.py", "convsim/reading/test_corpus.py",
    "judges/test_model.py", "tasks/imported/test_offline_run.py", "tasks/test_texts_read.py",
    "convsim/cli/test_org.py", "docs/test_site.py", "tasks/guidance/test_library.py",
    "convsim/org/rest/test_query.py", "convsim/cli/test_play.py", "convsim/users/test_properties.py",
    "convsim/web/test_viewer.py", "convsim/test_tracing.py", "convsim/org/pull/test_resume.py",
    "tasks/test_planted.py",
)  # fmt: skip
"""Files that take more than six seconds, the longest first; the processes that share the suite begin with them."""
TESTS = Path(__file__).parent
TOGETHER = ("convsim/org/generate",)
"""Folders whose files share what takes long to make."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files come first, so that no process is left with one of them when all others are done."""
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each process whole files, so that what their tests share is made once; some folders count as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(f"tests/{folder}/")), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Return who shares the suite among the processes of `pytest -n`."""
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def given_up_agents_end_with_their_test() -> Iterator[None]:
    """Forget foreign agents that a test gave up: a command run in this process later would end it at once for them."""
    yield
    if threads := sys.modules.get("convsim.agents.threads"):
        threads._given_up.clear()


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body.get("messages", []))

    @property
    def last(self) -> str:
        """Text of the last message."""
        return str(self.messages[-1]["content"]) if self.messages else ""


@dataclass(frozen=True)
class Raw:
    """One HTTP answer, or what a broken server does instead."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before anything is sent."""
    cut: bool = False
    """Close the connection in the middle of the body."""


Reply = str | Raw | Callable[[Request], "str | Raw"]


class ModelServer:
    """The server's address, its script and its log."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.sockets: set[socket.socket] = set()
        self._queues: dict[str | None, list[Reply]] = defaultdict(list)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler.bound(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Base address for clients; `/chat/completions` is below it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def script(self, *replies: Reply, model: str | None = None) -> None:
        """Append replies to the queue of one model, or of all that have none of their own."""
        self._queues[model].extend(replies)

    @staticmethod
    def message(
        content: str | None = None,
        *,
        tool_calls: tuple[tuple[str, str | None], ...] = (),
        finish: str | None = "stop",
        usage: dict[str, Any] | None = None,
        choices: bool = True,
        **extra: Any,
    ) -> Raw:
        """Return a completion; tool calls are (name, arguments as sent); extra keys join the message."""
        message: dict[str, Any] = {"role": "assistant", "content": content, **extra}
        if tool_calls:
            message["tool_calls"] = [
                {"id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": arguments}}
                for i, (name, arguments) in enumerate(tool_calls)
            ]
        choice = {"index": 0, "message": message, "finish_reason": finish}
        counted = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15} if usage is None else usage
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "served-model-1",
            "system_fingerprint": "fp_1",
            "choices": [choice] if choices else [],
            **({"usage": counted} if counted else {}),
        }
        return Raw(json.dumps(completion).encode())

    @staticmethod
    def status(code: int, *, retry_after: float | None = None, message: str = "scripted", kind: str = "") -> Raw:
        """Return an error answer with OpenAI's error body; `kind` is its `code`."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = {"error": {"message": message, "type": kind or "error", "param": None, "code": kind or None}}
        return Raw(json.dumps(body).encode(), status=code, headers=headers)

    @staticmethod
    def slow(seconds: float, content: str = "late") -> Raw:
        """Return an answer that takes its time; a long time is a hang (the fixture's end releases it)."""
        return Raw(ModelServer.message(content).body, delay=seconds)

    @staticmethod
    def cut() -> Raw:
        """Return an answer that breaks off in the middle."""
        return Raw(ModelServer.message("cut").body, cut=True)

    @staticmethod
    def malformed() -> Raw:
        """Return a body that is no JSON."""
        return Raw(b'{"choices": [{"message": ')

    def answer(self, request: Request) -> Raw:
        """Log the request and return what the script holds for it; 500 when it holds nothing."""
        with self._lock:
            self.requests.append(request)
            queue = self._queues.get(request.model) or self._queues[None]
            reply: Reply = self.status(500, message="nothing scripted") if not queue else queue[0]
            if len(queue) > 1:
                queue.pop(0)
        made = reply(request) if callable(reply) else reply
        return self.message(made) if isinstance(made, str) else made

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Release hanging answers, close every connection and wait for the threads."""
        self.closing.set()
        self._server.shutdown()
        for connection in list(self.sockets):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for the server that `bound` ties it to."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    model_server: ModelServer

    @classmethod
    def bound(cls, server: ModelServer) -> "type[Handler]":
        return type("BoundHandler", (cls,), {"model_server": server})

    def setup(self) -> None:
        super().setup()
        self.model_server.sockets.add(self.connection)

    def finish(self) -> None:
        self.model_server.sockets.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(self.rfile.read(size) or b"{}")
        self.reply(self.model_server.answer(Request(self.path, headers, body)))

    def reply(self, raw: Raw) -> None:
        if raw.delay and self.model_server.closing.wait(raw.delay):
            self.close_connection = True
            return
        self.send_response(raw.status)
        for name, value in {"Content-Type": "application/json", **raw.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw.body)))
        self.end_headers()
        self.wfile.write(raw.body[: len(raw.body) // 2] if raw.cut else raw.body)
        self.wfile.flush()
        self.close_connection = self.close_connection or raw.cut


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A running server with an empty script; closed with all its connections after the test."""
    yield from _served()


@pytest.fixture(scope="module")
def shared_model_server() -> Iterator[ModelServer]:
    """The same for all tests of a file."""
    yield from _served()


def _served() -> Iterator[ModelServer]:
    server = ModelServer()
    server.start()
    try:
        yield server
    finally:
        server.close()
