"""The identity of a judge: a hash of everything that can change one of its verdicts."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from convsim.draws import fingerprint

_PACKAGES = ("judges", "convsim.reading")
_READ = (".py", ".yaml", ".j2", ".json")


@cache
def rules_version() -> str:
    """Return a hash of the rules: the sources and word lists of the judges and of the reading."""
    parts = [(name, text) for package in _PACKAGES for name, text in _sources(files(package), package)]
    return fingerprint("rules", *(piece for part in sorted(parts) for piece in part))


def judge_id(*key: object) -> str:
    """Return the hash of a judge that depends on the rules and on the rest of the key (prompt, model, parameters)."""
    return fingerprint("judge", rules_version(), *key)


def _sources(folder: Traversable, name: str) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith("__"):
            found += _sources(entry, f"{name}.{entry.name}")
        elif entry.name.endswith(_READ):
            found.append((f"{name}/{entry.name}", entry.read_text(encoding="utf-8")))
    return found
