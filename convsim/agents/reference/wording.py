"""What the reference agents say: wordings from `wording.yaml`, drawn by key, not repeated before all were used."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from convsim.draws import shuffled
from convsim.records.task import Answer, TaskRecord
from personas.units import UnitName

# Plain text for people, never markup.
_TEMPLATES = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701


@cache
def _wordings() -> Mapping[str, Any]:
    text = (files("convsim.agents.reference") / "wording.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def phrase(section: str, *key: object, nth: int = 0) -> str:
    """Return the nth wording of a section (dots lead inwards) in an order drawn by the key."""
    return _drawn(_section(section), *key, section, nth=nth)


def question(unit: UnitName, task: TaskRecord, *key: object, nth: int = 0) -> str:
    """Return the nth way to ask this unit in this task's family."""
    return _drawn(questions(unit, task.family), *key, unit, nth=nth)


def questions(unit: UnitName, family: str) -> Sequence[str]:
    """Return all ways to ask a unit: the family's own where there are any, else the general ones."""
    own: Mapping[str, Any] = _wordings()["families"].get(family, {})
    return tuple(own.get(unit) or _wordings()["questions"][unit])


def answer(items: Sequence[str], form: Answer, *key: object, nth: int = 0) -> str:
    """Return a sentence that gives these items."""
    if not items:
        return phrase("answers.none", *key, nth=nth)
    thing = _wordings()["things"].get(form.prefixes[0] if form.prefixes else "", "record")
    kind = form.kind if len(items) == 1 else f"{form.kind}_list"
    template = phrase(f"answers.{kind}", *key, nth=nth)
    return _TEMPLATES.from_string(template).render(item=items[0], items=listed(items), thing=thing)


def listed(items: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _section(name: str) -> Sequence[str]:
    place: Any = _wordings()
    for part in name.split("."):
        place = place[part]
    return tuple(place)


def _drawn(options: Sequence[str], *key: object, nth: int) -> str:
    return shuffled(options, *key)[nth % len(options)]
