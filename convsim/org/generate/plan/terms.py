"""The terms of a quote: the discount of each line, and the competing offer that its description notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from convsim.org.generate.draw import Draw
from convsim.org.generate.plan.deals import DealPlan
from convsim.org.generate.policy import RuleFact
from convsim.org.generate.world import World

Competing = Literal["written", "spoken", "reseller"]
_PLANTED = 0.65
"""Share of the quotes with clean lines, accepted ones apart, whose discounts break a rule."""
_OFFERS = 0.45
"""Share of those that go beyond the limit against a competing offer."""
_USUAL: tuple[Competing | None, ...] = (None, None, None, None, "written", "written", "spoken", "reseller")
_LURES: tuple[Competing | None, ...] = (None, None, "spoken", "reseller")


@dataclass(frozen=True, slots=True)
class Terms:
    """Percent per line, in the order of the lines."""

    percents: tuple[int, ...]
    competing: Competing | None
    breach: str | None
    """Key of the rule that the discounts break, if any."""


def terms(world: World, plan: DealPlan, draw: Draw, *, accepted: bool) -> Terms:
    """Return the terms of one quote: as the rules allow, or with one discount too many."""
    allowed = [_tiers(world, product.family).step(_units(world, plan, product.family)) for product, _ in plan.lines]
    usual = [percent - draw.pick((0, 0, 0, 0, 1, 2), ("below", i)) for i, percent in enumerate(allowed)]
    percents = [max(percent, 0) for percent in usual]
    place = draw.between(0, len(plan.lines) - 1, "special")
    family = plan.lines[place][0].family
    tiers, offers = _tiers(world, family), world.rule_for["offers", family]
    if plan.breach is not None or accepted or not draw.chance(_PLANTED, "breach"):
        competing = draw.pick(_USUAL, "competing")
        if competing == "written":
            _set(plan, percents, tiers, to=draw.between(allowed[place] + 1, offers.most, "match"))
        return Terms(tuple(percents), competing, None)
    if draw.chance(_OFFERS, "offers"):
        _set(plan, percents, offers, to=offers.most + draw.pick((1, 1, 2, 3, 5), "excess"))
        return Terms(tuple(percents), "written", offers.key)
    above = [percent for _, percent in tiers.steps if percent > allowed[place]]
    higher = above[:2] or [allowed[place] + 2, allowed[place] + 4]
    _set(plan, percents, tiers, to=draw.pick(higher, "excess"))
    return Terms(tuple(percents), draw.pick(_LURES, "lure"), tiers.key)


def _set(plan: DealPlan, percents: list[int], rule: RuleFact, *, to: int) -> None:
    """Give every line of the rule's range the same discount."""
    for i, (product, _) in enumerate(plan.lines):
        if product.family in rule.families:
            percents[i] = to


def _units(world: World, plan: DealPlan, family: str) -> int:
    families: Sequence[str] = _tiers(world, family).families
    return sum(quantity for product, quantity in plan.lines if product.family in families)


def _tiers(world: World, family: str) -> RuleFact:
    return world.rule_for["tiers", family]
