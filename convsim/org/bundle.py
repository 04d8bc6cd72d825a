"""An org on disk, opened: generated ones are built once into a cache, other people's are read from their folder.

    generated_bundle("b2b", seed=0)      # in the cache: org.yaml, latent.json, sensitivity.yaml, store.sqlite
    open_bundle(Path("my-org"))          # org.yaml, schema/*.yaml, records/*.jsonl, sensitivity.yaml

The cache is `CONVSIM_CACHE` or the user's cache folder. A folder in it is made aside and renamed when it is whole, so
that a killed or a second process never leaves or meets half an org.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path

from convsim.errors import ConfigError, unknown
from convsim.org.bundle_source import OrgSheet, read_org_sheet, read_records, record_files
from convsim.org.schema.load import BUILT_IN as SCHEMA_FILES
from convsim.org.schema.load import load_schema
from convsim.org.schema.model import Schema
from convsim.org.sensitivity import SensitiveField, built_in_sensitivity, load_sensitivity
from convsim.org.soql.clock import SessionClock
from convsim.org.store import FORMAT, Store, build_store
from personas.units import ORG_TYPES, OrgType

SHEET, LATENT, STORE, SENSITIVITY, HASH = "org.yaml", "latent.json", "store.sqlite", "sensitivity.yaml", "content.hash"
_MADE = (SHEET, LATENT, STORE, HASH)


@dataclass(frozen=True)
class Bundle:
    """An org that is ready to be opened for sessions. Its store is read-only."""

    folder: Path
    """Where `org.yaml` lies; latent facts lie beside it when the org was generated."""
    sheet: OrgSheet
    schema: Schema
    store_path: Path
    content_hash: str
    """Hash of the content: generated rows, or the files of the folder."""
    sensitivity: tuple[SensitiveField, ...]

    @property
    def name(self) -> str:
        """`b2b`, `b2c`, or the name in `org.yaml`."""
        return self.sheet.name

    @property
    def latent_path(self) -> Path | None:
        """The file of latent facts; None for orgs that were not generated."""
        path = self.folder / LATENT
        return path if path.is_file() else None

    @property
    def own_rules(self) -> dict[str, dict[str, str]]:
        """Object -> field -> class by the folder's own `sensitivity.yaml`; empty where it has none."""
        if self.latent_path is not None or not (self.folder / SENSITIVITY).is_file():
            return {}
        found: dict[str, dict[str, str]] = {}
        for each in self.sensitivity:
            found.setdefault(each.object, {})[each.field] = each.kind
        return found

    @cached_property
    def store(self) -> Store:
        """The records, opened on first use."""
        return Store(self.store_path, self.schema)

    @cached_property
    def clock(self) -> SessionClock:
        """The frozen present of every session; raises ConfigError when `user` is nobody."""
        return SessionClock(
            now=self.sheet.now,
            time_zone=self.sheet.time_zone,
            week_start=self.sheet.week_start,
            fiscal_month=self.sheet.fiscal_month,
            user_id=_running_user(self),
        )


def generated_bundle(org_type: str, seed: int = 0, scale: float = 1.0, *, cache: Path | None = None) -> Bundle:
    """Return the generated org, built on first use; raises ConfigError for an unknown type or an unusable cache."""
    if org_type not in ORG_TYPES:
        raise unknown("org type", org_type, ORG_TYPES)
    if not 0 < scale <= 20:
        raise ConfigError(f"scale {scale:g} is not within 0 (excluded) to 20: 1 is the default size")
    key = f"{org_type}-{seed}-{float(scale)!r}-{_generator_mark()}"
    folder = _made(
        cache or cache_folder(), key, lambda aside: _generate(aside, org_type, seed, scale=scale), needs=_MADE
    )
    return _generated(folder)


def open_bundle(folder: Path, *, cache: Path | None = None) -> Bundle:
    """Return the bundle of a folder; its store is built in the cache once per content.

    Raises ConfigError when the folder is no bundle, SourceError for a mistake in one of its files.
    """
    if not (folder / SHEET).is_file():
        raise ConfigError(
            f"'{folder}' is no bundle: it has no {SHEET}; a bundle holds {SHEET}, schema/*.yaml and records/*.jsonl"
        )
    if all((folder / each).is_file() for each in _MADE):
        return _generated(folder)
    sheet, schema = read_org_sheet(folder / SHEET), load_schema(folder / "schema")
    own = folder / SENSITIVITY
    rules = load_sensitivity(own, schema) if own.is_file() else built_in_sensitivity(schema)
    mark = _files_mark(folder)
    kept = _made(
        cache or cache_folder(), f"bundle-{mark}", lambda aside: _store_records(aside, folder, schema), needs=(STORE,)
    )
    return Bundle(folder, sheet, schema, kept / STORE, mark, rules)


