"""Wrong values that a user says before correcting them: the task's own rival value, put into words."""

import re

from convsim.reading.lexicon import load
from convsim.reading.periods import wording
from convsim.records.task import Unit

_NUMBER = re.compile(r"\d+|(?<=more than )[a-z]+(?:-[a-z]+)?|(?<=over )[a-z]+(?:-[a-z]+)?")
_DIRECTIONS = ("highest", "lowest")
_BEFORE_ALL_RECORDS = "1990"


def slip_of(unit: Unit, form: str) -> str | None:
    """Return the unit's rival value in words that fit where its form stands, or None where that cannot be said."""
    rival = unit.rival
    if rival is None:
        return None
    if unit.name == "window":
        return _window(str(rival))
    if unit.name == "minimum_cases":
        return _count(rival, form)
    if unit.name == "direction":
        return f"the {rival}" if rival in _DIRECTIONS else None
    if unit.name == "metric":
        return f"the {str(rival).replace('_', ' ')}"
    if unit.name == "region":
        return str(load("places").get(str(rival), "")) or None
    if unit.name == "product":
        return f"the {rival}" if form.startswith("the ") else str(rival)
    return None


def _window(rival: str) -> str | None:
    try:
        return wording(rival) if rival > _BEFORE_ALL_RECORDS else None
    except ValueError:
        return None


def _count(rival: str | int, form: str) -> str | None:
    """Return the form with another number, in the digits or words of the form."""
    if not isinstance(rival, int) or rival < 1 or not (found := _NUMBER.search(form)):
        return None
    words = load("words")["ones"]
    number = words[rival] if not found.group().isdigit() and rival < len(words) else str(rival)
    said = form[: found.start()] + number + form[found.end() :]
    return said if rival != 1 else re.sub(r"(case|lead)s\b", r"\1", said)
