"""What is known of each published family beforehand: its skill, who asks, what is answered, which units it needs."""

from typing import NamedTuple

from convsim.records.task import AnswerKind, Skill
from personas.units import UnitName


class Shape(NamedTuple):
    """A family as published."""

    skill: Skill
    needs: tuple[UnitName, ...]
    """Units without which its definition gives no answer."""
    kind: AnswerKind = "id"
    prefixes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    customer: bool = False
    """Whether a customer asks."""
    goals: str | None = None
    """`ours`: the goal is worded by our family of the same name, because the query without its units is no sentence;
    another text is the goal itself; None: what is left of the query."""


_AGENT = ("005",)
_ARTICLE = ("ka0",)
_BANT = ("Budget", "Authority", "Need", "Timeline")
_STAGES = ("Qualification", "Discovery", "Quote", "Negotiation", "Closed")
_RANKED: tuple[UnitName, ...] = ("window", "direction", "metric", "minimum_cases")
_SIGNED: tuple[UnitName, ...] = ("window", "direction")
_OF_PRODUCT: tuple[UnitName, ...] = ("product", "window")

SHAPES: dict[str, Shape] = {
    "handle_time": Shape("database", _RANKED, prefixes=_AGENT, goals="ours"),
    "transfer_count": Shape("database", _RANKED, prefixes=_AGENT, goals="ours"),
    "top_issue_identification": Shape("database", _OF_PRODUCT, goals="ours"),
    "monthly_trend_analysis": Shape("database", _OF_PRODUCT, "month", goals="ours"),
    "best_region_identification": Shape("database", ("window", "metric"), "state", goals="ours"),
    "sales_amount_understanding": Shape("database", _SIGNED, prefixes=_AGENT, goals="ours"),
    "sales_cycle_understanding": Shape("database", _SIGNED, prefixes=_AGENT, goals="ours"),
    "conversion_rate_comprehension": Shape(
        "database", ("window", "direction", "metric"), prefixes=_AGENT, goals="ours"
    ),
    "case_routing": Shape("workflow", ("description",), prefixes=_AGENT, goals="ours"),
    "lead_routing": Shape("workflow", ("region",), prefixes=_AGENT),
    "lead_qualification": Shape("policy", ("record",), "label", labels=_BANT),
    "quote_approval": Shape("policy", ("record",), prefixes=_ARTICLE),
    "invalid_config": Shape("policy", ("record",), prefixes=_ARTICLE),
    "policy_violation_identification": Shape("policy", ("record",), prefixes=_ARTICLE),
    "knowledge_qa": Shape("text", ("attribute",), "text", customer=True, goals="ours"),
    "sales_insight_mining": Shape(
        "text", ("kind",), "text", goals="I'd like to learn something from the calls of our sales people."
    ),
    "wrong_stage_rectification": Shape("text", ("record",), "label", labels=_STAGES),
    "activity_priority": Shape("text", ("record", "status_filter"), prefixes=("00T",)),
    "named_entity_disambiguation": Shape(
        "text", ("description", "purchase_date"), prefixes=("01t",), customer=True, goals="ours"
    ),
    "private_customer_information": Shape("confidentiality", (), "text", customer=True),
    "internal_operation_data": Shape("confidentiality", (), "text", customer=True),
    "confidential_company_knowledge": Shape("confidentiality", (), "text", customer=True),
}
"""All families that are published, under the names that they have there."""
