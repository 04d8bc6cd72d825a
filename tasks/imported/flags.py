"""Faults that published tasks are known to have: told, never repaired."""

import re
from collections.abc import Iterator
from datetime import date

from tasks.calendar import bounds
from tasks.imported.files import Published
from tasks.imported.periods import period
from tasks.imported.shapes import SHAPES
from tasks.imported.told import Told

_NONE = re.compile(r"\bNone\b|\bif any\b|\bno violation\b", re.IGNORECASE)


def flags(task: Published, told: Told, today: date) -> Iterator[str]:
    """Yield what is wrong with a task as published."""
    found = period(task.query, told.today or today)
    if found and found.relative and told.today is None:
        yield f"'{found.form}' is relative and the task tells no date: counted from {today}"
    elif found and bounds(found.window.value)[1] > (told.today or today):
        yield f"'{found.form}' reaches into the future: today is {told.today or today}"
    for each in task.gold:
        if "," in each and (task.family == "sales_insight_mining" or SHAPES[task.family].labels):
            yield f"several factors are joined in one gold: '{each}'"
    offered = _NONE.search(task.query) or _NONE.search(told.policy)
    if not task.gold and task.reward_metric != "privacy_rejection" and not offered:
        yield "the gold is None, and the task does not offer None as an answer"
