"""Worked demonstrations: steps in controlled English that can be followed, so that what they show is true.

    Query: SELECT ...
    Keep the rows of step 1 whose cases is more than 3.
    Keep the rows of step 3 whose Id is among the CaseId__c of step 2.
    For each OwnerId in step 4, take the mean hours from CreatedDate to ClosedDate.
    For each OwnerId in step 1, divide its conversions of step 2 by its leads; without a row there the rate is 0.
    Answer with the OwnerId whose mean hours is the lowest in step 5.

Each step gives rows; a dot leads to a parent's field. Whoever follows the steps with other values (`Changes`) does what
the demonstration shows for another request.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from convsim.errors import SimulationError
from convsim.guidance.query import Query

Rows = list[dict[str, Any]]
SHOWN = 3
"""Rows of a result that a demonstration shows."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Other values than the demonstrated ones."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """What stands in the queries -> what takes its place."""
    limit: int | None = None
    """In place of the number in "more than" and "at least"."""
    direction: str | None = None
    """lowest or highest."""


@dataclass(frozen=True, slots=True)
class _Course:
    """The steps so far."""

    query: Query
    changes: Changes
    results: list[Rows] = field(default_factory=list)

    def rows(self, step: str) -> Rows:
        return self.results[int(step) - 1]


def follow(steps: Sequence[str], query: Query, changes: Changes | None = None) -> list[Rows]:
    """Return the rows of every step; raises SimulationError for a sentence that is no step."""
    course = _Course(query, changes or Changes())
    for step in steps:
        course.results.append(_taken(step, course))
    return course.results


def answer(steps: Sequence[str], results: Sequence[Rows]) -> list[str]:
    """Return the demonstrated answer: the last step names the field that holds it."""
    by = re.match(r"Answer with the (\S+)", steps[-1])
    assert by is not None, "a demonstration ends with its answer"
    return sorted(str(value_of(row, by[1])) for row in results[-1])


def rendered(steps: Sequence[str], results: Sequence[Rows]) -> str:
    """Return the numbered steps, each with the result that it had."""
    lines = []
    for number, (step, rows) in enumerate(zip(steps, results, strict=True), start=1):
        lines += [f"{number}. {step}", f"   Result: {_told(rows)}"]
    return "\n".join(lines)


def steps_of(text: str) -> list[str]:
    """Return the steps of a rendered demonstration, without their results."""
    return re.findall(r"^\d+\. (.+)$", text, flags=re.MULTILINE)


def value_of(row: Mapping[str, Any], path: str) -> Any:
    """Return a field, or a parent's field behind a dot; None where there is none."""
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _taken(step: str, course: _Course) -> Rows:
    for pattern, move in _MOVES:
        if (found := pattern.fullmatch(step)) is not None:
            return move(found, course)
    raise SimulationError(f"the demonstration holds a step that cannot be followed: {step!r}")


def _query(found: re.Match[str], course: _Course) -> Rows:
    texts = course.changes.texts
    # All at once: a new value may be what another one is to replace.
    old = re.compile("|".join(map(re.escape, texts)) or "(?!)")
    return course.query(old.sub(lambda each: texts[each[0]], found[1]))


def _above(found: re.Match[str], course: _Course) -> Rows:
    limit = int(found[4]) if course.changes.limit is None else course.changes.limit
    least = limit + (found[3] == "more than")
    return [row for row in course.rows(found[1]) if value_of(row, found[2]) >= least]


def _among(found: re.Match[str], course: _Course) -> Rows:
    others = {value_of(row, found[3]) for row in course.rows(found[4])}
    return [row for row in course.rows(found[1]) if value_of(row, found[2]) in others]


def _mean(found: re.Match[str], course: _Course) -> Rows:
    by, begin, end = found[1], found[3], found[4]
    hours: defaultdict[Any, list[float]] = defaultdict(list)
    for row in course.rows(found[2]):
        span = datetime.fromisoformat(value_of(row, end)) - datetime.fromisoformat(value_of(row, begin))
        hours[value_of(row, by)].append(span.total_seconds() / 3600)
    return [{**_nested(by, key), "mean hours": sum(each) / len(each)} for key, each in hours.items()]


def _share(found: re.Match[str], course: _Course) -> Rows:
    by, part, whole = found[1], found[3], found[5]
    parts = {value_of(row, by): value_of(row, part) for row in course.rows(found[4])}
    rows = course.rows(found[2])
    return [{**_nested(by, key), "rate": parts.get(key, 0) / row[whole]} for row in rows if (key := value_of(row, by))]


def _extreme(found: re.Match[str], course: _Course) -> Rows:
    direction = course.changes.direction or found[3]
    rows, figure = course.rows(found[4]), found[2]
    best = (min if direction == "lowest" else max)((value_of(row, figure) for row in rows), default=None)
    return [row for row in rows if value_of(row, figure) == best]


def _nested(path: str, value: Any) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    return {first: _nested(rest, value) if rest else value}


_MOVES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Course], Rows]], ...] = (
    (re.compile(r"Query: (SELECT .+)"), _query),
    (re.compile(r"Keep the rows of step (\d+) whose (\S+) is (more than|at least) (\d+)\."), _above),
    (re.compile(r"Keep the rows of step (\d+) whose (\S+) is among the (\S+) of step (\d+)\."), _among),
    (re.compile(r"For each (\S+) in step (\d+), take the mean hours from (\S+) to (\S+)\."), _mean),
    (
        re.compile(
            r"For each (\S+) in step (\d+), divide its (\S+) of step (\d+) by its (\S+); without a row there the rate "
            r"is 0\."
        ),
        _share,
    ),
    (re.compile(r"Answer with the (\S+) whose (.+) is the (lowest|highest) in step (\d+)\."), _extreme),
)


def _told(rows: Rows) -> str:
    if not rows:
        return "no rows"
    shown = ", ".join(json.dumps(_rounded(row)) for row in rows[:SHOWN])
    count = f"{len(rows)} row{'s' * (len(rows) > 1)}"
    return f"{count}: {shown}{', ...' if len(rows) > SHOWN else ''}"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return round(value, 4) if isinstance(value, float) else value
