"""A PostgreSQL server of the tests' own, on loopback, gone when they end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str | None:
    """Return the server's program, None where no server is installed."""
    return next((found for folder in _FOLDERS if (found := shutil.which(name, path=folder))), shutil.which(name))


@contextmanager
def server() -> Iterator[str]:
    """Yield the SQLAlchemy URL of a fresh server; as root it runs as the user `postgres`, as servers insist."""
    folder = Path(tempfile.mkdtemp(prefix="convsim-postgres-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, log = folder / "data", folder / "log"
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    start = [*as_user, program("pg_ctl"), "-D", data, "-l", log, "-w", "-o", settings, "start"]
    stop = [*as_user, program("pg_ctl"), "-D", data, "-m", "immediate", "stop"]
    try:
        _run([*as_user, program("initdb"), "-D", data, "-A", "trust", "-U", "convsim", "--no-sync"], folder)
        _run(start, folder)
        yield f"postgresql+psycopg://convsim@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([str(word) for word in stop], cwd=folder, capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _run(words: list, folder: Path) -> None:  # type: ignore[type-arg]
    command = [str(word) for word in words]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr.decode()
