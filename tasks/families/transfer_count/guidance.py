"""The task-specific function of transfer_count, whole in one piece: agents may be shown its source."""

from datetime import date
from typing import Literal

from convsim.guidance.query import Query


def transfer_count_agent(
    query: Query, start: date, end: date, direction: Literal["lowest", "highest"], minimum_cases: int
) -> list[str]:
    """Return the Id of the agent who handed over the fewest (lowest) or most (highest) cases in a period.

    start: first day of the period; end: the day after its last day; minimum_cases: ranked are agents to whom more than
    so many cases were assigned in the period. Agents without a transfer are not ranked. Several Ids in a tie, none when
    no agent qualifies.
    """
    managed = query(
        "SELECT NewValue__c, COUNT(Id) cases FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z "
        "GROUP BY NewValue__c HAVING COUNT(Id) > {minimum}",
        start=start, end=end, minimum=minimum_cases,
    )  # fmt: skip
    handed_over = query(
        "SELECT OldValue__c, COUNT(Id) transfers FROM CaseHistory__c "
        "WHERE Field__c = 'Owner Assignment' AND OldValue__c != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z GROUP BY OldValue__c",
        start=start, end=end,
    )  # fmt: skip
    agents = {row["NewValue__c"] for row in managed}
    transfers = {row["OldValue__c"]: row["transfers"] for row in handed_over if row["OldValue__c"] in agents}
    best = (min if direction == "lowest" else max)(transfers.values(), default=None)
    return sorted(agent for agent, count in transfers.items() if count == best)
