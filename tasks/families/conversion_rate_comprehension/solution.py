"""Reference solution of conversion_rate_comprehension: the leads of the window, by owner."""

import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from tasks.calendar import bounds
from tasks.comparison.extreme import extreme, wants_highest
from tasks.plan import Values
from tasks.soql import midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_LEADS = """
SELECT OwnerId, CreatedDate, ConvertedDate FROM Lead WHERE CreatedDate >= {start} AND CreatedDate < {end}"""
_CONVERTED = """
SELECT OwnerId, CreatedDate, ConvertedDate FROM Lead
WHERE IsConverted = true AND ConvertedDate >= {first} AND ConvertedDate < {after}"""
_MINIMUM = re.compile(r"at least (\d+) leads")
_DATE = len("2024-01-31")


def minimum_of(policy: str) -> int:
    """Return how many leads the policy asks for; one when it says nothing."""
    stated = _MINIMUM.search(policy)
    return int(stated[1]) if stated else 1


def agent(salesforce: "Salesforce", values: Values, *, minimum: int) -> tuple[str, ...]:
    """Return the agent with the extreme figure, or nothing when no agent qualifies."""
    start, end = bounds(str(values["window"]))
    leads: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(salesforce, _LEADS, start=midnight(start), end=midnight(end)):
        leads[str(row["OwnerId"])].append(row)
    converted: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    first = date.min if values.get("policy") == "earlier" else start
    for row in rows(salesforce, _CONVERTED, first=start, after=end):
        if row["CreatedDate"][:_DATE] >= str(first):
            converted[str(row["OwnerId"])].append(row)
    found = {
        owner: _figure(str(values["metric"]), own, converted[owner])
        for owner, own in leads.items()
        if len(own) >= minimum
    }
    figures = {owner: figure for owner, figure in found.items() if figure is not None}
    return extreme(figures, highest=wants_highest(values))


def _figure(metric: str, own: list[dict[str, Any]], converted: list[dict[str, Any]]) -> float | None:
    """Return an agent's figure; None for a mean over nothing."""
    if metric == "conversion_rate":
        return len(converted) / len(own)
    if metric == "conversion_time":
        return sum(map(_days, converted)) / len(converted) if converted else None
    return float(len(own if metric == "lead_count" else converted))


def _days(row: dict[str, Any]) -> int:
    created = date.fromisoformat(row["CreatedDate"][:_DATE])
    return (date.fromisoformat(row["ConvertedDate"]) - created).days
