"""Reference solution of best_region_identification: closed cases of the window by the state of their account."""

from collections import defaultdict
from typing import TYPE_CHECKING

from tasks.calendar import bounds
from tasks.comparison.extreme import extreme, means
from tasks.plan import Values
from tasks.soql import elapsed, midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CLOSED = """
SELECT Account.ShippingState, CreatedDate, ClosedDate FROM Case
WHERE Status = 'Closed' AND Account.ShippingState != null AND CreatedDate >= {start} AND CreatedDate < {end}"""
_CLOSED_THEN = """
SELECT Account.ShippingState, CreatedDate, ClosedDate FROM Case
WHERE Status = 'Closed' AND Account.ShippingState != null AND ClosedDate >= {start} AND ClosedDate < {end}"""


def best_state(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the two-letter state with the shortest mean time, or with the most closed cases."""
    start, end = (midnight(day) for day in bounds(str(values["window"])))
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    query = _CLOSED_THEN if values.get("policy") == "closed" else _CLOSED
    for row in rows(salesforce, query, start=start, end=end):
        state = str(row["Account"]["ShippingState"])
        seconds[state].append(elapsed(str(row["CreatedDate"]), str(row["ClosedDate"])))
    if values["metric"] == "closed_cases":
        return extreme({state: len(each) for state, each in seconds.items()}, highest=True)
    return extreme(means(seconds), highest=False)
