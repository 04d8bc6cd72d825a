"""Reference solution of case_routing: read the issue out of the description, then follow the three steps."""

from typing import TYPE_CHECKING

from tasks.families.case_routing.issue import read_issue
from tasks.plan import Values
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_BY_ISSUE = """
SELECT OwnerId, COUNT(Id) cases FROM Case WHERE Status = 'Closed' AND IssueId__c = {issue} GROUP BY OwnerId"""
_BY_PRODUCT = """
SELECT OwnerId, COUNT(Id) cases FROM Case
WHERE Status = 'Closed' AND OrderItem__r.Product2.Name = {product} AND OwnerId IN {agents} GROUP BY OwnerId"""
_NOT_CLOSED = """
SELECT OwnerId, COUNT(Id) cases FROM Case WHERE Status != 'Closed' AND OwnerId IN {agents} GROUP BY OwnerId"""


def route(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the agent for a case of this description and product, or nothing without a description."""
    description = str(values.get("description", ""))
    if not description:
        return ()
    issue = read_issue(salesforce, description)
    agents = _most(_counts(salesforce, _BY_ISSUE, issue=issue))
    if len(agents) > 1:
        counts = _counts(salesforce, _BY_PRODUCT, product=str(values.get("product", "")), agents=agents)
        agents = _most({agent: counts.get(agent, 0) for agent in agents})
    if len(agents) > 1:
        counts = _counts(salesforce, _NOT_CLOSED, agents=agents)
        agents = _most({agent: -counts.get(agent, 0) for agent in agents})
    return tuple(agents[:1])


def _counts(salesforce: "Salesforce", query: str, **values: object) -> dict[str, int]:
    return {str(row["OwnerId"]): int(row["cases"]) for row in rows(salesforce, query, **values)}


def _most(counts: dict[str, int]) -> list[str]:
    most = max(counts.values(), default=0)
    return sorted(agent for agent, count in counts.items() if count == most)
