"""The published JSON Schemas by which editors complete and check persona files."""

import json
from pathlib import Path
from typing import Any

from personas.allowed import schema_of
from personas.profile import Overlay, Profile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema of a persona file: complete, or a variant that takes what it does not say from `extends`."""
    plain = dict(schema_of(Profile))
    complete = {"required": [name for name in plain.pop("required") if name != "id"]}
    return {
        "$schema": DIALECT,
        "title": "Persona",
        **{key: value for key, value in plain.items() if key != "title"},
        "required": ["id"],
        "anyOf": [{"required": ["extends"]}, complete],
    }


def overlay_schema() -> dict[str, Any]:
    """Return the schema of an overlay file."""
    return {"$schema": DIALECT, **schema_of(Overlay)}


def documents() -> dict[str, str]:
    """Return the text of each published schema by its file name."""
    schemas = {"persona": schema(), "overlay": overlay_schema()}
    return {f"{name}.schema.json": json.dumps(made, indent=2) + "\n" for name, made in schemas.items()}


def write(folder: Path) -> None:
    """Write the published schemas into a folder that exists."""
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
