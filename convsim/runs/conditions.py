"""The guidance that was asked for: conditions, the demonstrated family, the parts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convsim.errors import ConfigError, unknown
from convsim.records.guidance import Subroutines

_OWN = ("correct", "seeded-faults")


def guided(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of an agent's configuration for each chosen condition, in the study's order for `all`.

    Raises ConfigError for an unknown condition, an option that none of the conditions uses, and a file that cannot be
    read.
    """
    from convsim.guidance.conditions import CONDITIONS

    named = dict.fromkeys(given.get("guidance") or ("raw",))
    for name in named:
        if name not in CONDITIONS and name != "all":
            raise unknown("guidance condition", name, [*CONDITIONS, "all"])
    chosen = {name: CONDITIONS[name] for name in (CONDITIONS if "all" in named else named)}
    example, parts = given.get("guidance_example"), given.get("subroutines")
    if example and not any(each.demonstration for each in chosen.values()):
        raise ConfigError(f"--guidance-example {example}: only workflow-technical and workflow-plain show an example")
    if parts and not any(each.subroutines for each in chosen.values()):
        raise ConfigError(
            f"--subroutines {parts}: only functions+subroutines and source+subroutines offer any; add --guidance with "
            "one of them"
        )
    offered = _parts(parts or "correct")
    return [
        {
            "guidance": name,
            "guidance_example": (example or "") if each.demonstration else "",
            "subroutines": offered if each.subroutines else None,
        }
        for name, each in chosen.items()
    ]


def _parts(what: str) -> Subroutines:
    """Return the parts by name, or the text of a file of one's own."""
    if what in _OWN:
        return Subroutines(name=what)
    file = Path(what)
    if not file.is_file():
        raise unknown("subroutines", what, _OWN, remedy="or give a Python file that exists")
    try:
        source = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--subroutines {what} cannot be read: {error}") from error
    if not source.strip():
        raise ConfigError(f"--subroutines {what} is empty: give a Python file that defines parts")
    return Subroutines(name=file.name, source=source)
