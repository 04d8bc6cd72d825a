"""Tasks of the deals: each belongs to one stage by the stage guide; the deal's true stage apart from planted strays."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from convsim.org.generate.calendar import DAYS, date_of, day_of, moment, wire, workday
from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import DealFact
from convsim.org.generate.plan.correspondence import people
from convsim.org.generate.policy import STAGES, Stage, TaskFact, WorkFact
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import Row, World

ACTIVITIES: dict[Stage, tuple[str, ...]] = {
    "Qualification": ("need", "budget", "decider", "date"),
    "Discovery": ("wishes", "site", "fit", "trial"),
    "Quote": ("draft", "discount", "send", "walk"),
    "Negotiation": ("counter", "payment", "clauses", "slot"),
    "Closed": ("reason", "thanks", "file", "handover"),
}
"""Rules of the grammar `tasks` by the stage whose work they word, as the stage guide lists it."""
_CONSUMERS = {"clauses": "returns"}
"""Rules that word the same kind of work with consumers, who negotiate no contracts."""
_WRONG_OPEN, _WRONG_LOST, _STRAYS = 0.45, 0.25, 0.5
"""Shares of the deals with three tasks or more whose stage is wrong, and of the others that have strays."""


def add_tasks(world: World) -> list[tuple[Row, Stage]]:
    """Add the tasks of all deals; return the rows with their stages, to be made facts once they have their ids."""
    weights = [0.3 + world.draw("tasks", each.id).unit("weight") for each in world.deals]
    made: list[tuple[Row, Stage]] = []
    for deal, number in zip(world.deals, shares(world.size("Task"), weights), strict=True):
        true, stages = _stages(deal, number, world.draw("work", deal.id))
        slots = deal_slots(world, deal)
        world.stages[deal.id] = true
        for place, stage in enumerate(stages):
            row = _task(world, deal, stage, world.draw("task", deal.id, place), slots=slots, stray=stage != true)
            world.rows["Task"].append(row)
            made.append((row, stage))
    return made


def remember_tasks(world: World, made: Sequence[tuple[Row, Stage]]) -> None:
    """Keep the tasks as facts of their deals, in the order of the deals."""
    found: dict[str, list[TaskFact]] = {each.id: [] for each in world.deals}
    for row, stage in made:
        found[row["WhatId"]].append(TaskFact(row["Id"], stage, row["Status"]))
    for deal in world.deals:
        world.works.append(WorkFact(deal.id, deal.stage, world.stages[deal.id], tuple(found[deal.id])))


def deal_slots(world: World, deal: DealFact) -> dict[str, str]:
    """Return the slots of a deal: its first product, its contact and its seller."""
    product = world.product[world.first_line[deal.id]]
    return {
        **slots_by_name(world.org_type)[product.name],
        **people(world, world.contact[deal.contact], world.agent[deal.owner]),
    }


def within(between: tuple[datetime, int], draw: Draw) -> datetime:
    """Return an instant after the first and not after the day that is given, on a working day if there is one."""
    first, last = between
    start, end = day_of(first), max(last, day_of(first))
    day = workday(draw.between(start, end, "day"), first=start, last=end)
    return max(moment(day, draw, "time"), first + timedelta(minutes=20))


def _stages(deal: DealFact, number: int, draw: Draw) -> tuple[Stage, list[Stage]]:
    """Return the true stage and the stage of each task; a won deal is closed in truth."""
    share = _WRONG_LOST if deal.stage == "Closed" else _WRONG_OPEN
    others = [each for each in STAGES if each != deal.stage]
    if number >= 3 and not deal.won and draw.chance(share, "wrong"):
        true: Stage = "Closed" if deal.stage != "Closed" and draw.chance(0.5, "over") else draw.pick(others, "true")
        return true, [true] * number
    stages: list[Stage] = [deal.stage] * number
    if number >= 3 and draw.chance(_STRAYS, "strays"):
        for place in ranked(range(number), draw.key, "places")[: draw.between(1, 2 if number > 4 else 1, "strays")]:
            stages[place] = draw.pick(others, ("stray", place))
    return deal.stage, stages


def _task(world: World, deal: DealFact, stage: Stage, draw: Draw, *, slots: Mapping[str, str], stray: bool) -> Row:
    created = within((deal.created, min(day_of(deal.close), DAYS - 1)), draw)
    due = day_of(created) + draw.between(1, 14, "due")
    subject, note = _worded(world, stage, draw, slots=slots)
    return {
        "Subject": subject,
        "Description": note,
        "Status": draw.pick(_statuses(deal, stray=stray, ahead=due >= DAYS), "status"),
        "Priority": draw.pick(("Normal", "Normal", "Normal", "High", "Low"), "priority"),
        "ActivityDate": date_of(due).isoformat(),
        "WhatId": deal.id,
        "WhoId": deal.contact,
        "OwnerId": deal.owner,
        "CreatedDate": wire(created),
    }


def _statuses(deal: DealFact, *, stray: bool, ahead: bool) -> tuple[str, ...]:
    """Return the statuses that a task may have; what was left over from elsewhere was mostly never begun."""
    if stray:
        return ("Not Started",) * 5 + ("In Progress", "Completed")
    if deal.stage != "Closed":
        return ("Not Started", "Not Started", "In Progress", "Completed", "Waiting on someone else")
    if ahead:
        return ("Completed", "Not Started")
    return ("Completed", "Completed", "Completed", "Not Started", "Deferred")


def _worded(world: World, stage: Stage, draw: Draw, *, slots: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and note of a task; the subject may say nothing, the note always tells the work."""
    words = grammar("tasks")
    business = world.org_type == "b2b"
    activity = draw.pick(ACTIVITIES[stage], "activity")
    activity = activity if business else _CONSUMERS.get(activity, activity)
    who = "the customer has" if business else f"{slots['first']} has"
    plural = slots["is"] == "are"
    full = {**slots, "who": who, "goes": "go" if plural else "goes", "they": "they" if business else slots["first"],
            "have": "have" if business else "has"}  # fmt: skip
    subject = words.say("plain" if draw.chance(0.25, "plain") else f"s_{activity}", draw, full)
    full["fact"] = words.raw(f"n_{activity}", draw, full)
    about = "about_why" if slots["product"] in subject or draw.chance(0.5, "about") else "about_what"
    full["about"] = words.raw(about, draw, full)
    return subject, words.say("note", draw, full)
