"""What both reference solutions share: the condition that keeps the cases of the product."""

from tasks.plan import Values

_OF_PRODUCT = """
AND OrderItemId__c IN (SELECT Id FROM OrderItem WHERE Product2.Name = {product})"""


def dated(query: str, values: Values) -> str:
    """Return the query, by the other reading of the policy over the day of closing."""
    return query.replace("CreatedDate", "ClosedDate") if values.get("policy") == "closed" else query


def of_product(values: Values) -> str:
    """Return the condition; empty, so that all products count, when no product was told."""
    return _OF_PRODUCT if values.get("product") else ""
