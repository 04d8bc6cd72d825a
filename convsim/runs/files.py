"""What lies at `--out`: our own run file, nothing, or something that must not be touched."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from convsim.errors import ConfigError, InfrastructureError

_REMEDY = "choose another --out, or restore the file from a copy; it was not changed"


def make_folder(folder: Path) -> None:
    """Create the folder; raises ConfigError where that is not possible or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"folder {folder} cannot be made: {error.strerror}; choose another --out") from error
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"folder {folder} is read-only; choose another --out")


def make_file(path: Path, application_id: int) -> None:
    """Create an empty SQLite file that carries our application id, in one step: a kill leaves all of it or nothing.

    Raises ConfigError for a read-only folder and InfrastructureError for a full disk.
    """
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute(f"PRAGMA application_id = {application_id}")
            connection.execute("CREATE TABLE IF NOT EXISTS meta (key VARCHAR(40) PRIMARY KEY, value TEXT NOT NULL)")
            connection.commit()
        draft.replace(path)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise InfrastructureError(f"{path} cannot be made: {error}; make room, or choose another --out") from error


def check_writable(path: Path) -> None:
    """Raise ConfigError when a run file, or the folder in which SQLite keeps its log, cannot be written."""
    for place, kind in ((path, "file"), (path.parent, "folder")):
        if not os.access(place, os.W_OK):
            raise ConfigError(f"{kind} {place} is read-only; nothing was changed; choose another --out")


def is_settled(path: Path) -> bool:
    """Return whether nobody can be writing the file: its folder is read-only and holds no log of SQLite's.

    Only such a file can be read without the shared memory that SQLite would create beside it.
    """
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return False
    wal = path.with_name(f"{path.name}-wal")
    return not wal.exists() or wal.stat().st_size == 0


def check_file(path: Path, application_id: int) -> None:
    """Raise ConfigError unless the file is an unharmed SQLite file with our application id."""
    if path.is_dir():
        raise ConfigError(f"{path} is a folder, not a run file; name a file, for instance {path / 'run.sqlite'}")
    if not os.access(path, os.R_OK):
        raise ConfigError(f"{path} cannot be read: permission denied; choose another --out")
    try:
        _check_content(path, application_id)
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise ConfigError(f"{path} is no run store (it is no SQLite file, or was cut off); {_REMEDY}") from error
        raise ConfigError(f"{path} is damaged ({error}); {_REMEDY}") from error


def is_sqlite(path: Path) -> bool:
    """Return whether the file is a SQLite database.

    Asked through SQLite alone: opening and closing the file by other means would drop the locks that this process
    holds on it (sqlite.org, "How To Corrupt An SQLite Database File", section 2.2).
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.DatabaseError:
        return False
    return path.stat().st_size > 0


def _check_content(path: Path, application_id: int) -> None:
    if path.stat().st_size == 0:
        raise sqlite3.DatabaseError("file is not a database")
    mode = "?mode=ro&immutable=1" if is_settled(path) else ""
    with closing(sqlite3.connect(path.resolve().as_uri() + mode, timeout=5, uri=True)) as connection:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        if found != application_id:
            raise ConfigError(f"{path} is a SQLite file of another program; {_REMEDY}")
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise ConfigError(f"{path} is damaged ({verdict}); {_REMEDY}")
