"""Reference solution: the SOQL steps by which an administrator ranks agents."""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from tasks.calendar import bounds
from tasks.comparison.extreme import extreme, means, wants_highest
from tasks.plan import Values
from tasks.soql import elapsed, midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


_MANAGED = """
SELECT NewValue__c, COUNT(Id) cases FROM CaseHistory__c
WHERE Field__c = 'Owner Assignment' AND CreatedDate >= {start} AND CreatedDate < {end}
GROUP BY NewValue__c HAVING COUNT(Id) > {minimum}"""
_NEVER_TRANSFERRED = """
SELECT CaseId__c, COUNT(Id) owners FROM CaseHistory__c
WHERE Field__c = 'Owner Assignment' AND Case__r.CreatedDate >= {start} AND Case__r.CreatedDate < {end}
GROUP BY CaseId__c HAVING COUNT(Id) = 1"""
_CLOSED = """
SELECT Id, OwnerId, CreatedDate, ClosedDate FROM Case
WHERE Status = 'Closed' AND CreatedDate >= {start} AND CreatedDate < {end}"""
_TRANSFERS = """
SELECT OldValue__c, COUNT(Id) transfers FROM CaseHistory__c
WHERE Field__c = 'Owner Assignment' AND OldValue__c != null AND CreatedDate >= {start} AND CreatedDate < {end}
GROUP BY OldValue__c"""
_RECEIVED = """
SELECT NewValue__c, COUNT(Id) transfers FROM CaseHistory__c
WHERE Field__c = 'Owner Assignment' AND OldValue__c != null AND CreatedDate >= {start} AND CreatedDate < {end}
GROUP BY NewValue__c"""


def rank(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the agent with the extreme figure, or nothing when no agent qualifies."""
    start, end = bounds(str(values["window"]))
    period = {"start": midnight(start), "end": midnight(end)}
    managed = rows(salesforce, _MANAGED, minimum=int(values["minimum_cases"]), **period)
    measure = _handle_time if values["metric"] == "handle_time" else _transfer_count
    found = measure(salesforce, period, reading=str(values.get("policy", "")))
    figures = {agent: found[agent] for row in managed if (agent := str(row["NewValue__c"])) in found}
    return extreme(figures, highest=wants_highest(values))


def _handle_time(salesforce: "Salesforce", period: dict[str, datetime], *, reading: str) -> dict[str, float]:
    """Return mean seconds per agent over closed cases of the window, unless told otherwise the never transferred."""
    every = reading == "included"
    kept = set() if every else {row["CaseId__c"] for row in rows(salesforce, _NEVER_TRANSFERRED, **period)}
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows(salesforce, _CLOSED, **period):
        if every or row["Id"] in kept:
            seconds[str(row["OwnerId"])].append(elapsed(str(row["CreatedDate"]), str(row["ClosedDate"])))
    return means(seconds)


def _transfer_count(salesforce: "Salesforce", period: dict[str, datetime], *, reading: str) -> dict[str, float]:
    query, side = (_RECEIVED, "NewValue__c") if reading == "received" else (_TRANSFERS, "OldValue__c")
    return {str(row[side]): float(row["transfers"]) for row in rows(salesforce, query, **period)}
