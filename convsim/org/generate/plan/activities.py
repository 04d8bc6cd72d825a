"""Calls, tasks and events: what sellers did about leads and deals."""

from datetime import datetime, timedelta

from convsim.org.generate.calendar import DAYS, MIDNIGHT, date_of, day_of, moment, wire
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import DealFact, LeadFact
from convsim.org.generate.plan.correspondence import people
from convsim.org.generate.plan.qualification import make_bant, money_told, time_told, wish
from convsim.org.generate.policy import BantFact
from convsim.org.generate.texts import talk
from convsim.org.generate.texts.calls import follow_up_call, qualifying_call
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import Row, World

_LEAD_CALLS = 2


def make_activities(world: World) -> None:
    """Add calls, tasks and events, each kind in order of time."""
    _add_calls(world)
    _add_tasks(world)
    _add_events(world)
    for name in ("VoiceCallTranscript__c", "Task", "Event"):
        rows = world.rows[name]
        rows.sort(key=lambda row: row["CreatedDate"])
        for index, row in enumerate(rows):
            row["Id"] = world.new_id(name, index)
    for index, row in enumerate(world.rows["VoiceCallTranscript__c"]):
        row["Name"] = f"VC-{index + 1:07d}"


def _add_calls(world: World) -> None:
    total = world.size("VoiceCallTranscript__c")
    for_leads = min(total // 2, _LEAD_CALLS * len(world.leads))
    weights = [0.3 + world.draw("calls", each.id).unit("weight") for each in world.leads]
    for lead, number in zip(world.leads, shares(for_leads, weights), strict=True):
        for place in range(number):
            _lead_call(world, lead, world.draw("call", lead.id, place), qualifies=place == 0)
    weights = [0.3 + world.draw("calls", each.id).unit("weight") for each in world.deals]
    for deal, number in zip(world.deals, shares(total - for_leads, weights), strict=True):
        for place in range(number):
            _deal_call(world, deal, world.draw("call", deal.id, place))


def _lead_call(world: World, lead: LeadFact, draw: Draw, *, qualifies: bool) -> None:
    """Add a call with a lead; one of its calls tells what decides on its qualification."""
    last = day_of(lead.converted) if lead.converted is not None else min(day_of(lead.created) + 21, DAYS - 1)
    agent = world.agent[lead.owner]
    slots = {
        **slots_by_name(world.org_type)[world.product[lead.interest].name],
        "first": lead.first,
        "name": f"{lead.first} {lead.last}",
        "agent": agent.name,
        "agent_first": agent.name.split(" ", 1)[0],
        "city": world.lead_city[lead.id],
    }
    if qualifies:
        bant = make_bant(world, lead)
        body = qualifying_call(world.org_type, bant, draw=draw, slots={**slots, **_told(world, bant, draw)})
    else:
        body = follow_up_call(world.org_type, draw=draw, slots=slots)
    _add_call(world, draw, body, between=(lead.created, last), about={"LeadId__c": lead.id})


def _told(world: World, bant: BantFact, draw: Draw) -> dict[str, str]:
    """Return the slots of a qualification: the facts, and an old price and delay that do not matter."""
    old = max(10, int(bant.price * (0.3 + draw.unit("old"))) // 10 * 10)
    return {
        "interest": wish(tuple((world.product[product], quantity) for product, quantity in bant.basket)),
        "budget": money_told(bant.budget, draw),
        "days": time_told(bant.days, draw),
        "old": money_told(old, Draw(draw.key, "old")),
        "past": f"{draw.between(3, 9, 'past')} weeks",
    }


def _deal_call(world: World, deal: DealFact, draw: Draw) -> None:
    slots = _deal_slots(world, deal)
    body = talk.call(world.org_type, draw=draw, slots=slots)
    last = min(day_of(deal.close), DAYS - 1)
    _add_call(world, draw, body, between=(deal.created, last), about={"OpportunityId__c": deal.id})


def _deal_slots(world: World, deal: DealFact) -> dict[str, str]:
    product = world.product[world.first_line[deal.id]]
    return {
        **slots_by_name(world.org_type)[product.name],
        **people(world, world.contact[deal.contact], world.agent[deal.owner]),
    }


def _add_call(world: World, draw: Draw, body: str, *, between: tuple[datetime, int], about: Row) -> None:
    start = _within(between, draw)
    end = min(start + timedelta(seconds=draw.between(150, 1500, "length")), MIDNIGHT - timedelta(seconds=1))
    row = {"Body__c": body, "EndTime__c": wire(end), "CreatedDate": wire(start), **about}
    world.rows["VoiceCallTranscript__c"].append(row)


def _within(between: tuple[datetime, int], draw: Draw) -> datetime:
    """Return an instant after the first and not after the day that is given."""
    first, last = between
    day = draw.between(day_of(first), max(last, day_of(first)), "day")
    return max(moment(day, draw, "time"), first + timedelta(minutes=20))


def _add_tasks(world: World) -> None:
    weights = [0.3 + world.draw("tasks", each.id).unit("weight") for each in world.deals]
    for deal, number in zip(world.deals, shares(world.size("Task"), weights), strict=True):
        slots = _deal_slots(world, deal)
        for place in range(number):
            world.rows["Task"].append(_task(world, deal, world.draw("task", deal.id, place), slots=slots))


def _task(world: World, deal: DealFact, draw: Draw, *, slots: dict[str, str]) -> Row:
    created = _within((deal.created, min(day_of(deal.close), DAYS - 1)), draw)
    due = day_of(created) + draw.between(1, 14, "due")
    options: tuple[str, ...] = ("Completed", "Completed", "Completed", "Completed", "Deferred")
    if deal.stage != "Closed":
        options = ("Not Started", "Not Started", "In Progress", "Completed", "Waiting on someone else")
    if due >= DAYS and deal.stage == "Closed":
        options = ("Completed", "Not Started")
    return {
        "Subject": talk.line(world.org_type, "task_subject", draw=draw, slots=slots),
        "Description": talk.line(world.org_type, "task_note", draw=draw, slots=slots),
        "Status": draw.pick(options, "status"),
        "Priority": draw.pick(("Normal", "Normal", "Normal", "High", "Low"), "priority"),
        "ActivityDate": date_of(due).isoformat(),
        "WhatId": deal.id,
        "WhoId": deal.contact,
        "OwnerId": deal.owner,
        "CreatedDate": wire(created),
    }


def _add_events(world: World) -> None:
    for deal in ranked(world.deals, world.seed, "events")[: world.size("Event")]:
        draw = world.draw("event", deal.id)
        slots = _deal_slots(world, deal)
        created = _within((deal.created, min(day_of(deal.close), DAYS - 1)), draw)
        subject, place = talk.line(world.org_type, "event_plan", draw=draw, slots=slots).split(" // ")
        start = min(
            moment(day_of(created) + draw.between(1, 10, "ahead"), draw, "start"), MIDNIGHT - timedelta(hours=8)
        )
        world.rows["Event"].append(
            {
                "Subject": subject,
                "Description": talk.line(world.org_type, "event_note", draw=draw, slots=slots),
                "Location": place,
                "StartDateTime": wire(start.replace(minute=start.minute // 15 * 15, second=0)),
                "DurationInMinutes": draw.pick((30, 45, 60, 60, 90, 120), "length"),
                "WhatId": deal.id,
                "WhoId": deal.contact,
                "OwnerId": deal.owner,
                "CreatedDate": wire(created),
            }
        )
