"""Subject and description of a case, worded from its issue and product."""

from dataclasses import dataclass

from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import OrgType
from convsim.org.generate.texts.phrases import slots_by_name

_PARCEL = frozenset(("late", "wrong", "broken", "parts"))
"""Issues of consumers with what came, or did not come, in a parcel."""
_PAPERS = frozenset(
    ("shortage", "damaged", "invoice", "install", "replacement", "refund", "discount", "double", "warranty", *_PARCEL)
)
"""Issues with deliveries, appointments and money: restarting or cleaning something is no remedy for them."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who writes, from where, about which order."""

    first: str
    name: str
    account: str
    city: str
    order: str
    """Order number."""


def subject(org_type: OrgType, *, issue: str, product: str, reporter: Reporter, draw: Draw) -> str:
    """Return the subject line; `issue` is the issue's key, `product` the product's name."""
    said = grammar(f"{org_type}_cases")
    return said.say(f"subj_{issue}", draw, _slots(org_type, product, reporter))


def description(org_type: OrgType, *, issue: str, product: str, reporter: Reporter, draw: Draw) -> str:
    """Return the description: names the product, tells the trouble by its symptoms and never by the issue's name."""
    said = grammar(f"{org_type}_cases")
    slots = _slots(org_type, product, reporter)
    for part in ("sym", "more", "ask"):
        slots[part] = said.raw(f"{part}_{issue}", draw, slots)
    for part, rule in _around(org_type, issue, slots["family"]).items():
        slots[part] = said.raw(rule, draw, slots)
    return said.say("description", draw, slots)


def _around(org_type: OrgType, issue: str, family: str) -> dict[str, str]:
    """Return the rules, fit for the issue, for what was tried, and for the harm done or the customer's mood."""
    tried = "tried_papers" if issue in _PAPERS else "tried_software" if family == "Software" else "tried"
    if org_type == "b2b":
        return {"tried": tried, "impact": "impact_papers" if issue in _PAPERS or family == "Software" else "impact"}
    mood = "feeling_parcel" if issue in _PARCEL else "feeling_money" if issue in _PAPERS else "feeling"
    return {"tried": tried, "feeling": mood}


def _slots(org_type: OrgType, product: str, reporter: Reporter) -> dict[str, str]:
    return {
        **slots_by_name(org_type)[product],
        "first": reporter.first,
        "name": reporter.name,
        "account": reporter.account,
        "city": reporter.city,
        "order": reporter.order,
    }
