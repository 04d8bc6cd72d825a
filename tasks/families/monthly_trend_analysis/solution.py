"""Reference solution of monthly_trend_analysis: cases grouped by month, the two busiest compared."""

from typing import TYPE_CHECKING

from tasks.calendar import MONTHS, bounds
from tasks.plan import Values
from tasks.product_cases.solution import dated, of_product
from tasks.soql import midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_MONTHS = """
SELECT CALENDAR_YEAR(CreatedDate) year, CALENDAR_MONTH(CreatedDate) month, COUNT(Id) cases FROM Case
WHERE CreatedDate >= {start} AND CreatedDate < {end}"""
_GROUPED = """
GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate) ORDER BY COUNT(Id) DESC LIMIT 2"""


def outstanding_month(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the month that stands out, of the cases of all products when none was told."""
    start, end = (midnight(day) for day in bounds(str(values["window"])))
    query = dated(_MONTHS, values) + of_product(values) + dated(_GROUPED, values)
    found = [
        (int(row["cases"]), MONTHS[int(row["month"]) - 1])
        for row in rows(salesforce, query, start=start, end=end, product=values.get("product"))
    ]
    (most, month), (following, _) = [*found, (0, ""), (0, "")][:2]
    significant = most >= 1.5 * following and most >= following + 3
    return (month,) if significant else ()
