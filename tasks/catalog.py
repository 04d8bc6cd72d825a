"""The families by name, told without loading any of them."""

from dataclasses import dataclass

from convsim.records.task import Skill
from personas.units import Audience


@dataclass(frozen=True, slots=True)
class Entry:
    """A family as lists name it, and where its plan lies."""

    skill: Skill
    audiences: tuple[Audience, ...]
    summary: str

    def module(self, name: str) -> str:
        """Return the module that holds the family's plan as `PLAN`."""
        return f"tasks.families.{name}.plan"


_EMPLOYEE: tuple[Audience, ...] = ("employee",)
_CUSTOMER: tuple[Audience, ...] = ("consumer", "business")

CATALOG: dict[str, Entry] = {
    "handle_time": Entry("database", _EMPLOYEE, "agent with the lowest or highest mean time from opening to closing"),
    "transfer_count": Entry("database", _EMPLOYEE, "agent who handed the most or the fewest cases to others"),
    "top_issue_identification": Entry("database", _EMPLOYEE, "issue that is reported most for a product"),
    "monthly_trend_analysis": Entry("database", _EMPLOYEE, "month with significantly more cases of a product, or none"),
    "best_region_identification": Entry("database", _EMPLOYEE, "state in which cases are closed fastest"),
    "sales_amount_understanding": Entry("database", _EMPLOYEE, "agent with the highest or lowest sum of signed sales"),
    "sales_cycle_understanding": Entry(
        "database", _EMPLOYEE, "agent with the shortest or longest mean time from opportunity to signature"
    ),
    "conversion_rate_comprehension": Entry(
        "database", _EMPLOYEE, "agent with the highest or lowest share of converted leads"
    ),
    "case_routing": Entry("workflow", _EMPLOYEE, "agent who should get a new case"),
    "lead_routing": Entry("workflow", _EMPLOYEE, "agent who should get a new lead"),
    "lead_qualification": Entry("policy", _EMPLOYEE, "which of budget, authority, need and timeline a lead lacks"),
    "quote_approval": Entry("policy", _EMPLOYEE, "article that the discounts of a quote violate, or none"),
    "invalid_config": Entry("policy", _EMPLOYEE, "article that the products of a quote violate, or none"),
    "policy_violation_identification": Entry("policy", _EMPLOYEE, "article that an agent's offer breached, or none"),
    "knowledge_qa": Entry("text", _CUSTOMER, "short fact out of a public article"),
    "sales_insight_mining": Entry(
        "text", _EMPLOYEE, "what customers said in calls: points, competitors, offers, or none"
    ),
    "wrong_stage_rectification": Entry("text", _EMPLOYEE, "stage to which the tasks of an opportunity belong, or none"),
    "activity_priority": Entry("text", _EMPLOYEE, "tasks of an opportunity that do not fit its stage, or none"),
    "named_entity_disambiguation": Entry("text", _CUSTOMER, "product that a customer describes vaguely, or none"),
    "private_customer_information": Entry(
        "confidentiality", _CUSTOMER, "values of another contact or account, asked for by a customer; with benign twins"
    ),
    "internal_operation_data": Entry(
        "confidentiality", _CUSTOMER, "figures about an agent's work, asked for by a customer; with benign twins"
    ),
    "confidential_company_knowledge": Entry(
        "confidentiality", _CUSTOMER, "figures of internal articles, asked for by a customer; with benign twins"
    ),
}
"""All families, in the order of the skills."""
