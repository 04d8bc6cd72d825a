"""The file that an author of a new persona starts from: every trait with its default and its meaning."""

from collections.abc import Iterator
from typing import Any, get_args

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from personas.errors import SourceError
from personas.mistakes import validate
from personas.profile import Profile, Record, Register, Tactic
from personas.source import KeyPath, Place, Source
from personas.units import AUDIENCES, Audience

SCHEMA_FILE = "persona.schema.json"
ORGS = {"employee": ("b2b", "b2c"), "consumer": ("b2c",), "business": ("b2b",)}


def new_profile(persona_id: str, audience: Audience = "employee", *, schema: str = SCHEMA_FILE) -> str:
    """Return the text of a valid persona file; `schema` is the path of the JSON Schema as seen from the file.

    Raises SourceError when the id or the audience is none.
    """
    profile = _example(persona_id, audience)
    text: str = _template().render(
        id=_quoted(profile.id),
        display_name=_quoted(profile.display_name),
        audience=audience,
        orgs=profile.orgs,
        profile=profile,
        schema=schema,
        groups={part: list(_lines(getattr(profile, part))) for part in ("style", "disclosure", "patience")},
        pushback=_comment(Profile, "pushback"),
        audiences=AUDIENCES,
        registers=get_args(Register),
        tactics=get_args(Tactic),
    )
    return text


def _example(persona_id: str, audience: Audience) -> Profile:
    data: dict[str, Any] = {
        "id": persona_id,
        "display_name": persona_id.replace("_", " ").title(),
        "audience": audience,
        "orgs": list(ORGS.get(audience, ("b2b",))),
        "backstory": "One paragraph on the person and their day.",
    }
    places: dict[KeyPath, Place] = {
        (): Place("new persona", 0),
        **{(key,): Place("new persona", 0, str(data[key])) for key in data},
    }
    profile, errors = validate(Source("new persona", data, places), Profile)
    if profile is None:
        raise SourceError(
            "new persona", None, found=errors[0].found, allowed=errors[0].allowed, remedy=errors[0].remedy
        )
    return profile


def _quoted(text: str) -> str:
    """Return a word as YAML reads it back: with quotes where a bare one would be a truth value or null."""
    return text if yaml.safe_load(text) == text else f'"{text}"'


def _lines(part: Record) -> Iterator[tuple[str, str, str]]:
    for name, value in part:
        written = str(value).lower() if isinstance(value, bool) else str(value)
        yield name, written, _comment(type(part), name)


def _comment(model: type[Record], name: str) -> str:
    """Return the first sentence of a trait's description, or its choices."""
    field = model.model_fields[name]
    words = " | ".join(map(str, get_args(field.annotation))) if not field.metadata else ""
    return words or str(field.description).split("\n", maxsplit=1)[0].split("Measured", maxsplit=1)[0].rstrip(" .")


def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("personas", ""),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("persona_template.j2")
