"""Code of unknown origin in a process of its own: no files, no network, no other process, little memory, little time.

The process (`cell.py`) reads calls as JSON lines and may ask for a query in between, which is run here, with the
session's rights. Each call begins from the file's text anew, so that none leaves anything to the next. The limits of
the operating system hold on Linux and macOS; Python's own audit hook refuses files, sockets and imports beside them.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from convsim.guidance.functions import CallError
from convsim.guidance.query import Query

SECONDS = 5.0
"""Wall time of one call, its queries included."""
LEASE = 20.0
"""Seconds of CPU after which a process is not used again: below its limit by more than a call may take."""
_CELL = Path(__file__).with_name("cell.py")
_MOST = 4_000_000
"""Characters of one message."""


class Confined:
    """Runs the functions of one file's text; processes are kept and used again, each for a while."""

    def __init__(self, source: str, *, file: str, seconds: float = SECONDS) -> None:
        self.file = file
        self._source = source
        self._seconds = seconds
        self._idle: list[subprocess.Popen[str]] = []

    def call(self, name: str, query: Query, arguments: Mapping[str, Any], *, asks: bool) -> Any:
        """Return what the function returns; raises CallError when it fails, takes too long, or ends its process."""
        process = self._idle.pop() if self._idle else self._begin()
        late = threading.Timer(self._seconds, process.kill)
        late.start()
        try:
            answer = self._exchange(process, {"call": name, "arguments": _plain(arguments), "asks": asks}, query)
        except (OSError, ValueError):
            over = not late.is_alive()
            _end(process)
            why = f"it took more than {self._seconds:g} s" if over else "its process ended (memory, time, or an exit)"
            raise CallError(f"{name} broke: {why}") from None
        except BaseException:
            _end(process)
            raise
        finally:
            late.cancel()
        if float(answer.get("spent", 0)) < LEASE:
            self._idle.append(process)
        else:
            _end(process)
        if "error" in answer:
            raise CallError(f"{name} broke: {str(answer['error'])[:300]}")
        return answer.get("result")

    def close(self) -> None:
        """End the processes that wait."""
        while self._idle:
            _end(self._idle.pop())

    def __del__(self) -> None:
        self.close()

    def _begin(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 - our own file under this interpreter
            [sys.executable, "-I", "-S", str(_CELL)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={},
            cwd="/",
        )
        _send(process, {"source": self._source})
        return process

    def _exchange(self, process: "subprocess.Popen[str]", message: object, query: Query) -> dict[str, Any]:
        """Send a call and run the queries that it asks for until its answer comes."""
        from simple_salesforce.exceptions import SalesforceError

        _send(process, message)
        while True:
            answer = _received(process)
            if "query" not in answer:
                return answer
            try:
                rows = query(str(answer["query"]), **_values(answer))
                _send(process, {"rows": rows})
            except (CallError, SalesforceError, KeyError, IndexError, TypeError) as error:
                _send(process, {"refused": str(error)})


def _send(process: "subprocess.Popen[str]", message: object) -> None:
    assert process.stdin is not None, "it was opened with a pipe"
    process.stdin.write(json.dumps(message, default=str) + "\n")
    process.stdin.flush()


def _received(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None, "it was opened with a pipe"
    line = process.stdout.readline(_MOST)
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("no message")
    return answer


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue


def _values(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query's values as the process had them."""
    dates = {name: date.fromisoformat(text) for name, text in asked["dates"].items()}
    moments = {name: datetime.fromisoformat(text) for name, text in asked["moments"].items()}
    return {**asked["values"], **dates, **moments}


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in arguments.items()}
