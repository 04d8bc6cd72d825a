"""The templates of the prompt's blocks, compiled once."""

from collections.abc import Hashable
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def filled(name: str, **given: Any) -> str:
    """Return the text of a block."""
    return _template(name).render(given).strip()


@lru_cache(maxsize=4096)
def filled_once(name: str, **given: Hashable) -> str:
    """Return the text of a block that most conversations of an org share: filled once for the same values."""
    return filled(name, **given)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, StrictUndefined

    # Plain text for a model, never markup: escaping would change names and queries.
    return Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701


@cache
def _template(name: str) -> "Template":
    # Compiled once: compiling costs a hundred times what filling does.
    return _environment().from_string((files("convsim.guidance") / "texts" / f"{name}.j2").read_text("utf-8"))
