"""The confined process itself: run by path with `python -I -S`, imports nothing of ours.

Order matters: what user code may use is imported first, then the limits close, then its text is run.
"""

import bisect
import builtins
import collections
import datetime
import decimal
import functools
import heapq
import io
import itertools
import json
import math
import operator
import re
import statistics
import sys
import time
import typing
from collections.abc import Callable
from typing import Any

_ALLOWED = {
    each.__name__: each
    for each in (
        *(bisect, collections, datetime, decimal, functools, heapq, itertools),
        *(json, math, operator, re, statistics, typing),
    )
}
_HIDDEN = ("open", "input", "eval", "exec", "compile", "breakpoint", "exit", "quit", "help", "memoryview")
_REFUSED = ("open", "socket", "subprocess", "os", "shutil", "ctypes", "import", "mmap", "fcntl", "resource", "pty",
            "signal", "syslog", "tempfile", "urllib", "winreg", "code", "cpython", "gc", "marshal", "pickle",
            "glob", "pathlib", "http", "ftplib", "smtplib", "sqlite3", "webbrowser")  # fmt: skip
QUERY = Callable[..., list[dict[str, Any]]]
"""What parts ask the org with, under the name that our own sources import."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space."""
CPU_SECONDS = 30
"""CPU time of the process over all its calls; `Confined` takes a new one long before."""


def limit() -> None:
    """Let the operating system refuse files, sockets and processes: no descriptor beyond the three pipes is given."""
    import resource

    for name, most in (
        ("RLIMIT_AS", MEMORY),
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 3),
        ("RLIMIT_NPROC", 0),
    ):
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (most, most))


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: refuse what reaches out of the process; it cannot be removed again."""
    del arguments
    if event.partition(".")[0] in _REFUSED:
        raise PermissionError(f"{event} is not allowed here")


def sorted_by_kind(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return values for a query, dates and moments apart as ISO text: in SOQL they stand without quotes."""
    kinds: dict[str, dict[str, Any]] = {"values": {}, "dates": {}, "moments": {}}
    for name, value in values.items():
        if isinstance(value, datetime.date):
            kind = "moments" if isinstance(value, datetime.datetime) else "dates"
            kinds[kind][name] = value.isoformat()
        else:
            kinds["values"][name] = value
    return kinds


def importing(name: str, *_: object, **__: object) -> Any:
    """Stand in for `import`: the listed modules and nothing else."""
    if name == "collections.abc":
        return collections
    if name == "convsim.guidance.query":
        return type("query", (), {"Query": QUERY})
    if name == "__future__":
        return sys.modules["__future__"]
    if name not in _ALLOWED:
        raise ImportError(f"module {name} is not allowed here: use {', '.join(sorted(_ALLOWED))}")
    return _ALLOWED[name]


def world() -> dict[str, Any]:
    """Return the names that user code begins with."""
    known = {name: value for name, value in vars(builtins).items() if name not in _HIDDEN}
    quiet = functools.partial(print, file=io.StringIO())
    return {
        "__name__": "subroutines",
        "__builtins__": {**known, "__import__": importing, "print": quiet},
        "Any": typing.Any,
        "Literal": typing.Literal,
        "Query": QUERY,
        "date": datetime.date,
        "datetime": datetime.datetime,
    }


def main() -> None:
    """Answer calls until the other side closes."""
    given, told = sys.stdin, sys.stdout
    sys.stdout = io.StringIO()
    import __future__  # noqa: F401 - user code may name it

    datetime.datetime.strptime("2024", "%Y")  # noqa: DTZ007 - loads what it needs, which it could not do later

    source = json.loads(given.readline())["source"]
    code = compile(source, "<subroutines>", "exec")

    def ask(soql: str, **values: Any) -> Any:
        told.write(json.dumps({"query": soql, **sorted_by_kind(values)}, default=str) + "\n")
        told.flush()
        answer = json.loads(given.readline())
        if "refused" in answer:
            raise RuntimeError(answer["refused"])
        return answer["rows"]

    run, read, write, flush = exec, given.readline, told.write, told.flush
    limit()
    sys.addaudithook(refuse)
    while line := read():
        try:
            message = json.loads(line)
            names = world()
            run(code, names)
            arguments = {
                name: datetime.date.fromisoformat(value) if name in ("start", "end") else value
                for name, value in message["arguments"].items()
            }
            first = (ask,) if message["asks"] else ()
            answer = {"result": names[message["call"]](*first, **arguments), "spent": time.process_time()}
            text = json.dumps(answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told
            told_of = f"{type(error).__name__}: {error}"[:500]
            text = json.dumps({"error": told_of, "spent": time.process_time()})
        write(text + "\n")
        flush()


if __name__ == "__main__":
    main()
