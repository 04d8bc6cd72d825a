"""Instructions for a language model that speaks as a persona: one for every trait, made from its value."""

from collections.abc import Iterator, Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from pydantic import BaseModel

from personas.profile import Profile

LANGUAGES = {
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "zh": "Chinese",
}
NO_BEHAVIOUR = {"id", "extends", "display_name", "audience", "orgs", "backstory", "adversarial"}


def traits(profile: Profile) -> Mapping[str, object]:
    """Return every behaviour of a profile by its key path (`style.verbosity`), in the order of the model."""
    return dict(_traits(profile, ""))


def _traits(part: BaseModel, prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in part:
        if isinstance(value, BaseModel):
            yield from _traits(value, f"{prefix}{name}.")
        elif value is not None and name not in NO_BEHAVIOUR:
            yield prefix + name, value


def trait_instructions(profile: Profile) -> Mapping[str, str]:
    """Return the instruction for each behaviour of a profile by its key path."""
    macros = _template().module
    return {path: str(getattr(macros, path.replace(".", "__"))(value)) for path, value in traits(profile).items()}


def speaker_instructions(profile: Profile) -> str:
    """Return the whole character sheet for a speaker: who the persona is, then a line for each behaviour."""
    lines = list(trait_instructions(profile).values())
    return str(_template().module.sheet(profile, lines)).strip()  # type: ignore[attr-defined]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("personas", ""),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals["languages"] = LANGUAGES
    return environment.get_template("speaker.j2")
