"""Opportunities: who sells what to whom, and how far each deal got. Lines, quotes and papers follow in `papers`."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from convsim.org.generate.calendar import DAYS, Busyness
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import AccountFact, ProductFact
from convsim.org.generate.plan.baskets import Basket, Shelf
from convsim.org.generate.plan.staff import seller_for
from convsim.org.generate.world import World

Kind = Literal["contract", "order", "quoted", "open"]
Stage = Literal["Qualification", "Discovery", "Quote", "Negotiation", "Closed"]
_MONTHS = {
    "b2b": (0.8, 0.9, 1.15, 1.0, 1.0, 1.1, 0.75, 0.75, 1.1, 1.15, 1.1, 0.9),
    "b2c": (0.8, 0.75, 0.85, 0.9, 1.05, 1.0, 0.9, 0.9, 0.9, 1.0, 1.6, 1.7),
}
_CYCLE = {"b2b": 34, "b2c": 9}
"""Days from creation to signature of a deal with factor 1."""


@dataclass(frozen=True, slots=True)
class DealPlan:
    """A deal before its papers: all days are days of history."""

    index: int
    kind: Kind
    account: AccountFact
    contact: str
    owner: str
    pricebook: str
    created: int
    closed: int
    """Day of the company's signature or the order; of the loss; or the planned day, which may lie ahead."""
    stage: Stage
    won: bool
    lines: tuple[tuple[ProductFact, int], ...]
    """Products with their quantities; no product twice."""
    breach: str | None
    """Key of the rule that the lines break, if any; only deals that were not won break one."""


def plan_deals(world: World) -> list[DealPlan]:
    """Return the deals in order of creation."""
    kinds = _kinds(world)
    lengths = _lengths(world, kinds)
    busy = Busyness(_MONTHS[world.org_type], growth=0.06)
    accounts = sorted(world.accounts, key=lambda each: (world.since[each.id], each.id))
    firsts = [world.since[each.id] for each in accounts]
    shelf = Shelf(world)
    plans = []
    for index, kind in enumerate(kinds):
        draw = world.draw("deal", index)
        created = busy.day(draw.unit("day"), end=DAYS - 25 if kind in {"contract", "order"} else DAYS)
        created = max(created, firsts[0] + 1)
        account = _account(draw, accounts, created=created, firsts=firsts)
        basket = (shelf.any if kind == "quoted" else shelf.clean)(draw, lengths[index])
        plans.append(_plan(world, draw, index=index, kind=kind, account=account, created=created, basket=basket))
    return sorted(plans, key=lambda each: (each.created, each.index))


def _kinds(world: World) -> list[Kind]:
    """Return the kind of each deal, in drawn order, so that the counts of contracts, orders and quotes come out."""
    contracts, orders, quotes = (world.size(each) for each in ("Contract", "Order", "Quote"))
    orders, whole = max(orders, contracts), world.size("Opportunity")
    kinds: list[Kind] = ["contract"] * contracts
    ordered: list[Kind] = ["order"] * (orders - contracts)
    kinds += ordered
    quoted: list[Kind] = ["quoted"] * min(max(quotes - orders, 0), whole - len(kinds))
    rest: list[Kind] = ["open"] * (whole - len(kinds) - len(quoted))
    return ranked(kinds + quoted + rest, world.seed, "kinds of deals")


def _lengths(world: World, kinds: list[Kind]) -> list[int]:
    """Return the number of lines of each deal, so that lines of orders, quotes and deals sum to their counts."""
    items, quoted, whole = (world.size(each) for each in ("OrderItem", "QuoteLineItem", "OpportunityLineItem"))
    groups = {"won": items, "quoted": quoted - items, "open": whole - quoted}
    lengths = [0] * len(kinds)
    for group, total in groups.items():
        members = [i for i, kind in enumerate(kinds) if (kind if kind in groups else "won") == group]
        weights = [0.4 + world.draw("lines", i).unit("weight") for i in members]
        if members:
            for i, length in zip(members, shares(max(total, len(members)), weights, least=1), strict=True):
                lengths[i] = length
    return lengths


def _account(draw: Draw, accounts: list[AccountFact], *, created: int, firsts: list[int]) -> AccountFact:
    eligible = bisect_left(firsts, created)
    return accounts[int(eligible * draw.unit("account") ** 1.25)]


def _plan(
    world: World, draw: Draw, *, index: int, kind: Kind, account: AccountFact, created: int,
    basket: Basket,
) -> DealPlan:  # fmt: skip
    owner = account.owner if draw.chance(0.4, "own") else seller_for(world, account.state, draw, purpose="owner")
    contacts = [each for each in account.contacts if world.since[each] <= created]
    cycle = _cycle(world, draw, created=created, pace=world.agent[owner].pace, won=kind in {"contract", "order"})
    stage, closed = _stage(draw, kind, created=created, cycle=cycle)
    return DealPlan(
        index=index,
        kind=kind,
        account=account,
        contact=draw.pick(contacts, "contact"),
        owner=owner,
        pricebook=world.pricebooks[world.draw("pricebook of", account.id).chance(0.14, "second")],
        created=created,
        closed=closed,
        stage=stage,
        won=kind in {"contract", "order"},
        lines=basket.lines,
        breach=basket.breach,
    )


def _cycle(world: World, draw: Draw, *, created: int, pace: float, won: bool) -> int:
    """Return days from creation to the end; a won deal leaves twelve days for its order."""
    for attempt in range(12):
        days = 3 + int(_CYCLE[world.org_type] * pace * draw.tail(("cycle", attempt)))
        if not won or created + days < DAYS - 12:
            return days
    return 3


def _stage(draw: Draw, kind: Kind, *, created: int, cycle: int) -> tuple[Stage, int]:
    """Return the stage and the day of closing; deals that should have ended long ago were lost."""
    if kind in {"contract", "order"}:
        return "Closed", created + cycle
    if created < DAYS - 300 or (created + cycle < DAYS - 1 and draw.chance(0.5, "lost")):
        return "Closed", min(created + cycle, DAYS - 2)
    planned = DAYS + draw.between(5, 120, "planned")
    if kind == "quoted":
        return ("Negotiation" if draw.chance(0.45, "stage") else "Quote"), planned
    return ("Discovery" if draw.chance(0.5, "stage") else "Qualification"), planned
