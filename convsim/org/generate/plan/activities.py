"""Calls, tasks and events: what sellers did about leads and deals."""

from datetime import date, datetime, timedelta

from convsim.org.generate.calendar import DAYS, MIDNIGHT, day_of, greeting, moment, wire, workday
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import DealFact, LeadFact
from convsim.org.generate.plan.insights import plan_insights, turns
from convsim.org.generate.plan.qualification import make_bant, money_told, time_told, wish
from convsim.org.generate.plan.work import add_tasks, deal_slots, remember_tasks, within
from convsim.org.generate.policy import BantFact, InsightFact, Opinion
from convsim.org.generate.texts import talk
from convsim.org.generate.texts.calls import follow_up_call, qualifying_call
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import Row, World

_LEAD_CALLS = 2


def make_activities(world: World) -> None:
    """Add calls, tasks and events, each kind in order of time."""
    heard = _add_calls(world)
    made = add_tasks(world)
    _add_events(world)
    for name in ("VoiceCallTranscript__c", "Task", "Event"):
        rows = world.rows[name]
        rows.sort(key=lambda row: row["CreatedDate"])
        for index, row in enumerate(rows):
            row["Id"] = world.new_id(name, index)
    for index, row in enumerate(world.rows["VoiceCallTranscript__c"]):
        row["Name"] = f"VC-{index + 1:07d}"
    remember_tasks(world, made)
    _remember_insights(world, heard)


def _remember_insights(world: World, heard: list[tuple[Row, tuple[Opinion, ...]]]) -> None:
    for row, told in sorted(heard, key=lambda each: str(each[0]["Name"])):
        day = date.fromisoformat(row["CreatedDate"][:10])
        for kind, item, positive in told:
            world.insights.append(InsightFact(row["Id"], row["OpportunityId__c"], day, kind, item, positive))


def _add_calls(world: World) -> list[tuple[Row, tuple[Opinion, ...]]]:
    """Add all calls; return those about deals with what was said in them."""
    total = world.size("VoiceCallTranscript__c")
    for_leads = min(total // 2, _LEAD_CALLS * len(world.leads))
    weights = [0.3 + world.draw("calls", each.id).unit("weight") for each in world.leads]
    for lead, number in zip(world.leads, shares(for_leads, weights), strict=True):
        for place in range(number):
            _lead_call(world, lead, world.draw("call", lead.id, place), qualifies=place == 0)
    heard: list[tuple[Row, tuple[Opinion, ...]]] = []
    weights = [0.3 + world.draw("calls", each.id).unit("weight") for each in world.deals]
    for deal, number in zip(world.deals, shares(total - for_leads, weights), strict=True):
        heard += [_deal_call(world, deal, world.draw("call", deal.id, place)) for place in range(number)]
    return heard


def _lead_call(world: World, lead: LeadFact, draw: Draw, *, qualifies: bool) -> None:
    """Add a call with a lead; one of its calls tells what decides on its qualification."""
    last = day_of(lead.converted) if lead.converted is not None else min(day_of(lead.created) + 21, DAYS - 1)
    agent = world.agent[lead.owner]
    start = within((lead.created, last), draw)
    slots = {
        **slots_by_name(world.org_type)[world.product[lead.interest].name],
        "day": greeting(start),
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
    _add_call(world, draw, body, start=start, about={"LeadId__c": lead.id})


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


def _deal_call(world: World, deal: DealFact, draw: Draw) -> tuple[Row, tuple[Opinion, ...]]:
    told = plan_insights(world.org_type, draw)
    start = within((deal.created, min(day_of(deal.close), DAYS - 1)), draw)
    slots = {**deal_slots(world, deal), "day": greeting(start)}
    body = talk.call(world.org_type, draw=draw, slots=slots, told=turns(world.org_type, told, draw))
    _add_call(world, draw, body, start=start, about={"OpportunityId__c": deal.id})
    return world.rows["VoiceCallTranscript__c"][-1], told


def _add_call(world: World, draw: Draw, body: str, *, start: datetime, about: Row) -> None:
    end = min(start + timedelta(seconds=draw.between(150, 1500, "length")), MIDNIGHT - timedelta(seconds=1))
    row = {"Body__c": body, "EndTime__c": wire(end), "CreatedDate": wire(start), **about}
    world.rows["VoiceCallTranscript__c"].append(row)


def _add_events(world: World) -> None:
    for deal in ranked(world.deals, world.seed, "events")[: world.size("Event")]:
        draw = world.draw("event", deal.id)
        slots = deal_slots(world, deal)
        created = within((deal.created, min(day_of(deal.close), DAYS - 1)), draw)
        subject, place = talk.line(world.org_type, "event_plan", draw=draw, slots=slots).split(" // ")
        day = day_of(created) + draw.between(1, 10, "ahead")
        day = workday(day, first=day_of(created) + 1, last=day + 2)
        start = min(moment(day, draw, "start"), MIDNIGHT - timedelta(hours=8))
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
