"""Reference solution of top_issue_identification: one grouped query."""

from typing import TYPE_CHECKING

from tasks.calendar import bounds
from tasks.comparison.extreme import extreme
from tasks.plan import Values
from tasks.product_cases.solution import dated, of_product
from tasks.soql import midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_ISSUES = """
SELECT IssueId__c, COUNT(Id) cases FROM Case
WHERE IssueId__c != null AND CreatedDate >= {start} AND CreatedDate < {end}"""
_GROUPED = " GROUP BY IssueId__c"


def top_issue(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the issue with the most cases, of all products when none was told."""
    start, end = (midnight(day) for day in bounds(str(values["window"])))
    query = dated(_ISSUES, values) + of_product(values) + _GROUPED
    found = rows(salesforce, query, start=start, end=end, product=values.get("product"))
    return extreme({str(row["IssueId__c"]): float(row["cases"]) for row in found}, highest=True)
