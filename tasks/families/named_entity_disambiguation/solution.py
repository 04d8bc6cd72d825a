"""Reference solution: the products' descriptions, then the account's orders of the day, through the API."""

from datetime import date
from typing import TYPE_CHECKING

from tasks.families.named_entity_disambiguation.reading import meant
from tasks.plan import Values
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_PRODUCTS = "SELECT Id, Description FROM Product2 ORDER BY Id"
_BOUGHT = """
SELECT Product2Id, Order.EffectiveDate FROM OrderItem
WHERE Order.AccountId = {account} AND Order.Status = 'Activated' AND Product2Id = {product}"""
_BEFORE = " AND Order.EffectiveDate < {today}"
_ON = " AND Order.EffectiveDate = {day}"


def find(salesforce: "Salesforce", values: Values, *, account: str, today: date) -> tuple[str, ...]:
    """Return the product; nothing without a description, and without a day what the account had bought before today."""
    texts = {str(row["Id"]): str(row["Description"]) for row in rows(salesforce, _PRODUCTS)}
    product = meant(str(values.get("description", "")), texts)
    if product is None:
        return ()
    told = values.get("purchase_date")
    if told is None:
        bought = rows(salesforce, _BOUGHT + _BEFORE, account=account, product=product, today=today)
    else:
        day = date.fromisoformat(str(told))
        bought = rows(salesforce, _BOUGHT + _ON, account=account, product=product, day=day)
    return (product,) if bought else ()
