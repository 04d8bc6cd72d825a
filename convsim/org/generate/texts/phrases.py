"""Slots that agree with what they name: verbs, pronouns and articles for products of one or of several pieces."""

from functools import cache

from convsim.org.generate.content import ProductPlan, products
from convsim.org.generate.latent import OrgType

_ONE = {"s": "s", "es": "es", "ve": "s", "is": "is", "was": "was", "has": "has", "does": "does"}
_MANY = {"s": "", "es": "", "ve": "ve", "is": "are", "was": "were", "has": "have", "does": "do"}


def product_slots(plan: ProductPlan) -> dict[str, str]:
    """Return the slots of a product: its name, kind, and the forms that agree with it."""
    number = _MANY if plan.plural else _ONE
    pronouns = ("they", "their", "them") if plan.plural else ("it", "its", "it")
    return {
        "product": plan.name,
        "subject": plan.name,
        "kind": plan.kind,
        "trait": plan.trait,
        "work": plan.does,
        "family": plan.family,
        "the_name": plan.name if plan.family == "Software" else f"the {plan.name}",
        "the_product": f"our {plan.name}",
        "cap_it": pronouns[0].capitalize(),
        **number,
        **dict(zip(("it", "its", "obj"), pronouns, strict=True)),
    }


@cache
def slots_by_name(org_type: OrgType) -> dict[str, dict[str, str]]:
    """Return the slots of each product by its name."""
    return {plan.name: product_slots(plan) for plan in products(org_type)}
