"""Spans of a run: where they hang, what they say, what they never say."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from convsim import tracing
from convsim.cli import main
from convsim.errors import ConfigError

RUN = "run --families handle_time --per-family 1 --org b2b --no-baselines"
SCRIPT = """
rules:  # queries first, whatever the user says
  - after: 1
    say: "<respond>I cannot tell. <final>[]</final></respond>"
  - say: "<execute>SELECT COUNT() FROM Case</execute>"
"""


def run(folder: Path, *more: str) -> None:
    (folder / "counting.yaml").write_text(SCRIPT)
    with pytest.raises(SystemExit) as ended:
        main([*RUN.split(), "--agent", f"scripted/{folder}/counting.yaml", "--out", str(folder / "run.sqlite"), *more])
    assert ended.value.code == 0


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_calls_and_queries_hang_below_their_conversation(tmp_path: Path, workers: str) -> None:
    file = tmp_path / "spans.jsonl"
    run(tmp_path, "--traces", str(file), "--workers", workers)
    spans = read(file)
    (conversation,) = (each for each in spans if each["name"].startswith("invoke_agent"))
    assert conversation["attributes"]["convsim.family"] == "handle_time"
    assert conversation["resource"]["attributes"]["service.name"] == "convsim"
    below = [each for each in spans if each["parent_id"] == conversation["context"]["span_id"]]
    kinds = {each["attributes"]["gen_ai.operation.name"] for each in below}
    assert kinds == {"chat", "execute_tool"}
    chats = [each for each in below if each["attributes"]["gen_ai.operation.name"] == "chat"]
    assert {each["attributes"]["gen_ai.request.model"] for each in chats} == {f"{tmp_path}/counting.yaml"}
    assert all(each["attributes"]["gen_ai.usage.output_tokens"] > 0 for each in chats)
    assert any(each["name"].startswith("judge ") for each in spans)
    for each in below:
        assert conversation["start_time"] <= each["start_time"]
        assert each["end_time"] <= conversation["end_time"]


def test_what_is_said_is_not_recorded(tmp_path: Path) -> None:
    run(tmp_path, "--traces", str(tmp_path / "spans.jsonl"))
    with pytest.raises(SystemExit):
        main(["export", str(tmp_path / "run.sqlite"), "--to", "jsonl", "--out", str(tmp_path / "run.jsonl")])
    (episode,) = read(tmp_path / "run.jsonl")
    told = (tmp_path / "spans.jsonl").read_text()
    for message in episode["messages"]:
        assert message["content"] not in told
    for query in episode["queries"]:
        assert query["text"] not in told


class Collector(BaseHTTPRequestHandler):
    """An OTLP collector that keeps what it gets."""

    names: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        import gzip

        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        told = ExportTraceServiceRequest.FromString(body)
        self.names += [s.name for r in told.resource_spans for scope in r.scope_spans for s in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    Collector.names = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield Collector.names
        server.shutdown()
        thread.join()


def test_a_collector_gets_them(tmp_path: Path, collector: list[str]) -> None:
    run(tmp_path, "--traces", "otlp")
    assert f"invoke_agent scripted/{tmp_path}/counting.yaml" in collector
    assert f"chat {tmp_path}/counting.yaml" in collector
    assert "execute_tool soql" in collector


def test_a_failing_call_is_an_error(tmp_path: Path) -> None:
    with tracing.recording(str(tmp_path / "spans.jsonl")), pytest.raises(ValueError, match="lost"):  # noqa: SIM117
        with tracing.span("chat x", {}):
            raise ValueError("lost")
    (span,) = read(tmp_path / "spans.jsonl")
    assert span["status"]["status_code"] == "ERROR"
    assert span["events"][0]["attributes"]["exception.type"] == "ValueError"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "spans.jsonl"
    with pytest.raises(ConfigError, match=r"--traces .*nowhere.*cannot be written"), tracing.recording(str(place)):
        pass


def test_nothing_is_recorded_as_a_rule() -> None:
    with tracing.span("chat x", {}) as span:
        assert span is None
    assert tracing.here() is None
