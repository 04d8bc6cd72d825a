"""What a person typed at a terminal: words for the other side, or a command."""

from collections.abc import Collection
from typing import NamedTuple

from convsim.errors import unknown


class Typed(NamedTuple):
    """One input."""

    command: str
    """Name without the slash; empty for words that are to be said."""
    text: str
    """What is to be said, or what follows the command."""


def typed(line: str, commands: Collection[str]) -> Typed:
    """Return what a line means; `//` at its beginning stands for a `/` that is to be said.

    Raises ConfigError, with the nearest name, for a command that there is not.
    """
    if line.startswith("//"):
        return Typed("", line[1:].strip())
    if not line.startswith("/"):
        return Typed("", line.strip())
    name, _, rest = line[1:].partition(" ")
    if name.strip() not in commands:
        raise unknown("command", f"/{name.strip()}", [f"/{each}" for each in commands], remedy="(/help shows all)")
    return Typed(name.strip(), rest.strip())


def as_typed(text: str) -> str:
    """Return the line by which a person says this text: the other way round."""
    return f"/{text}" if text.startswith("/") else text
