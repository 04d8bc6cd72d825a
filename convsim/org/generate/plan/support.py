"""Cases: which trouble befell which purchase, when, and who worked on it for how long."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from convsim.org.generate.calendar import DAYS, MIDNIGHT, Busyness, day_of, moment
from convsim.org.generate.content import issues, products
from convsim.org.generate.draw import Draw, Weights, ranked, skewed
from convsim.org.generate.latent import IssueFact, LineFact, OrderFact, ProductFact
from convsim.org.generate.world import World

_MONTHS = {
    "b2b": (1.15, 1.05, 1.0, 0.95, 0.9, 1.0, 1.1, 1.0, 0.95, 1.0, 1.1, 0.85),
    "b2c": (1.5, 1.15, 0.9, 0.85, 0.9, 0.95, 1.0, 0.95, 0.9, 0.95, 1.05, 1.35),
}
_WAVE = 0.5
"""Share of a product's cases that fall into its busy months."""
_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order item that a case can be about."""

    order: OrderFact
    item: LineFact
    day: int
    """Day of history of the order's EffectiveDate."""


@dataclass(frozen=True, slots=True)
class CasePlan:
    """A case before anybody works on it."""

    index: int
    created: datetime
    purchase: Purchase
    contact: str
    issue: IssueFact


@dataclass(frozen=True, slots=True)
class Wave:
    """A month in which a product makes more trouble than usual, mostly of one kind."""

    first: int
    end: int
    issue: IssueFact


def plan_cases(world: World) -> list[CasePlan]:
    """Return the cases in order of creation."""
    purchases = _purchases(world)
    shelf = [each for each in ranked(world.products, world.seed, "trouble") if each.id in purchases]
    trouble = Weights(shelf, skewed(len(shelf), fall=0.14))
    busy = Busyness(_MONTHS[world.org_type], growth=0.04)
    usual = {product.id: _usual_issues(world, product) for product in shelf}
    waves = {
        product.id: _waves(world, product, purchases[product.id][0].day, usual=usual[product.id]) for product in shelf
    }
    plans = []
    for index in range(world.size("Case")):
        draw = world.draw("case", index)
        product = shelf[trouble.index(draw.unit("product"))]
        wave = draw.pick(waves[product.id], "wave") if draw.chance(_WAVE, "in wave") and waves[product.id] else None
        plans.append(_plan(world, draw, index, own=purchases[product.id], wave=wave, busy=busy,
                           issue=usual[product.id]))  # fmt: skip
    return sorted(plans, key=lambda each: (each.created, each.index))


def _purchases(world: World) -> dict[str, list[Purchase]]:
    """Return what was bought before the last four weeks, by product and in order of time."""
    found: dict[str, list[Purchase]] = {}
    for deal in world.deals:
        if deal.order is not None and day_of(deal.order.effective) < DAYS - 28:
            for item in deal.order.lines:
                found.setdefault(item.product, []).append(Purchase(deal.order, item, day_of(deal.order.effective)))
    for own in found.values():
        own.sort(key=lambda each: (each.day, each.item.id))
    return found


def _usual_issues(world: World, product: ProductFact) -> Callable[[float], IssueFact]:
    """Return the choice of the issue of a product: each product has its weak points."""
    tags = next(each.tags for each in products(world.org_type) if each.name == product.name)
    keys = [each.key for each in issues(world.org_type) if each.tag in tags]
    possible = ranked([each for each in world.issues if each.key in keys], world.seed, "weak points", product.id)
    weights = Weights(possible, skewed(len(possible), fall=0.35))
    return lambda unit: possible[weights.index(unit)]


def _waves(world: World, product: ProductFact, first: int, *, usual: Callable[[float], IssueFact]) -> list[Wave]:
    """Return the busy months of a product: calendar months after its first sale, about one in ten."""
    draw = world.draw("waves", product.id)
    months = int((DAYS - first) / _MONTH) - 1
    waves = []
    for number in range(max(1, months // 10) if months > 0 else 0):
        start = _month_start(first + int(_MONTH * (1 + draw.between(0, months - 1, number))))
        issue = usual(draw.unit(("issue", number)))
        if start + 28 < DAYS:
            waves.append(Wave(start, start + 28, issue))
    return waves


def _month_start(day: int) -> int:
    from convsim.org.generate.calendar import date_of

    return day - date_of(day).day + 1


def _plan(
    world: World, draw: Draw, index: int, *, own: list[Purchase], wave: Wave | None, busy: Busyness,
    issue: Callable[[float], IssueFact],
) -> CasePlan:  # fmt: skip
    first = own[0].day + 3
    if wave is not None and wave.end > first:
        day = busy.day(draw.unit("day"), first=max(wave.first, first), end=wave.end)
    else:
        day = busy.day(draw.unit("day"), first=first)
    before = bisect_right(own, day - 2, key=lambda each: each.day)
    # Most trouble comes soon after the purchase: the latest of three draws.
    purchase = own[max(draw.between(0, before - 1, ("purchase", i)) for i in range(3))]
    kind = wave.issue if wave is not None and draw.chance(0.62, "of the wave") else issue(draw.unit("issue"))
    return CasePlan(index, moment(day, draw, "time"), purchase, _contact(world, purchase, draw, day=day), kind)


def _contact(world: World, purchase: Purchase, draw: Draw, *, day: int) -> str:
    """Return who complains: the buyer, or a colleague who was there already."""
    if draw.chance(0.5, "buyer"):
        return purchase.order.contact
    account = world.account[purchase.order.account]
    return draw.pick([each for each in account.contacts if world.since[each] <= day], "colleague")


_HOURS = {
    "network": 20, "battery": 30, "sync": 26, "license": 9, "readings": 40, "update": 24, "damaged": 34, "shortage": 30,
    "invoice": 22, "lockout": 6, "slow": 44, "alarms": 28, "interface": 52, "install": 36, "replacement": 60,
    "housing": 38, "dead": 26, "noise": 30, "smell": 18, "charge": 28, "app": 14, "leak": 32, "finish": 40,
    "broken": 24, "wrong": 22, "parts": 26, "late": 20, "refund": 30, "discount": 8, "double": 16, "warranty": 48,
    "manual": 7,
}  # fmt: skip
"""Typical hours from creation to closing, by issue key."""


def closing(world: World, plan: CasePlan, *, agent: str, draw: Draw) -> datetime | None:
    """Return when the agent closed the case; None when it was not closed before today."""
    state = world.account[plan.purchase.order.account].state
    region = 0.65 + 0.7 * world.draw("state pace", state).unit("pace")
    hours = _HOURS[plan.issue.key] * world.agent[agent].pace * region * draw.tail("hours")
    closed = plan.created + timedelta(seconds=600 + int(hours * 60) * 60 + draw.between(0, 59, "seconds"))
    recent = plan.created > MIDNIGHT - timedelta(days=150)
    stuck = draw.chance(0.3 if recent else 0.012, "stuck")
    return None if stuck or closed >= MIDNIGHT else closed
