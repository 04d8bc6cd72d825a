"""The task-specific function of top_issue_identification, whole in one piece: agents may be shown its source."""

from datetime import date

from convsim.guidance.query import Query


def top_issue(query: Query, product: str, start: date, end: date) -> list[str]:
    """Return the Id of the issue that is reported most for a product in a period.

    product: exact Product2.Name; start: first day of the period; end: the day after its last day. Several Ids in a tie,
    none when no case about the product was created in the period.
    """
    issues = query(
        "SELECT IssueId__c, COUNT(Id) cases FROM Case WHERE IssueId__c != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z "
        "AND OrderItemId__c IN (SELECT Id FROM OrderItem WHERE Product2.Name = {product}) GROUP BY IssueId__c",
        start=start, end=end, product=product,
    )  # fmt: skip
    most = max((row["cases"] for row in issues), default=None)
    return sorted(row["IssueId__c"] for row in issues if row["cases"] == most)
