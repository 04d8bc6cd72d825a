"""From a published task to a record of ours: query -> segments -> goal and units; policy, login, gold, persona."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from convsim.draws import choice
from convsim.records.task import Answer, Metric, Requester, Segment, TaskRecord, Unit
from personas.library import Library
from personas.units import Audience
from tasks.catalog import CATALOG
from tasks.imported.files import Published
from tasks.imported.flags import flags
from tasks.imported.likeness import nearest
from tasks.imported.shapes import SHAPES, Shape
from tasks.imported.spotting import Spot, spots
from tasks.imported.told import Told, told
from tasks.loading import plan_of

_METRICS: dict[str, Metric] = {"exact_match": "exact", "fuzzy_match": "fuzzy", "privacy_rejection": "privacy"}


@dataclass(frozen=True, slots=True)
class Imported:
    """A published task as a record, with what there is to say about it."""

    idx: int | str
    record: TaskRecord
    missing: tuple[str, ...]
    """Units of the family's definition that were not found."""
    flags: tuple[str, ...]
    """Known faults of the task as published."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where imported tasks are played."""

    org: str
    audience: Audience
    """Of customers: business or consumer."""
    today: date
    """For tasks that tell no date."""
    origin: str
    """Name of the file."""


def imported(task: Published, place: Place, library: Library) -> Imported:
    """Return the task as a record; its family must be one of `SHAPES`."""
    shape, known = SHAPES[task.family], told(task.metadata.required)
    today = known.today or place.today
    found = spots(task.query, task.family, today)
    units = tuple(_units(shape, found, known))
    audience: Audience = place.audience if shape.customer else "employee"
    record = TaskRecord(
        id=f"{task.family}-{place.org}-{place.origin}-{task.idx}",
        family=task.family,
        skill=shape.skill,
        org=place.org,
        requester=_requester(audience, known.login),
        today=today,
        goal=_goal(task, shape, found),
        request="\n".join((task.query.strip(), *(each.said for each in known.facts))),
        units=units,
        policy=known.policy,
        gold=task.gold,
        gold_reason="as published",
        answer=_answer(task, shape),
        metric=_METRICS[task.reward_metric],
        seed=0,
        origin=place.origin,
        personas=(nearest(task.persona, audience, library),),
        segments=(*_segments(task.query, found), *(Segment(text=each.said, unit=each.unit) for each in known.facts)),
        voice=task.persona,
        hints=task.metadata.optional.strip(),
    )
    held = {unit.name for unit in units}
    missing = tuple(name for name in shape.needs if name not in held)
    if task.family == "sales_insight_mining" and not held & {"window", "record", "scope"}:
        missing = (*missing, "scope")
    return Imported(task.idx, record, missing, tuple(flags(task, known, place.today)))


def _units(shape: Shape, found: Sequence[Spot], known: Told) -> Iterator[Unit]:
    """Yield each unit once; what the family's definition needs is required."""
    pieces = [(each.unit, each.value, each.form) for each in found]
    pieces += [(each.unit, each.value, each.form) for each in known.facts]
    for name in dict.fromkeys(unit for unit, _, _ in pieces):
        told_ = [(value, form) for unit, value, form in pieces if unit == name]
        needed = name in shape.needs or (name in ("record", "window") and shape.skill != "confidentiality")
        yield Unit(
            name=name,
            value=told_[0][0],
            forms=tuple(dict.fromkeys(form for _, form in told_)),
            need="required" if needed else "optional",
            opening=name == "answer_format",
        )


def _segments(query: str, found: Sequence[Spot]) -> Iterator[Segment]:
    """Yield the query in pieces of whole words, in its order and without a loss."""
    place = 0
    for number, spot in enumerate(found):
        start, end = spot.start, spot.end
        until = found[number + 1].start if number + 1 < len(found) else len(query)
        # Punctuation goes with the word that it stands at, so that no word is torn.
        while start > place and not query[start - 1].isspace():
            start -= 1
        while end < until and not query[end].isspace():
            end += 1
        if between := query[place:start].strip():
            yield Segment(text=between)
        yield Segment(text=query[start:end], unit=spot.unit)
        place = end
    if rest := query[place:].strip():
        yield Segment(text=rest)


def _goal(task: Published, shape: Shape, found: Sequence[Spot]) -> str:
    if shape.goals == "ours" and task.family in CATALOG:
        wording = plan_of(task.family).wording
        plain = [each for each in wording.section("goals") if _fillable(wording.variants, each)]
        key = ("imported", task.family, task.idx)
        return wording.fill(choice(plain, *key), {}, *key)
    if shape.goals and shape.goals != "ours":
        return shape.goals
    left, place = [], 0
    for spot in found:
        left.append(task.query[place : spot.start])
        place = spot.end
    text = " ".join("".join((*left, task.query[place:])).split())
    return re.sub(r"\s+([?.,!;])", r"\1", text) or task.query.strip()


def _fillable(variants: frozenset[str], template: str) -> bool:
    """Return whether a template says nothing but variants: what a generated task tells beside its units is lacking."""
    return all(name in variants for name in re.findall(r"{{\s*(\w+)", template))


def _requester(audience: Audience, login: str | None) -> Requester:
    if audience == "employee":
        return Requester(kind=audience, id="", name="an employee", entitlements=("org",))
    return Requester(kind=audience, id=login or "", name="a customer", entitlements=("own",))


def _answer(task: Published, shape: Shape) -> Answer:
    prefixes = shape.prefixes
    if shape.kind == "id" and not prefixes:
        prefixes = tuple(dict.fromkeys(each[:3] for each in task.gold))
    return Answer(kind=shape.kind, prefixes=prefixes, labels=shape.labels, none=not task.gold or shape.kind == "id")
