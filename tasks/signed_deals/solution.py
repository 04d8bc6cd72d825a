"""What both reference solutions share: the opportunities whose contract the company signed in the window."""

from typing import TYPE_CHECKING, Any

from tasks.calendar import bounds
from tasks.plan import Values
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CONTRACTS = """
SELECT Id, CompanySignedDate FROM Contract WHERE CompanySignedDate >= {first} AND CompanySignedDate < {after}"""
_BY_CUSTOMERS = """
SELECT Id, CustomerSignedDate FROM Contract WHERE CustomerSignedDate >= {first} AND CustomerSignedDate < {after}"""
_OPPORTUNITIES = "SELECT Id, OwnerId, CreatedDate, ContractID__c FROM Opportunity WHERE ContractID__c != null"


def signed(salesforce: "Salesforce", values: Values) -> list[dict[str, Any]]:
    """Return the opportunities with `signed`, the day of the company's signature unless the customer's counts."""
    first, after = bounds(str(values["window"]))
    by_customers = values.get("policy") == "customer"
    query, field = (_BY_CUSTOMERS, "CustomerSignedDate") if by_customers else (_CONTRACTS, "CompanySignedDate")
    days = {str(row["Id"]): row[field] for row in rows(salesforce, query, first=first, after=after)}
    found = rows(salesforce, _OPPORTUNITIES)
    return [row | {"signed": days[row["ContractID__c"]]} for row in found if row["ContractID__c"] in days]
