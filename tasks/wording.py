"""What people say, kept as templates in YAML files: goals, requests, answer formats, pretexts.

A file maps section names to lists of Jinja templates. The section `variants` maps a name to wordings of which one is
drawn for each text, so that a template stands for many sentences:

    variants:
      ask: [Could you tell me, Can you find out]
    goals:
      - "{{ ask }} which of our agents stands out?"
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from convsim.draws import choice

if TYPE_CHECKING:
    from jinja2 import Environment, Template


class Wording:
    """The templates of one YAML file, compiled on first use."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._content = content(file)

    def section(self, name: str) -> tuple[str, ...]:
        """Return the templates of a section; raises KeyError when the file lacks it."""
        return tuple(cast("list[str]", self._content[name]))

    def has(self, name: str) -> bool:
        """Return whether the file has a section."""
        return name in self._content

    def group(self, name: str) -> Mapping[str, list[str]]:
        """Return a section whose entries are lists under names of their own."""
        return cast("Mapping[str, list[str]]", self._content[name])

    @property
    def variants(self) -> frozenset[str]:
        """The names for which wordings are drawn."""
        return frozenset(self._content.get("variants", {}))

    def say(self, section: str, slots: Mapping[str, object], *key: object) -> str:
        """Return one text of the section, its template and variants drawn by the key."""
        return self.fill(choice(self.section(section), *key, section, "template"), slots, *key, section)

    def fill(self, template: str, slots: Mapping[str, object], *key: object) -> str:
        """Return a template filled with the slots and with variants drawn by the key, beginning with a capital."""
        return start(self.phrase(template, slots, *key))

    def phrase(self, template: str, slots: Mapping[str, object], *key: object) -> str:
        """Return the same without a capital, as a part of a sentence."""
        variants = cast("Mapping[str, list[str]]", self._content.get("variants", {}))
        drawn = {name: choice(options, *key, name) for name, options in variants.items()}
        return _compiled(template).render(drawn | dict(slots)).strip()


@cache
def wording(file: Path) -> Wording:
    """Return the file's templates, read once per process."""
    return Wording(file)


@cache
def text(file: Path) -> str:
    """Return a text file without its last line end, read once per process."""
    return file.read_text(encoding="utf-8").rstrip()


def start(sentence: str) -> str:
    """Return the text with a capital at its start."""
    return sentence[:1].upper() + sentence[1:]


def _inside(clause: str) -> str:
    """Return a clause as it stands inside a sentence: "I" keeps its capital."""
    return clause if clause.startswith(("I ", "I'")) else clause[:1].lower() + clause[1:]


def content(file: Path) -> dict[str, Any]:
    """Return what a YAML file of the package holds."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return cast("dict[str, Any]", yaml.load(file.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, StrictUndefined

    # Plain text for people, never markup: escaping would spoil names such as O'Hara.
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    environment.filters["start"] = start
    environment.filters["inside"] = _inside
    return environment


@cache
def _compiled(template: str) -> "Template":
    return _environment().from_string(template)
