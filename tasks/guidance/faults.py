"""The same parts as a model might refactor them: six of eleven are plausible, promise the same, and are wrong.

They stand for the study's model-written subroutines, which drew agents away from sources that were right. What is wrong
with each stands in `FAULTS`, never in the text that agents read.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from convsim.guidance.query import Query
from tasks.guidance.subroutines import SUBROUTINES


def managed_cases(query: Query, start: date, end: date) -> dict[str, int]:
    """Return how many cases were assigned to each agent in a period, by the agent's Id.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT NewValue__c, COUNT(Id) cases FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate <= {end}T23:59:59Z GROUP BY NewValue__c",
        start=start, end=end,
    )  # fmt: skip
    return {row["NewValue__c"]: row["cases"] for row in rows}


def more_than(counts: dict[str, int], minimum: int) -> list[str]:
    """Return the keys whose count is above the minimum, sorted."""
    return sorted(key for key, count in counts.items() if count >= minimum)


def never_transferred(query: Query, start: date, end: date) -> list[str]:
    """Return the Ids of the cases created in a period that never changed hands in all their history, sorted.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT CaseId__c, COUNT(Id) owners FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z "
        "GROUP BY CaseId__c HAVING COUNT(Id) = 1",
        start=start, end=end,
    )  # fmt: skip
    return sorted(row["CaseId__c"] for row in rows)


def handle_seconds(opened: str, closed: str) -> float:
    """Return the seconds from one moment to another, both as the org writes them (2024-03-01T08:30:00.000+0000)."""
    return float((datetime.fromisoformat(closed) - datetime.fromisoformat(opened)).seconds)


def transfers_away(query: Query, start: date, end: date) -> dict[str, int]:
    """Return how many cases each agent handed over to others in a period, by the agent's Id; agents without one lack.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT NewValue__c, COUNT(Id) transfers FROM CaseHistory__c "
        "WHERE Field__c = 'Owner Assignment' AND OldValue__c != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z GROUP BY NewValue__c",
        start=start, end=end,
    )  # fmt: skip
    return {row["NewValue__c"]: row["transfers"] for row in rows}


def lead_counts(query: Query, start: date, end: date) -> dict[str, dict[str, int]]:
    """Return for each agent's Id how many leads were created in a period and how many of these converted in it.

    start: first day of the period; end: the day after its last day.
    """
    counts: dict[str, dict[str, int]] = {}
    rows: list[dict[str, Any]] = query(
        "SELECT OwnerId, IsConverted FROM Lead "
        "WHERE CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z",
        start=start, end=end,
    )  # fmt: skip
    for row in rows:
        own = counts.setdefault(row["OwnerId"], {"created": 0, "converted": 0})
        own["created"] += 1
        own["converted"] += bool(row["IsConverted"])
    return counts


FAULTS: dict[str, str] = {
    "managed_cases": "takes the day after the last one in",
    "more_than": "takes the minimum itself in",
    "never_transferred": "looks at the assignments of the period alone, and at cases of any age",
    "handle_seconds": "drops whole days",
    "transfers_away": "counts what an agent received",
    "lead_counts": "takes in what was converted after the period",
}
"""What is wrong with each faulty part."""
_FAULTY: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (managed_cases, more_than, never_transferred, handle_seconds, transfers_away, lead_counts)
}
SUBROUTINES_WITH_FAULTS = tuple(_FAULTY.get(each.__name__, each) for each in SUBROUTINES)
"""All parts, the faulty ones in place of the right ones."""
