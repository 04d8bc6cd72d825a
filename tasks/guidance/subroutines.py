"""The parts into which the task-specific functions of the seen families come apart, each of use on its own.

Agents may be shown their sources, so each is whole. What a part takes and returns is plain JSON.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any, Literal

from convsim.guidance.query import Query


def managed_cases(query: Query, start: date, end: date) -> dict[str, int]:
    """Return how many cases were assigned to each agent in a period, by the agent's Id.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT NewValue__c, COUNT(Id) cases FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z GROUP BY NewValue__c",
        start=start, end=end,
    )  # fmt: skip
    return {row["NewValue__c"]: row["cases"] for row in rows}


def more_than(counts: dict[str, int], minimum: int) -> list[str]:
    """Return the keys whose count is above the minimum, sorted."""
    return sorted(key for key, count in counts.items() if count > minimum)


def never_transferred(query: Query, start: date, end: date) -> list[str]:
    """Return the Ids of the cases created in a period that never changed hands in all their history, sorted.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT CaseId__c, COUNT(Id) owners FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND Case__r.CreatedDate >= {start}T00:00:00Z AND Case__r.CreatedDate < {end}T00:00:00Z "
        "GROUP BY CaseId__c HAVING COUNT(Id) = 1",
        start=start, end=end,
    )  # fmt: skip
    return sorted(row["CaseId__c"] for row in rows)


def closed_cases(query: Query, start: date, end: date) -> list[dict[str, str | None]]:
    """Return the closed cases created in a period: their case (Id), agent (Id), state, opened and closed, by Id.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT Id, OwnerId, Account.ShippingState, CreatedDate, ClosedDate FROM Case WHERE Status = 'Closed' "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z ORDER BY Id",
        start=start, end=end,
    )  # fmt: skip
    return [
        {
            "case": row["Id"],
            "agent": row["OwnerId"],
            "state": (row["Account"] or {}).get("ShippingState"),
            "opened": row["CreatedDate"],
            "closed": row["ClosedDate"],
        }
        for row in rows
    ]


def handle_seconds(opened: str, closed: str) -> float:
    """Return the seconds from one moment to another, both as the org writes them (2024-03-01T08:30:00.000+0000)."""
    return (datetime.fromisoformat(closed) - datetime.fromisoformat(opened)).total_seconds()


def transfers_away(query: Query, start: date, end: date) -> dict[str, int]:
    """Return how many cases each agent handed over to others in a period, by the agent's Id; agents without one lack.

    start: first day of the period; end: the day after its last day.
    """
    rows = query(
        "SELECT OldValue__c, COUNT(Id) transfers FROM CaseHistory__c "
        "WHERE Field__c = 'Owner Assignment' AND OldValue__c != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z GROUP BY OldValue__c",
        start=start, end=end,
    )  # fmt: skip
    return {row["OldValue__c"]: row["transfers"] for row in rows}


def mean_of_each(figures: dict[str, list[float]]) -> dict[str, float]:
    """Return the mean of each key's figures; keys without figures lack."""
    return {key: sum(each) / len(each) for key, each in figures.items() if each}


def extreme(figures: dict[str, float], direction: Literal["lowest", "highest"]) -> list[str]:
    """Return the keys with the lowest or highest figure, several in a tie, sorted."""
    best = (min if direction == "lowest" else max)(figures.values(), default=None)
    return sorted(key for key, figure in figures.items() if figure == best)


def order_items_of(query: Query, product: str) -> list[str]:
    """Return the Ids of the order items by which a product was sold, sorted; product: exact Product2.Name."""
    return sorted(row["Id"] for row in query("SELECT Id FROM OrderItem WHERE Product2.Name = {name}", name=product))


def issues_of(query: Query, order_items: list[str], start: date, end: date) -> dict[str, int]:
    """Return how many cases about these order items were filed under each issue in a period, by the issue's Id.

    start: first day of the period; end: the day after its last day.
    """
    wanted = set(order_items)
    rows = query(
        "SELECT IssueId__c, OrderItemId__c FROM Case WHERE IssueId__c != null AND OrderItemId__c != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z",
        start=start, end=end,
    )  # fmt: skip
    return dict(Counter(row["IssueId__c"] for row in rows if row["OrderItemId__c"] in wanted))


def lead_counts(query: Query, start: date, end: date) -> dict[str, dict[str, int]]:
    """Return for each agent's Id how many leads were created in a period and how many of these converted in it.

    start: first day of the period; end: the day after its last day.
    """
    counts: dict[str, dict[str, int]] = {}
    rows: list[dict[str, Any]] = query(
        "SELECT OwnerId, ConvertedDate FROM Lead "
        "WHERE CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z",
        start=start, end=end,
    )  # fmt: skip
    for row in rows:
        own = counts.setdefault(row["OwnerId"], {"created": 0, "converted": 0})
        own["created"] += 1
        own["converted"] += bool(row["ConvertedDate"]) and row["ConvertedDate"] < str(end)
    return counts


SUBROUTINES = (
    managed_cases,
    more_than,
    never_transferred,
    closed_cases,
    handle_seconds,
    transfers_away,
    mean_of_each,
    extreme,
    order_items_of,
    issues_of,
    lead_counts,
)
"""All parts, in the order in which agents read them."""
