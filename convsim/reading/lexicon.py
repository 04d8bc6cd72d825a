"""Word lists and patterns from the YAML files of this folder; `{name}` in a pattern stands for another entry."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

_REFERENCE = re.compile(r"\{([a-z_]+)\}")


@cache
def load(name: str) -> Any:
    """Return the content of `<name>.yaml`."""
    import yaml

    text = (files("convsim.reading") / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)


@cache
def pattern(lexicon: str, entry: str) -> re.Pattern[str]:
    """Return the entry's alternatives as one pattern without regard to case; raises KeyError for an unknown entry."""
    return re.compile(_alternatives(lexicon, entry), re.IGNORECASE | re.MULTILINE)


def says(lexicon: str, entry: str, text: str) -> bool:
    """Tell whether the entry's pattern occurs in a text.

    Where the lexicon lists substrings under `needs: {entry: [...]}`, one of them must occur for the pattern to be
    tried: most sentences are settled by that. Texts beyond ASCII are always tried.
    """
    return may_say(lexicon, entry, text) and pattern(lexicon, entry).search(text) is not None


def may_say(lexicon: str, entry: str, text: str) -> bool:
    """Tell whether the entry's pattern is worth trying; a substring's blanks also stand for the text's ends."""
    needed = _needs(lexicon).get(entry)
    if not needed or not text.isascii():
        return True
    lowered = f" {text.lower()} "
    return any(each in lowered for each in needed)


@cache
def _needs(lexicon: str) -> dict[str, tuple[str, ...]]:
    return {entry: tuple(needed) for entry, needed in load(lexicon).get("needs", {}).items()}


def _alternatives(lexicon: str, entry: str) -> str:
    filled = (_REFERENCE.sub(lambda ref: _alternatives(lexicon, ref.group(1)), each) for each in load(lexicon)[entry])
    return f"(?:{'|'.join(filled)})"
