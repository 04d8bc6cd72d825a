"""Reference solution of lead_routing: territory, users, accepted quotes, unconverted leads."""

from typing import TYPE_CHECKING

from tasks.calendar import bounds
from tasks.plan import Values
from tasks.soql import midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_USERS = "SELECT UserId FROM UserTerritory2Association WHERE Territory2Id = {territory}"
_ACCEPTED = """
SELECT Opportunity.OwnerId, COUNT(Id) quotes FROM Quote
WHERE Status = 'Accepted' AND CreatedDate >= {start} AND CreatedDate < {end} AND Opportunity.OwnerId IN {users}
GROUP BY Opportunity.OwnerId"""
_UNCONVERTED = """
SELECT OwnerId, COUNT(Id) leads FROM Lead WHERE IsConverted = false AND OwnerId IN {users} GROUP BY OwnerId"""


def route(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the agent for a lead of this region, or nothing without a region or territory."""
    users = _users(salesforce, str(values.get("region", "")))
    if not users:
        return ()
    start, end = (midnight(day) for day in bounds(str(values["window"])))
    accepted = rows(salesforce, _ACCEPTED, users=users, start=start, end=end)
    quotes = {str(row["OwnerId"]): int(row["quotes"]) for row in accepted}
    most = max(quotes.values(), default=0)
    tied = [user for user in users if quotes.get(user, 0) == most]
    if len(tied) == 1:
        return (tied[0],)
    unconverted = rows(salesforce, _UNCONVERTED, users=tied)
    leads = {str(row["OwnerId"]): int(row["leads"]) for row in unconverted}
    return (min(tied, key=lambda user: (leads.get(user, 0), user)),)


def _users(salesforce: "Salesforce", state: str) -> list[str]:
    territories = rows(salesforce, "SELECT Id, Description FROM Territory2")
    covering = [row for row in territories if state in str(row["Description"]).replace(" ", "").split(",")]
    if not covering:
        return []
    return sorted(str(row["UserId"]) for row in rows(salesforce, _USERS, territory=covering[0]["Id"]))
