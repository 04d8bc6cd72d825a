"""A demonstration: one drawn request of a family, its steps executed on the org, and the text that tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, StrictUndefined
from simple_salesforce.format import quote_soql_value

from convsim.errors import SimulationError, UnavailableError
from convsim.guidance.query import Query
from convsim.guidance.workflow import Rows, answer, follow, rendered, value_of
from tasks.calendar import bounds, during
from tasks.ground import Ground
from tasks.loading import plan_of
from tasks.plan import Draft
from tasks.wording import content

Kind = Literal["technical", "plain"]
_ATTEMPTS = 400
_LOOKED_AT = 12
"""Requests among which one is looked for that is worth showing."""
_REMAINING = 3
"""Candidates that should remain before the last step."""
_NAMES = {"005": "SELECT Name FROM User WHERE Id = {id}", "a03": "SELECT Name FROM Issue__c WHERE Id = {id}"}
_FIGURES = ("mean hours", "rate", "cases", "transfers")
# Plain text for a model, never markup.
_TEXTS = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701


@dataclass(frozen=True, slots=True)
class Worked:
    """A request with its executed steps."""

    family: str
    request: str
    slots: dict[str, Any]
    steps: tuple[str, ...]
    results: tuple[Rows, ...]
    answer: tuple[str, ...]
    name: str
    """What the answer is called: an agent's or an issue's name, a state's code."""


def demonstration(family: str, ground: Ground, query: Query, kind: Kind) -> str:
    """Return the text of a demonstration.

    Raises UnavailableError when the org gives no request to show, SimulationError when the steps miss the gold.
    """
    done = worked(family, ground, query)
    if kind == "technical":
        return f"{_heading(done)}\n{rendered(done.steps, done.results)}\nThe answer: {', '.join(done.answer)}"
    rows = {number: len(each) for number, each in enumerate(done.results, start=1)}
    told = {**done.slots, "rows": rows, "figure": _figure(done.results[-1][0]), "name": done.name}
    lines = [_TEXTS.from_string(line).render(told) for line in lines_of(family, "plain")]
    return "\n".join((f"Request: {done.request}", *(f"{n}. {line}" for n, line in enumerate(lines, start=1))))


def lines_of(family: str, kind: Kind) -> list[str]:
    """Return the sentences that people wrote for a family's demonstration, with their slots."""
    return list(content(Path(plan_of(family).folder) / "workflow.yaml")[kind])


def worked(family: str, ground: Ground, query: Query) -> Worked:
    """Return a demonstration's request, steps, results and answer on an org.

    Of the requests that could be shown it is the first in which several candidates remain to the end.
    """
    first: Worked | None = None
    for draft in islice(_drawn(family, ground), _LOOKED_AT):
        done = _executed(family, ground, draft, query)
        if len(done.results[-2]) >= _REMAINING:
            return done
        first = first or done
    if first is None:
        raise UnavailableError(f"org '{ground.name}' has too few records for a demonstration of '{family}'")
    return first


def _executed(family: str, ground: Ground, draft: Draft, query: Query) -> Worked:
    plan, slots = plan_of(family), _slots(draft)
    bound = {**slots, "product": quote_soql_value(slots["product"])}
    steps = tuple(_TEXTS.from_string(line).render(bound) for line in lines_of(family, "technical"))
    results = tuple(follow(steps, query))
    found, gold = tuple(answer(steps, results)), plan.rule(ground, draft).gold
    if found != gold:
        raise SimulationError(f"the demonstration of '{family}' on org '{ground.name}' ends at {found}, not at {gold}")
    request = plan.wording.say("requests", {**plan.spoken(draft), "answer_format": ""}, *draft.key).strip()
    return Worked(family, request, slots, steps, results, found, _name(found[0], query))


def _drawn(family: str, ground: Ground) -> Iterator[Draft]:
    """Yield requests with a clear answer, drawn under names that no task bears."""
    plan = plan_of(family)
    for number in range(_ATTEMPTS):
        draft = plan.draft(ground, ("demonstration", family, ground.name, number, number), none=False)
        if draft is not None and _busy(draft):
            ruling = plan.rule(ground, draft)
            if ruling.clear and ruling.gold:
                yield draft


def _busy(draft: Draft) -> bool:
    """Return whether the window is long enough that every step has something to show."""
    start, end = bounds(str(draft.values["window"]))
    return end - start >= timedelta(days=80)


def _slots(draft: Draft) -> dict[str, Any]:
    start, end = bounds(str(draft.values["window"]))
    values = draft.values
    minimum = values.get("minimum_cases", draft.slots.get("minimum", ""))
    return {
        "start": start,
        "end": end,
        "period": during(draft.forms["window"][0]),
        "minimum": minimum,
        "direction": values.get("direction", ""),
        "product": values.get("product", ""),
    }


def _heading(done: Worked) -> str:
    slots = done.slots
    values = [f"start {slots['start']}", f"end {slots['end']} (the day after the period's last day)"]
    values += [f"product '{slots['product']}'"] if slots["product"] else []
    return f"Request: {done.request}\nValues: {', '.join(values)}"


def _figure(row: dict[str, Any]) -> str:
    name = next(each for each in _FIGURES if each in row)
    figure = value_of(row, name)
    return f"{figure:.0%}" if name == "rate" else f"{figure:.1f}" if name == "mean hours" else str(figure)


def _name(answer: str, query: Query) -> str:
    """Return the name behind an Id; a state's code is its own."""
    asked = _NAMES.get(answer[:3]) if len(answer) == 18 else None
    return answer if asked is None else str(query(asked, id=answer)[0]["Name"])
