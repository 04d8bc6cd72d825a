"""The rules of the house: discounts by volume, competing offers, limits, combinations, installation times."""

from collections.abc import Iterator

from convsim.org.generate.content import pairs, ranges
from convsim.org.generate.draw import ranked
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import RuleFact
from convsim.org.generate.world import World

_UNITS: dict[OrgType, tuple[tuple[int, ...], ...]] = {
    "b2b": ((10, 25, 60), (8, 20, 50), (12, 30, 75), (15, 40, 80), (10, 30, 60, 120), (20, 50, 100)),
    "b2c": ((3, 5, 8), (3, 6, 10), (4, 7), (2, 5, 9)),
}
_PERCENTS: dict[OrgType, tuple[tuple[int, ...], ...]] = {
    "b2b": ((5, 8, 12, 15), (4, 7, 10, 14), (3, 6, 9, 13), (5, 9, 13, 16), (6, 8, 11, 14)),
    "b2c": ((4, 7, 10), (5, 8, 12), (3, 6, 10), (5, 9, 11)),
}
_MATCH: dict[OrgType, tuple[int, ...]] = {"b2b": (18, 20, 22, 24, 25), "b2c": (14, 15, 16, 18)}
_MOST: dict[OrgType, tuple[int, ...]] = {"b2b": (40, 45, 50, 60), "b2c": (4, 5, 6)}
_INSTALLATION: dict[OrgType, tuple[tuple[tuple[int, int], ...], ...]] = {
    "b2b": (
        ((1, 10), (11, 24), (31, 42)),
        ((1, 12), (13, 25), (41, 50)),
        ((1, 9), (9, 21), (26, 38)),
        ((1, 14), (16, 30), (36, 45)),
    ),
    "b2c": (((1, 4), (3, 8), (5, 13)), ((1, 5), (3, 9), (6, 15)), ((1, 3), (2, 7), (4, 12))),
}


def make_rules(world: World) -> None:
    """Add the rules; their articles follow with the other articles."""
    world.rules.extend(_all(world))


def _all(world: World) -> Iterator[RuleFact]:
    org = world.org_type
    everything = tuple(dict.fromkeys(each.family for each in world.products))
    for family in everything:
        draw = world.draw("rules", family)
        units, percents = draw.pick(_UNITS[org], "units"), draw.pick(_PERCENTS[org], "percents")
        yield RuleFact("tiers", family, (family,), steps=tuple(zip(units, percents, strict=False)))
    for name, families in ranges(org):
        draw = world.draw("rules", name)
        yield RuleFact("offers", name, families, most=draw.pick(_MATCH[org], "match"))
        yield RuleFact("limit", name, families, most=draw.pick(_MOST[org], "most"))
        yield RuleFact("exclusion", name, families, pairs=_pairs(world, "x", name))
        yield RuleFact("bundle", name, families, pairs=_pairs(world, "n", name))
    steps = world.draw("rules", "installation").pick(_INSTALLATION[org], "steps")
    yield RuleFact("installation", "", everything, steps=steps)


def _pairs(world: World, kind: str, name: str) -> tuple[tuple[str, str], ...]:
    by_name = {each.name: each.id for each in world.products}
    listed = [(one, other) for mark, place, one, other in pairs(world.org_type) if (mark, place) == (kind, name)]
    number = world.draw("pairs", kind, name).between(2, 3, "number")
    return tuple((by_name[one], by_name[other]) for one, other in ranked(listed, world.seed, "pairs", kind)[:number])
