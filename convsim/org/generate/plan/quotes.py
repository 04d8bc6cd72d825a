"""Quotes: when each was made, what became of it, and on which terms."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from convsim.org.generate.calendar import DAYS, date_of, moment, wire
from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import LineFact, QuoteFact
from convsim.org.generate.plan.deals import DealPlan
from convsim.org.generate.plan.terms import Terms, terms
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.texts.rules import noted
from convsim.org.generate.world import World

Status = Literal["Draft", "In Review", "Presented", "Accepted", "Rejected", "Denied"]


@dataclass(frozen=True, slots=True)
class QuotePlan:
    """A quote of a deal: its day of history and status."""

    day: int
    status: Status


def plan_quotes(world: World, plans: list[DealPlan]) -> dict[int, list[QuotePlan]]:
    """Return the quotes of each deal by its index: some deals have two, and as many of the same length then none."""
    quotes = {plan.index: [_quote(world, plan)] if plan.kind != "open" else [] for plan in plans}
    spare: dict[int, list[int]] = {}
    for plan in plans:
        if plan.kind == "quoted" and world.draw("spare quote", plan.index).chance(0.3, "spare"):
            spare.setdefault(len(plan.lines), []).append(plan.index)
    for plan in plans:
        if plan.won and spare.get(len(plan.lines)) and plan.closed - plan.created >= 8:
            del quotes[spare[len(plan.lines)].pop()][:]
            accepted = quotes[plan.index][0]
            first = replace(accepted, day=plan.created + 1, status="Rejected")
            quotes[plan.index] = [first, replace(accepted, day=max(accepted.day, plan.created + 4))]
    return quotes


def _quote(world: World, plan: DealPlan) -> QuotePlan:
    draw = world.draw("quote", plan.index)
    end = min(plan.closed, DAYS - 1)
    day = plan.created + int((end - plan.created) * (0.25 + 0.6 * draw.unit("day")))
    return QuotePlan(min(day, DAYS - 1), _status(plan, draw))


def _status(plan: DealPlan, draw: Draw) -> Status:
    if plan.won:
        return "Accepted"
    options: tuple[Status, ...] = ("Rejected", "Rejected", "Rejected", "Denied", "Presented", "Accepted")
    if plan.stage == "Quote":
        options = ("Draft", "In Review", "Presented")
    elif plan.stage == "Negotiation":
        options = ("Presented", "Presented", "Accepted")
    return draw.pick(options, "status")


def make_quote(
    world: World, plan: DealPlan, quote: QuotePlan, *, opportunity: str, lines: list[str], number: int
) -> QuoteFact:
    """Add a quote with its lines and return its fact."""
    draw = world.draw("quote paper", plan.index, quote.day, quote.status)
    record = world.new_id("Quote", len(world.rows["Quote"]))
    created = moment(quote.day, draw, "time")
    if quote.day == plan.created:
        created = max(created, moment(plan.created, world.draw("deal papers", plan.index), "time"))
    slots = slots_by_name(world.org_type)[plan.lines[0][0].name]
    agreed = terms(world, plan, draw, accepted=plan.won and quote.status == "Accepted")
    said = grammar(f"{world.org_type}_records").say("quote", draw, slots)
    world.rows["Quote"].append(
        {
            "Id": record,
            "QuoteNumber": f"{number:08d}",
            "Name": f"{plan.account.name} - Quote {number}",
            "Description": noted(world.org_type, said, agreed.competing, draw=draw),
            "OpportunityId": opportunity,
            "AccountId": plan.account.id,
            "ContactId": plan.contact,
            "Pricebook2Id": plan.pricebook,
            "Status": quote.status,
            "ExpirationDate": (date_of(quote.day) + timedelta(days=draw.pick((30, 45, 60), "expiry"))).isoformat(),
            "CreatedDate": wire(created),
        }
    )
    facts = _add_lines(world, plan, record, lines=lines, created=wire(created), agreed=agreed)
    return QuoteFact(
        record, f"{number:08d}", quote.status, created, facts, agreed.competing, plan.breach or agreed.breach
    )


def _add_lines(
    world: World, plan: DealPlan, quote: str, *, lines: list[str], created: str, agreed: Terms
) -> tuple[LineFact, ...]:
    rows = world.rows["QuoteLineItem"]
    facts = []
    for (product, quantity), line, percent in zip(plan.lines, lines, agreed.percents, strict=True):
        entry, price = world.entries[plan.pricebook, product.id]
        record = world.new_id("QuoteLineItem", len(rows))
        rows.append(
            {
                "Id": record,
                "LineNumber": f"{len(rows) + 1:08d}",
                "QuoteId": quote,
                "OpportunityLineItemId": line,
                "Product2Id": product.id,
                "PricebookEntryId": entry,
                "Quantity": float(quantity),
                "UnitPrice": price,
                "Discount": float(percent),
                "TotalPrice": round(quantity * price * (100 - percent) / 100, 2),
                "CreatedDate": created,
            }
        )
        facts.append(LineFact(record, product.id, quantity, round(price * (100 - percent) / 100, 2), percent))
    return tuple(facts)
