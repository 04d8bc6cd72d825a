"""What leads want, can spend, decide and wait for: facts that are told in one of their calls."""

from convsim.org.generate.draw import Draw
from convsim.org.generate.grammar import count
from convsim.org.generate.latent import LeadFact, OrgType, ProductFact
from convsim.org.generate.policy import FACTORS, BantFact, Factor
from convsim.org.generate.world import World

QUANTITIES: dict[OrgType, tuple[int, ...]] = {
    "b2b": (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 40, 60),
    "b2c": (1, 1, 1, 2, 2, 3),
}
_SECOND: dict[OrgType, float] = {"b2b": 0.45, "b2c": 0.35}
"""Share of the leads that ask about two products."""
_PATTERNS: tuple[tuple[Factor, ...], ...] = (
    (),
    *((each,) for each in FACTORS),
    *((one, other) for i, one in enumerate(FACTORS) for other in FACTORS[i + 1 :]),
)
_WEEK = 7


def basket(world: World, lead: str, product: ProductFact) -> tuple[tuple[ProductFact, int], ...]:
    """Return what the lead asks about: the product, sometimes a second one of the same family."""
    draw, options = world.draw("need", lead), QUANTITIES[world.org_type]
    found = [(product, draw.pick(options, "quantity"))]
    others = [each for each in world.products if each.family == product.family and each.id != product.id]
    if draw.chance(_SECOND[world.org_type], "second"):
        found.append((draw.pick(others, "other"), draw.pick(options, "other quantity")))
    return tuple(found)


def wish(lines: tuple[tuple[ProductFact, int], ...]) -> str:
    """Return the basket in words."""
    return " and ".join(interest(product, quantity) for product, quantity in lines)


def interest(product: ProductFact, quantity: int) -> str:
    """Return what somebody asks for: `twelve units of the ...`, `a ...`."""
    if product.family == "Software":
        return f"{product.name} ({count(quantity, 'license')})"
    if quantity == 1:
        return f"the {product.name}"
    return f"{count(quantity, 'unit')} of the {product.name}"


def make_bant(world: World, lead: LeadFact) -> BantFact:
    """Add and return what the lead tells; converted leads fail in nothing."""
    draw = world.draw("qualification", lead.id)
    lines = basket(world, lead.id, world.product[lead.interest])
    fails = () if lead.converted is not None else draw.pick(_PATTERNS, "pattern")
    price = round(sum(product.price * quantity for product, quantity in lines), 2)
    rule = next(each for each in world.rules if each.kind == "installation")
    least = rule.step(sum(quantity for _, quantity in lines))
    fact = BantFact(
        lead=lead.id,
        basket=tuple((product.id, quantity) for product, quantity in lines),
        price=price,
        budget=_budget(price, enough="Budget" not in fails, draw=draw),
        decides="Authority" not in fails,
        needs="Need" not in fails,
        days=_days(least, enough="Timeline" not in fails, draw=draw),
        least_days=least,
        fails=fails,
    )
    world.bants.append(fact)
    return fact


def _budget(price: float, *, enough: bool, draw: Draw) -> int:
    """Return a round sum well above or below the price."""
    step = 5 if price < 200 else 10 if price < 1000 else 100 if price < 5000 else 500
    if enough:
        return (int(price * (1.04 + 0.5 * draw.unit("more"))) // step + 1) * step
    return max(step, int(price * (0.55 + 0.39 * draw.unit("less"))) // step * step)


def _days(least: int, *, enough: bool, draw: Draw) -> int:
    """Return days above or below those of the installation; often whole weeks where the time is long."""
    if enough:
        days = least + draw.between(2, max(6, least), "more")
        return -(-days // _WEEK) * _WEEK if least >= _WEEK and draw.chance(0.6, "weeks") else days
    days = max(1, least - draw.between(2, max(2, least * 2 // 3), "less"))
    return days // _WEEK * _WEEK if days > _WEEK and draw.chance(0.6, "weeks") else days


def time_told(days: int, draw: Draw) -> str:
    """Return a time in words: `35 days`, `5 weeks`, `five weeks`."""
    if days % _WEEK == 0 and draw.chance(0.7, "in weeks"):
        weeks = days // _WEEK
        words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
        if weeks <= len(words) and draw.chance(0.6, "in letters"):
            return f"{words[weeks - 1]} week{'' if weeks == 1 else 's'}"
        return count(weeks, "week")
    return count(days, "day")


def money_told(amount: int, draw: Draw) -> str:
    """Return a sum in words: `4,500 dollars`, `$4,500`."""
    return draw.pick((f"{amount:,} dollars", f"${amount:,}", f"{amount:,} US dollars"), "money")
