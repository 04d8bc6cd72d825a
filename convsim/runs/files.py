"""What lies at `--out`: our own run file, nothing, or something that must not be touched."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from convsim.errors import ConfigError

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
    """Create an empty SQLite file that carries our application id, in one step: a kill leaves all of it or nothing."""
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        connection = sqlite3.connect(draft)
        connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute("CREATE TABLE IF NOT EXISTS meta (key VARCHAR(40) PRIMARY KEY, value TEXT NOT NULL)")
        connection.commit()
        connection.close()
        draft.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise ConfigError(f"{path} cannot be made: {error}; choose another --out") from error


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
    with closing(sqlite3.connect(path, timeout=5)) as connection:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        if found != application_id:
            raise ConfigError(f"{path} is a SQLite file of another program; {_REMEDY}")
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise ConfigError(f"{path} is damaged ({verdict}); {_REMEDY}")
