"""A note on who spoke English although the persona speaks another language: everybody does, offline."""

from collections.abc import Iterable
from pathlib import Path

from convsim.runs.store import Store
from personas.errors import SourceError
from personas.library import Library, load_library


def spoken_english(stores: Iterable[Store]) -> str:
    """Return the personas of other languages that spoke English, in a line; empty where there are none."""
    found: dict[str, str] = {}
    for store in stores:
        manifest = store.manifest()
        if manifest is None or manifest.config.user.target != "offline":
            continue
        library = _library(manifest.config.persona_paths)
        for name in dict.fromkeys(scenario.persona for scenario in store.scenarios()):
            profile = library.profiles.get(name)
            if profile is not None and profile.language != "en":
                found[name] = profile.language
    told = ", ".join(f"{name} ({language})" for name, language in sorted(found.items()))
    return f"offline the user speaks English, whatever the persona's language: {told}" if told else ""


def _library(paths: Iterable[str]) -> Library:
    """Return the library with the authors' files as far as they are still there and readable."""
    try:
        return load_library([Path(path) for path in paths if Path(path).exists()])
    except SourceError:
        return load_library()
