"""Processes of `convsim` for tests, forked from one that has loaded everything: none costs a second of imports.

    with hatch("run", "--out", "run.sqlite", cwd=folder) as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()

Each is a process of its own, with its own folder, environment, files, limits and ending. What is about starting up
(what a command imports, what a shell finds) has to be tested with a process that starts up.
"""

import asyncio
import gc
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

HERE = str(Path(__file__).parent)
LOADED = (
    "convsim.cli.run", "convsim.cli.cassettes", "convsim.cli.progress", "convsim.runs.run", "convsim.runs.egress",
    "convsim.report.card", "convsim.report.guidance", "convsim.report.languages", "convsim.report.tables",
    "convsim.agents.plugin", "convsim.agents.hosted", "convsim.agents.reference.roster", "convsim.org.generate",
    "numpy.random", "scipy.special", "rapidfuzz.fuzz", "judges.provider", "tasks.provider",
)  # fmt: skip
"""What a run loads sooner or later."""


class Hatched:
    """A process of `convsim`; what tests need of `subprocess.Popen`, in text."""

    def __init__(self, request: Mapping[str, Any], files: Sequence[int], pipes: Sequence[IO[str] | None]) -> None:
        """Take what the child is to be, its standard files, and our ends of them."""
        self.stdin, self.stdout, self.stderr = pipes
        self.returncode: int | None = None
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(_server())
        socket.send_fds(self._line, [json.dumps(request).encode() + b"\n"], list(files))
        self._heard = b""
        pid = self._number(120)
        assert pid is not None, "the hatchery does not answer"
        self.pid = pid

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        if self.returncode is None and (code := self._number(0)) is not None:
            self.returncode = code
            self._line.close()
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        """Return the exit code; raises AssertionError when it takes longer."""
        if self.returncode is None:
            code = self._number(timeout)
            assert code is not None, f"process {self.pid} does not end"
            self.returncode = code
            self._line.close()
        return self.returncode

    def _number(self, seconds: float) -> int | None:
        """Return the next number that the hatchery tells, None when it comes too late."""
        while b"\n" not in self._heard:
            if not select.select([self._line], [], [], seconds)[0]:
                return None
            piece = self._line.recv(64)
            assert piece, "the hatchery has gone"
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        return int(line)

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """Return what it wrote until it ended; killed when it takes too long."""
        late = threading.Timer(timeout, self.kill)
        late.start()
        if self.stdin is not None:
            self.stdin.close()
        with ThreadPoolExecutor(2) as pool:
            out, err = pool.map(lambda pipe: pipe.read() if pipe else "", (self.stdout, self.stderr))
        self.wait(timeout)
        late.cancel()
        return out, err

    def send_signal(self, number: int) -> None:
        """Send it a signal; to no avail where it has ended, of which the hatchery may not have told yet."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> "Hatched":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.wait()
        for file in (self.stdin, self.stdout, self.stderr):
            if file is not None:
                file.close()


def hatch(
    *args: str,
    cwd: Path,
    stdio: Sequence[int] = (),
    paths: Sequence[str] = (HERE,),
    limits: Mapping[int, tuple[int, int]] | None = None,
    terminal: bool = False,
    **environment: str,
) -> Hatched:
    """Return a running `convsim ARGS` with this process's environment and what is added.

    Without `stdio`, three files of its own, its standard files are pipes. `limits` are those of `resource`; `terminal`
    makes its standard input the terminal that controls it.
    """
    request = {
        "args": args, "cwd": str(cwd), "env": {**os.environ, **environment}, "paths": paths, "terminal": terminal,
        "limits": list((limits or {}).items()),
    }  # fmt: skip
    if stdio:
        return Hatched(request, stdio, (None, None, None))
    ends = [os.pipe() for _ in range(3)]
    theirs = [ends[0][0], ends[1][1], ends[2][1]]
    ours = (os.fdopen(ends[0][1], "w"), os.fdopen(ends[1][0]), os.fdopen(ends[2][0]))
    try:
        return Hatched(request, theirs, ours)
    finally:
        for each in theirs:
            os.close(each)


@cache
def _server() -> str:
    """Return the address of this process's hatchery, which ends with it."""
    address = str(Path(tempfile.mkdtemp(prefix="convsim-hatchery-")) / "s")
    command = [sys.executable, __file__, address]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    _kept.append(process)
    return address


_kept: list[Any] = []
"""Keeps the hatchery's standard input open."""


def serve(address: str) -> list[str]:
    """Fork a process for every request until standard input ends; returns in each of them, with its arguments."""
    load()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if listener not in ready:
                Path(address).unlink()
                Path(address).parent.rmdir()
                os._exit(0)
            line, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                return attended(line)
            line.close()


def attended(line: socket.socket) -> list[str]:
    """Fork the process itself and tell its id and how it ended; returns in it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, files, _, _ = socket.recv_fds(line, 1 << 20, 3)
    while not message.endswith(b"\n"):
        message += line.recv(1 << 20)
    child = os.fork()
    if child == 0:
        line.close()
        return born(json.loads(message), files)
    line.sendall(f"{child}\n".encode())
    for number in range(3):
        os.close(number)
    for number in files:
        os.close(number)
    watched = os.pidfd_open(child)
    if watched not in select.select([line, watched], [], [])[0]:
        # Whoever asked for it has gone.
        os.kill(child, signal.SIGKILL)
    line.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())
    os._exit(0)


def born(request: Mapping[str, Any], files: Sequence[int]) -> list[str]:
    """Become what the request says; return the arguments."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.path[:0] = ["", *request["paths"]]
    for kind, limit in request["limits"]:
        resource.setrlimit(kind, tuple(limit))
    if request["terminal"]:
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return list(request["args"])


def load() -> None:
    """Load what runs load and let it do each thing once: what is compiled at its first use is compiled then."""
    for name in LOADED:
        import_module(name)
    sys.path.insert(0, HERE)
    from samples import scenario, transcript

    from convsim.plugins import judge_provider
    from convsim.users.simulated import SimulatedUser
    from personas.library import load_library

    async def once() -> None:
        user = SimulatedUser(scenario(0), load_library().get("john_it_director"))
        await user.open()
        await user.answer("Which period do you mean, and the lowest or the highest? I would say 005000000000002AAA.")
        await judge_provider().judge("rules", {}).judge(scenario(0), transcript())

    asyncio.run(once())
    gc.freeze()


if __name__ == "__main__":
    words = serve(sys.argv[1])
    from convsim.cli import main

    main(words)
