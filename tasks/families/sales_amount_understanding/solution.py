"""Reference solution of sales_amount_understanding: items of the orders of signed opportunities."""

from typing import TYPE_CHECKING

from tasks.comparison.extreme import extreme, wants_highest
from tasks.plan import Values
from tasks.signed_deals.solution import signed
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_ITEMS = """
SELECT Order.OpportunityId, Quantity, UnitPrice FROM OrderItem
WHERE Order.OpportunityId IN (SELECT Id FROM Opportunity WHERE ContractID__c != null)"""


def seller(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the owner with the extreme sum of quantity times unit price."""
    owners = {str(row["Id"]): str(row["OwnerId"]) for row in signed(salesforce, values)}
    if not owners:
        return ()
    amounts = dict.fromkeys(owners.values(), 0.0)
    for row in rows(salesforce, _ITEMS):
        if owner := owners.get(str(row["Order"]["OpportunityId"])):
            amounts[owner] += row["Quantity"] * row["UnitPrice"]
    return extreme(amounts, highest=wants_highest(values))
