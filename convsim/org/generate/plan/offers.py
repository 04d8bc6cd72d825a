"""What agents offer to customers: mostly what the issue's article allows on that day, sometimes what it does not."""

from dataclasses import dataclass
from datetime import date

from convsim.org.generate.content import issues, products
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import CaseFact
from convsim.org.generate.policy import Channel, Fault, OfferFact, SolutionFact
from convsim.org.generate.world import World

_FAULTY = 0.36
"""Share of the cases with an offer that is not allowed, in one of the channels."""
_SECOND = 0.3
"""Share of the cases with a chat that also have e-mails."""
_MARGIN = 3
"""Days that an offer stays clear of the end of a solution's time."""
_ALIKE = (
    frozenset(("replacement", "exchange", "shipment", "parcel", "unit", "delivery", "part", "shipping")),
    frozenset(("refund", "payment", "return", "reduction", "credit", "transfer", "price", "voucher", "difference")),
    frozenset(("repair", "workshop", "session", "setup", "installation", "calibration")),
)
"""Words of solutions that readers may take for the same: offered for an issue that lists one, another is no breach."""


_SMALL = frozenset(("a", "an", "the", "of", "by", "at", "on", "our", "with", "new"))
_LIKELY = frozenset((
    "a loan device", "a credit note", "a replacement unit", "a repair at our workshop", "a remote session",
    "a refund of the unit price", "an express shipment", "a price reduction", "a service visit", "a replacement",
    "a refund", "a repair", "a voucher", "a loan machine", "an exchange", "help in a store", "a call with an adviser",
))  # fmt: skip
"""Solutions that an agent is tempted to offer whatever the trouble."""


@dataclass(frozen=True, slots=True)
class Said:
    """Where and when an agent speaks of a solution: the first and the last day."""

    channel: Channel
    first: date
    last: date


def second_channel(world: World, case: str) -> bool:
    """Return whether a case with a chat has e-mails too."""
    return world.draw("channels", case).chance(_SECOND, "emails too")


def make_offer(world: World, case: CaseFact, said: Said) -> str | None:
    """Add the offer of a case in a channel and return the solution; None when nothing can be offered any more."""
    draw = world.draw("offers", case.id)
    bought = world.effective[case.order]
    ages = ((said.first - bought).days, (said.last - bought).days)
    fault = _fault(world, case, said.channel, draw=draw)
    listed = world.solution[case.issue]
    remedy, found = _pick(world, case, draw, ages=ages, fault=fault)
    if remedy is None:
        return None
    assert found == "unlisted" or remedy in dict(listed.remedies)
    world.offers.append(OfferFact(case.id, said.channel, remedy, said.first, said.last, found))
    return remedy


def _fault(world: World, case: CaseFact, channel: Channel, *, draw: Draw) -> Fault | None:
    """Return the fault planned for this channel; of two channels only one has it."""
    if not draw.chance(_FAULTY, "faulty"):
        return None
    planned = draw.pick(("chat", "emails"), "channel") if second_channel(world, case.id) else channel
    kind: Fault = "expired" if draw.chance(0.5, "fault") else "unlisted"
    return kind if planned == channel else None


def _pick(
    world: World, case: CaseFact, draw: Draw, *, ages: tuple[int, int], fault: Fault | None
) -> tuple[str | None, Fault | None]:
    listed = world.solution[case.issue]
    expired = [remedy for remedy, days in listed.remedies if days + _MARGIN <= ages[0]]
    valid = [remedy for remedy, days in listed.remedies if days - _MARGIN >= ages[1]]
    if fault == "expired" and expired:
        return draw.pick(expired, "expired"), "expired"
    if fault is not None and (strange := _unlisted(world, case, listed)):
        return draw.pick(strange, "unlisted"), "unlisted"
    return (draw.pick(valid, "valid"), None) if valid else (None, None)


def _unlisted(world: World, case: CaseFact, listed: SolutionFact) -> list[str]:
    """Return solutions of other issues that the product can have and that no reader takes for a listed one."""
    tags = next(each.tags for each in products(world.org_type) if each.name == world.product[case.product].name)
    keys = {each.key for each in issues(world.org_type) if each.tag in tags}
    known = frozenset().union(*(_words(remedy) for remedy, _ in listed.remedies))
    others = [each for each in world.solutions if each.issue != case.issue and world.issue[each.issue].key in keys]
    found = dict.fromkeys(remedy for each in others for remedy, _ in each.remedies)
    apart = [remedy for remedy in found if known.isdisjoint(_words(remedy))]
    return [remedy for remedy in apart if remedy in _LIKELY] or apart


def _words(remedy: str) -> frozenset[str]:
    words = frozenset(remedy.replace("-", " ").split()) - _SMALL
    return words.union(*(alike for alike in _ALIKE if not alike.isdisjoint(words)))
