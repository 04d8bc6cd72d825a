"""OpenTelemetry spans of a run: conversations, model calls, org requests, judgements.

Names and attributes follow the semantic conventions for generative AI
(https://opentelemetry.io/docs/specs/semconv/gen-ai/): `invoke_agent`, `chat`, `execute_tool`. What is said is never
recorded, because it may be personal. While nothing records, a span costs one comparison.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from convsim.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

VARIABLE = "CONVSIM_TRACES"
"""Tells processes that share a run's conversations where its spans go."""
OTLP = "otlp"
"""Send to the collector that the standard `OTEL_EXPORTER_OTLP_*` variables name."""

Attributes = Mapping[str, str | int | float | bool | list[str]]
_tracers: "list[Tracer]" = []
"""The tracer that records; none as a rule."""


@contextmanager
def recording(target: str | None) -> Iterator[None]:
    """Record the spans that are begun inside: to a file, one JSON object a line, or to a collector (`otlp`).

    Does nothing without a target. Raises ConfigError without the extra `otel` and for a file that cannot be written.
    """
    if not target:
        yield
        return
    out = None if target == OTLP else _opened(Path(target))
    provider = _provider(out)
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = target
    _tracers.append(provider.get_tracer("convsim"))
    try:
        yield
    finally:
        _tracers.pop()
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before
        provider.shutdown()
        if out is not None:
            out.close()


def span(name: str, attributes: Attributes) -> "AbstractContextManager[Span | None]":
    """Return a context in which a span is open; it gives None while nothing records.

    An exception that leaves it becomes the span's error status.
    """
    if not _tracers:
        return nullcontext()
    return _tracers[-1].start_as_current_span(name, attributes=dict(attributes))


def finished(name: str, attributes: Attributes, *, duration_ms: float, parent: "Context | None") -> None:
    """Record a span that has just ended, below the one that was current when `parent` was taken by `here`."""
    if _tracers:
        end = time.time_ns()
        begun = _tracers[-1].start_span(
            name, context=parent, attributes=dict(attributes), start_time=end - int(duration_ms * 1e6)
        )
        begun.end(end)


def target() -> str | None:
    """Return where spans go, for processes that share the work; None while nothing records."""
    return os.environ.get(VARIABLE) if _tracers else None


def here() -> "Context | None":
    """Return what spans are open, for work that other threads do; None while nothing records."""
    if not _tracers:
        return None
    from opentelemetry.context import get_current

    return get_current()


def _provider(out: TextIO | None) -> "TracerProvider":
    try:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ConfigError("--traces needs OpenTelemetry: pip install 'crm-convsim[otel]'") from error
    os.environ.setdefault("OTEL_SERVICE_NAME", "convsim")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_collector() if out is None else _file(out)))
    return provider


def _collector() -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise ConfigError("--traces otlp needs the exporter: pip install 'crm-convsim[otel]'") from error
    return OTLPSpanExporter()


def _opened(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--traces {path}: cannot be written ({error.strerror})") from error


def _file(out: TextIO) -> Any:
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    return ConsoleSpanExporter(out=out, formatter=lambda each: each.to_json(indent=None) + "\n")
