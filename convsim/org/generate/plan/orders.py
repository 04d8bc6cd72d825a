"""Contracts and orders of won deals."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from convsim.org.generate.calendar import DAYS, TODAY, date_of, moment, wire
from convsim.org.generate.content import grammar
from convsim.org.generate.latent import ContractFact, LineFact, OrderFact
from convsim.org.generate.plan.deals import DealPlan
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import World

_MONTHS = (12, 12, 24, 24, 36)


def order_day(world: World, plan: DealPlan) -> int:
    """Return the day of history on which the order of a won deal takes effect."""
    return min(plan.closed + world.draw("order", plan.index).between(1, 9, "after"), DAYS - 1)


def make_contract(world: World, plan: DealPlan) -> ContractFact:
    """Add the contract of a won deal and return its fact."""
    draw = world.draw("contract", plan.index)
    rows = world.rows["Contract"]
    signed = date_of(plan.closed)
    customer = max(signed - timedelta(days=draw.between(0, 6, "customer")), date_of(plan.created))
    start, months = signed + timedelta(days=1), draw.pick(_MONTHS, "months")
    end = date(start.year + months // 12, start.month, min(start.day, 28))
    fact = ContractFact(world.new_id("Contract", len(rows)), start, customer, signed, months)
    slots = {**slots_by_name(world.org_type)[plan.lines[0][0].name], "months": str(months)}
    rows.append(
        {
            "Id": fact.id,
            "ContractNumber": f"{len(rows) + 201:08d}",
            "AccountId": plan.account.id,
            "Status": "Activated" if end >= TODAY else "Expired",
            "StartDate": start.isoformat(),
            "EndDate": end.isoformat(),
            "CustomerSignedDate": customer.isoformat(),
            "CompanySignedDate": signed.isoformat(),
            "ContractTerm": months,
            "Description": grammar(f"{world.org_type}_records").say("contract", draw, slots),
            "CreatedDate": wire(moment(plan.closed, draw, "time")),
        }
    )
    return fact


def make_order(
    world: World, plan: DealPlan, *, opportunity: str, number: int, quoted: tuple[LineFact, ...]
) -> OrderFact:
    """Add the order of a won deal with its items, at the prices of the accepted quote, and return its fact."""
    draw = world.draw("order", plan.index)
    day = order_day(world, plan)
    created = wire(moment(plan.closed, draw, "time"))
    record = world.new_id("Order", len(world.rows["Order"]))
    status: Literal["Draft", "Activated"] = "Draft" if day > DAYS - 4 else "Activated"
    items = _add_items(world, plan, record, created=created, quoted=quoted)
    world.rows["Order"].append(
        {
            "Id": record,
            "OrderNumber": f"{number:08d}",
            "AccountId": plan.account.id,
            "OwnerId": plan.owner,
            "OpportunityId": opportunity,
            "Pricebook2Id": plan.pricebook,
            "Status": status,
            "EffectiveDate": date_of(day).isoformat(),
            "TotalAmount": round(sum(each.quantity * each.unit_price for each in items), 2),
            "CreatedDate": created,
        }
    )
    return OrderFact(record, f"{number:08d}", plan.account.id, plan.contact, status, date_of(day), items)


def _add_items(
    world: World, plan: DealPlan, order: str, *, created: str, quoted: tuple[LineFact, ...]
) -> tuple[LineFact, ...]:
    rows = world.rows["OrderItem"]
    facts = []
    for line in quoted:
        entry, _ = world.entries[plan.pricebook, line.product]
        record = world.new_id("OrderItem", len(rows))
        facts.append(replace(line, id=record))
        rows.append(
            {
                "Id": record,
                "OrderItemNumber": f"{len(rows) + 1:010d}",
                "OrderId": order,
                "Product2Id": line.product,
                "PricebookEntryId": entry,
                "Quantity": float(line.quantity),
                "UnitPrice": facts[-1].unit_price,
                "CreatedDate": created,
            }
        )
    return tuple(facts)
