"""Reference solution of sales_cycle_understanding: days from creation to signature of signed opportunities."""

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from tasks.comparison.extreme import extreme, means, wants_highest
from tasks.plan import Values
from tasks.signed_deals.solution import signed

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_DATE = len("2024-01-31")


def seller(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the owner with the extreme mean of days."""
    days: defaultdict[str, list[float]] = defaultdict(list)
    for row in signed(salesforce, values):
        created = date.fromisoformat(str(row["CreatedDate"])[:_DATE])
        days[str(row["OwnerId"])].append((date.fromisoformat(row["signed"]) - created).days)
    return extreme(means(days), highest=wants_highest(values))