def cache_folder() -> Path:
    """Return where built orgs are kept: `CONVSIM_CACHE`, or `convsim` in the user's cache folder of this platform."""
    if named := os.environ.get("CONVSIM_CACHE"):
        return Path(named).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "convsim" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "convsim"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convsim"


def _generated(folder: Path) -> Bundle:
    from convsim.org.generate.schema import schema_of

    sheet = read_org_sheet(folder / SHEET)
    if sheet.name not in ORG_TYPES:
        raise ConfigError(f"'{folder}' holds a generated org named '{sheet.name}': build it again")
    schema = schema_of(sheet.name)
    mark = (folder / HASH).read_text("ascii").strip()
    return Bundle(folder, sheet, schema, folder / STORE, mark, built_in_sensitivity(schema))


def _generate(aside: Path, org_type: OrgType, seed: int, *, scale: float) -> None:
    from convsim.org.generate import latent
    from convsim.org.generate.build import generate, org_sheet
    from convsim.org.generate.schema import schema_of
    from convsim.org.sensitivity import BUILT_IN

    org = generate(org_type, seed=seed, scale=scale)
    (aside / SHEET).write_text(org_sheet(org), "utf-8")
    latent.dump(org.latent, aside / LATENT)
    shutil.copyfile(BUILT_IN, aside / SENSITIVITY)
    build_store(aside / STORE, schema_of(org_type), org.rows)
    (aside / HASH).write_text(org.content_hash() + "\n", "ascii")


def _store_records(aside: Path, folder: Path, schema: Schema) -> None:
    files = record_files(folder, schema)
    sobjects = {each.name: each for each in schema}
    build_store(aside / STORE, schema, {name: read_records(file, sobjects[name]) for name, file in files.items()})


def _made(cache: Path, key: str, make: Callable[[Path], None], *, needs: tuple[str, ...]) -> Path:
    """Return the cache's folder of this key, made by `make` when it is not there; two processes may do so at once."""
    folder = cache / key
    if all((folder / each).is_file() for each in needs):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{key}.", dir=cache))
    except OSError as error:
        raise ConfigError(
            f"cache folder '{cache}' cannot be written ({error.strerror}): set CONVSIM_CACHE to one that can"
        ) from error
    try:
        make(aside)
        _put(aside, folder, needs=needs)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _put(aside: Path, folder: Path, *, needs: tuple[str, ...]) -> None:
    """Rename the finished folder to its place; a whole one that another process put there meanwhile stays."""
    if folder.exists() and not all((folder / each).is_file() for each in needs):
        shutil.rmtree(folder, ignore_errors=True)
    aside.chmod(0o755)
    try:
        aside.rename(folder)
    except OSError:
        if not all((folder / each).is_file() for each in needs):
            raise


def _running_user(bundle: Bundle) -> str:
    wanted = bundle.sheet.user
    sobject = bundle.schema.object("User")
    if sobject is None:
        return ""
    named = 'WHERE "Id" = ? OR "Username" = ?' if wanted else ""
    found = bundle.store.select(
        f'SELECT "Id" FROM "User" {named} ORDER BY "IsActive" DESC, "Id" LIMIT 1',  # noqa: S608
        (wanted, wanted) if wanted else (),
    )
    if not found and wanted:
        raise ConfigError(
            f"user '{wanted}' of '{bundle.folder / SHEET}' is not among the records of User: give a Username or Id"
        )
    return str(found[0][0]) if found else ""


@lru_cache(maxsize=1)
def _generator_mark() -> str:
    """Return the generator's version with a hash of its files, so that no change meets an old cache."""
    from convsim.org.generate.build import VERSION

    here = Path(__file__).parent
    files = [*(here / "generate").rglob("*"), *SCHEMA_FILES.glob("*.yaml"), here / "store.py", here / "layout.py"]
    state = blake2b(f"{VERSION}/{FORMAT}".encode(), digest_size=6)
    for file in sorted(each for each in files if each.suffix in {".py", ".txt", ".yaml"}):
        state.update(file.name.encode() + b"\0" + file.read_bytes())
    return f"v{VERSION}-{state.hexdigest()}"


def _files_mark(folder: Path) -> str:
    state = blake2b(f"bundle/{FORMAT}".encode(), digest_size=16)
    files = [folder / SHEET, *(folder / "schema").glob("*.yaml"), *(folder / "records").glob("*.jsonl")]
    for file in sorted(files):
        state.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return state.hexdigest()
