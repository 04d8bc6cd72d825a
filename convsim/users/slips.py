"""Wrong values that a user says before correcting them: the task's own rival value, put into words."""

import re

from convsim.reading.lexicon import load
from convsim.reading.periods import wording
from convsim.records.task import Unit

_NUMBER = re.compile(rf"\d+|\b(?:{'|'.join(load('words')['ones'])})\b")
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
        return _count(rival, unit, form)
    if unit.name == "direction":
        return f"the {rival}" if rival in _DIRECTIONS else None
    if unit.name == "metric":
        return f"the {str(rival).replace('_', ' ')}"
    if unit.name == "region":
        return str(load("places").get(str(rival), "")) or None
    if unit.name == "product":
        article, _, rest = form.partition(" ")
        return f"{article} {rival}" if rest and article in ("the", "our", "your") else str(rival)
    return None


def _window(rival: str) -> str | None:
    try:
        return wording(rival) if rival > _BEFORE_ALL_RECORDS else None
    except ValueError:
        return None


def _count(rival: str | int, unit: Unit, form: str) -> str | None:
    """Return the form with the rival's number, in its digits or words: "six or more cases" says "more than five"."""
    words: list[str] = load("words")["ones"]
    found = _NUMBER.search(form)
    if found is None or not isinstance(rival, int) or not isinstance(unit.value, int):
        return None
    spelled = not found.group().isdigit()
    number = rival - unit.value + (words.index(found.group()) if spelled else int(found.group()))
    if number < 1:
        return None
    said = words[number] if spelled and number < len(words) else str(number)
    counted = r"\1" if number == 1 and not form[found.end() :].startswith(" or ") else r"\1s"
    after = re.sub(r"\b(case|lead|quote)s?\b", counted, form[found.end() :])
    return form[: found.start()] + said + after
