"""Folders and files as they travel to the nodes of a cluster: packed once, laid down once on each node."""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from convsim.org.bundle import cache_folder


@dataclass(frozen=True)
class Parcel:
    """A folder or a file by the names in it."""

    name: str
    """Hash of names and contents: two nodes with the same parcel have the same bytes."""
    root: str
    """The file that stands for the parcel, or nothing where the folder itself does."""
    files: tuple[tuple[str, bytes], ...]


def pack(path: Path) -> Parcel:
    """Return the parcel of a file, or of a folder with all that is in it."""
    inside = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    base = path if path.is_dir() else path.parent
    files = tuple((each.relative_to(base).as_posix(), each.read_bytes()) for each in inside)
    state = blake2b(digest_size=16)
    for name, content in files:
        state.update(f"{name}\0{len(content)}\0".encode() + content)
    return Parcel(state.hexdigest(), "" if path.is_dir() else path.name, files)


def lay_down(parcel: Parcel) -> Path:
    """Return where the parcel lies in this machine's cache; writes it there unless it is.

    A folder is made aside and renamed when it is whole, so that several actors of a node may do so at once.
    """
    folder = cache_folder() / f"parcel-{parcel.name}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _write(aside, parcel.files)
            aside.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return folder / parcel.root


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for name, content in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
