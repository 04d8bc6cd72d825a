"""What a deal leaves behind: its lines, quotes, contract and order, as facts and rows."""

from dataclasses import dataclass
from datetime import date

from convsim.org.generate.calendar import date_of, moment, wire
from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import ContractFact, DealFact, OrderFact, QuoteFact
from convsim.org.generate.plan.deals import DealPlan, plan_deals
from convsim.org.generate.plan.orders import make_contract, make_order, order_day
from convsim.org.generate.plan.quotes import QuotePlan, make_quote, plan_quotes
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import World

_PROBABILITY = {"Qualification": 10, "Discovery": 30, "Quote": 55, "Negotiation": 80}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Running numbers of quotes and orders, given in order of their dates."""

    quotes: dict[tuple[int, int], int]
    orders: dict[int, int]


def make_deals(world: World) -> None:
    """Add the deals in order of creation, each with all of its papers."""
    plans = plan_deals(world)
    quotes = plan_quotes(world, plans)
    numbers = _numbers(world, plans, quotes)
    for plan in plans:
        _add_deal(world, plan, quotes=quotes[plan.index], numbers=numbers)


def _numbers(world: World, plans: list[DealPlan], quotes: dict[int, list[QuotePlan]]) -> Numbers:
    dated = sorted((each.day, index, place) for index, own in quotes.items() for place, each in enumerate(own))
    ordered = sorted((order_day(world, plan), plan.index) for plan in plans if plan.won)
    return Numbers(
        {(index, place): number for number, (_, index, place) in enumerate(dated, start=1)},
        {index: number for number, (_, index) in enumerate(ordered, start=101)},
    )


def _add_deal(world: World, plan: DealPlan, *, quotes: list[QuotePlan], numbers: Numbers) -> None:
    draw = world.draw("deal papers", plan.index)
    record = world.new_id("Opportunity", len(world.deals))
    line_ids = _add_lines(world, plan, record)
    made = tuple(
        make_quote(world, plan, each, opportunity=record, lines=line_ids, number=numbers.quotes[plan.index, place])
        for place, each in enumerate(quotes)
    )
    contract = make_contract(world, plan) if plan.kind == "contract" else None
    order = None
    if plan.won:
        number = numbers.orders[plan.index]
        order = make_order(world, plan, opportunity=record, number=number, quoted=made[-1].lines)
    amount = round(sum(quantity * world.entries[plan.pricebook, p.id][1] for p, quantity in plan.lines), 2)
    _add_opportunity(world, plan, record, draw=draw, amount=amount, contract=contract)
    _remember(world, plan, record, amount=amount, papers=(made, contract, order))


def _add_lines(world: World, plan: DealPlan, opportunity: str) -> list[str]:
    rows = world.rows["OpportunityLineItem"]
    made = []
    created = wire(moment(plan.created, world.draw("deal papers", plan.index), "time"))
    for product, quantity in plan.lines:
        entry, price = world.entries[plan.pricebook, product.id]
        made.append(world.new_id("OpportunityLineItem", len(rows)))
        rows.append(
            {
                "Id": made[-1],
                "OpportunityId": opportunity,
                "Product2Id": product.id,
                "PricebookEntryId": entry,
                "Quantity": float(quantity),
                "UnitPrice": price,
                "TotalPrice": round(quantity * price, 2),
                "CreatedDate": created,
            }
        )
    return made


def _add_opportunity(
    world: World, plan: DealPlan, record: str, *, draw: Draw, amount: float, contract: ContractFact | None
) -> None:
    said = grammar(f"{world.org_type}_records")
    slots = slots_by_name(world.org_type)[plan.lines[0][0].name]
    slots = {**slots, "account": plan.account.name, "city": plan.account.city}
    created = moment(plan.created, draw, "time")
    closed = plan.stage == "Closed"
    modified = moment(plan.closed, draw, "closed at") if closed else created
    world.rows["Opportunity"].append(
        {
            "Id": record,
            "Name": said.say("opportunity_name", draw, slots)[:120],
            "Description": said.say("opportunity", draw, slots),
            "AccountId": plan.account.id,
            "ContactId": plan.contact,
            "OwnerId": plan.owner,
            "Pricebook2Id": plan.pricebook,
            "Amount": amount,
            "Probability": float(100 * plan.won if closed else _PROBABILITY[plan.stage]),
            "StageName": plan.stage,
            "IsClosed": closed,
            "IsWon": plan.won,
            "CloseDate": _close_date(plan).isoformat(),
            "ContractID__c": None if contract is None else contract.id,
            "CreatedDate": wire(created),
            "LastModifiedDate": wire(max(created, modified)),
        }
    )


def _close_date(plan: DealPlan) -> date:
    return date_of(plan.closed)


def _remember(
    world: World, plan: DealPlan, record: str, *, amount: float,
    papers: tuple[tuple[QuoteFact, ...], ContractFact | None, OrderFact | None],
) -> None:  # fmt: skip
    quotes, contract, order = papers
    world.deals.append(
        DealFact(
            id=record,
            name=world.rows["Opportunity"][-1]["Name"],
            owner=plan.owner,
            account=plan.account.id,
            contact=plan.contact,
            amount=amount,
            stage=plan.stage,
            won=plan.won,
            created=moment(plan.created, world.draw("deal papers", plan.index), "time"),
            close=_close_date(plan),
            quotes=quotes,
            contract=contract,
            order=order,
        )
    )
