"""What may stand at a key path, read off the JSON Schema of the model and said in words."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel

from personas.source import KeyPath

Schema = dict[str, Any]


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """Return the JSON Schema of a model without references and without the alternative null."""
    schema = model.model_json_schema()
    plain: Schema = _plain(schema, schema.get("$defs", {}))
    return plain


def _plain(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
    parts = [part for part in node.get("anyOf", []) if part.get("type") != "null"]
    if len(parts) == 1:
        told = {"description": node["description"]} if "description" in node else {}
        return {**_plain(parts[0], definitions), **told}
    return {key: _plain(value, definitions) for key, value in node.items() if key != "$defs"}


def at(schema: Schema, path: KeyPath) -> Schema:
    """Return the schema of the value at a key path; empty where the path leads nowhere."""
    for part in path:
        schema = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return schema


def keys(schema: Schema) -> list[str]:
    """Return the keys of a mapping; none for anything else."""
    return list(schema.get("properties", {}))


def choices(schema: Schema) -> list[str]:
    """Return the words among the accepted values."""
    own = [str(choice) for choice in schema.get("enum", [])]
    return own + [choice for part in schema.get("anyOf", []) for choice in choices(part)]


def phrase(schema: Schema) -> str:
    """Return the accepted values in words; empty when nothing is known about them."""
    if "enum" in schema:
        return ", ".join(choices(schema))
    if "anyOf" in schema:
        return " or ".join(map(phrase, schema["anyOf"]))
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        return f"{'a whole' if kind == 'integer' else 'a'} number from {schema['minimum']:g} to {schema['maximum']:g}"
    if kind == "array":
        return f"a list, each at most once, of {phrase(schema['items'])}"
    return {"boolean": "true or false", "object": f"the keys {', '.join(keys(schema))}", "string": _text(schema)}.get(
        kind or "", ""
    )


def _text(schema: Schema) -> str:
    if schema.get("format") == "date":
        return "a date, YYYY-MM-DD"
    if "pattern" in schema:
        return "lower-case letters, digits and _, a letter first"
    return f"text of {schema['minLength']} to {schema['maxLength']} characters" if "maxLength" in schema else "text"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like the given one, or None when none is like it."""
    from rapidfuzz import process

    match = process.extractOne(name, list(names), score_cutoff=60)
    return str(match[0]) if match else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the question "did you mean 'x'?", or nothing when no name is like the given one."""
    near = nearest(name, names)
    return f"did you mean '{near}'?" if near else ""
