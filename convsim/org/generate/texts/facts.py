"""What the articles about the house's rules state, as short facts with their wordings."""

from collections.abc import Iterator, Mapping

from convsim.org.generate.latent import AttributeFact, OrgType
from convsim.org.generate.policy import RuleFact

TOPICS = {
    "tiers": "discount_tiers",
    "offers": "competing_offers",
    "limit": "quantity_limits",
    "exclusion": "exclusions",
    "bundle": "bundles",
    "installation": "installation",
}
"""Topic of the article by the kind of its rule."""
_UNITS: dict[OrgType, str] = {"b2b": "units", "b2c": "pieces"}


def rule_facts(org_type: OrgType, rule: RuleFact, names: Mapping[str, str]) -> Iterator[AttributeFact]:
    """Yield the facts of a rule's article; `names` are the products' names with their article, by id."""
    units = _UNITS[org_type]
    if rule.kind == "tiers":
        yield _fact("largest volume discount", f"What is the largest volume discount on {rule.range}?",
                    f"{rule.steps[-1][1]} percent")  # fmt: skip
    elif rule.kind == "offers":
        yield _fact("match limit", f"How far may we go against a competing offer on {rule.range}?",
                    f"{rule.most} percent")  # fmt: skip
    elif rule.kind == "limit":
        yield _fact("largest quantity per line", f"What is the largest quantity per line of {rule.range}?",
                    f"{rule.most} {units}")  # fmt: skip
    elif rule.kind == "installation":
        yield _fact("longest installation time", "What is the longest installation time?", f"{rule.steps[-1][1]} days")
    for one, other in rule.pairs:
        bare = names[other].removeprefix("the ").removesuffix(" set")
        if rule.kind == "exclusion":
            yield _fact(f"product that must not be quoted with {names[one]}",
                        f"What must not be quoted together with {names[one]}?", bare)  # fmt: skip
        else:
            yield _fact(f"product that {names[one]} needs", f"What does {names[one]} need in the same quote?", bare)


def _fact(attribute: str, question: str, value: str) -> AttributeFact:
    short = value.replace(" percent", "%")
    return AttributeFact(attribute, (attribute,), (question,), value, (short,) if short != value else ())
