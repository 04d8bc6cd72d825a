"""One process at a time on a run: the kernel's own lock on a file beside it, which no kill can leave behind."""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from convsim.errors import ConfigError, InfrastructureError
from convsim.runs.server import server_engine

_KEY = 0x43564D31
"""Key of the advisory lock ("CVM1"); a database holds one run."""


class RunLock:
    """Holds `FILE.lock` until it is released or the process ends, however it ends.

    A file that a killed process left behind carries no lock and is taken over.
    """

    def __init__(self, run: Path) -> None:
        """Take the lock.

        Raises ConfigError when another process holds it or the folder is read-only,
        InfrastructureError where the disk is full.
        """
        self._path = run.with_name(f"{run.name}.lock")
        try:
            self._file = self._taken(run)
        except OSError as error:
            kind = ConfigError if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM) else InfrastructureError
            raise kind(f"{self._path} cannot be written: {error.strerror}; choose another --out") from error

    def _taken(self, run: Path) -> int:
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.read(file, 20).decode(errors="replace").strip()
                os.close(file)
                raise ConfigError(
                    f"{run} is being run by process {holder or '?'}; wait until it ends, or choose another --out"
                ) from None
            if self._is_current(file):
                os.ftruncate(file, 0)
                os.write(file, str(os.getpid()).encode())
                return file
            os.close(file)

    def _is_current(self, file: int) -> bool:
        """Return whether the locked file still has its name: its last holder removes it."""
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the run free; a second call does nothing."""
        if self._file < 0:
            return
        with suppress(OSError):
            self._path.unlink()
        os.close(self._file)
        self._file = -1


def is_being_run(place: str) -> bool:
    """Return whether a process of this machine holds the run file's lock; False where that cannot be seen from here.

    The lock itself is left alone: to try it would keep a run from starting at this very moment.
    """
    if "://" in place:
        return False
    file = Path(f"{place}.lock")
    try:
        os.kill(int(file.read_text(encoding="utf-8")), 0)
    except PermissionError:
        return True  # A process of somebody else.
    except (OSError, ValueError):
        return False
    return True


class ServerLock:
    """Holds PostgreSQL's advisory lock of a run's database until it is released or the connection ends.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """

    def __init__(self, url: str) -> None:
        """Take the lock; raises ConfigError when another process holds it or the server cannot be reached."""
        engine = server_engine(url, poolclass=sa.NullPool)
        shown = engine.url.render_as_string(hide_password=True)
        try:
            self._connection: sa.Connection | None = engine.connect()
            taken = self._connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar()
            self._connection.commit()
        except sa.exc.OperationalError as error:
            raise ConfigError(f"{shown} cannot be reached: {str(error.orig).strip()}; check --store") from error
        if not taken:
            self._connection.close()
            raise ConfigError(
                f"{shown}: another process is working on it; wait until it ends, or give the run a database of its own"
            )

    def release(self) -> None:
        """Give the run free; a second call does nothing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
