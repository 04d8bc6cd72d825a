"""The task-specific function of handle_time, whole in one piece: agents may be shown its source."""

from collections import defaultdict
from datetime import date, datetime
from typing import Literal

from convsim.guidance.query import Query


def handle_time_agent(
    query: Query, start: date, end: date, direction: Literal["lowest", "highest"], minimum_cases: int
) -> list[str]:
    """Return the Id of the agent with the lowest or highest mean handle time of cases in a period.

    start: first day of the period; end: the day after its last day; minimum_cases: ranked are agents to whom more than
    so many cases were assigned in the period. Several Ids in a tie, none when no agent qualifies.
    """
    managed = query(
        "SELECT NewValue__c, COUNT(Id) cases FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z "
        "GROUP BY NewValue__c HAVING COUNT(Id) > {minimum}",
        start=start, end=end, minimum=minimum_cases,
    )  # fmt: skip
    # A transferred case has more than one owner assignment in all its history, in the period or not.
    never_transferred = query(
        "SELECT CaseId__c, COUNT(Id) owners FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND Case__r.CreatedDate >= {start}T00:00:00Z AND Case__r.CreatedDate < {end}T00:00:00Z "
        "GROUP BY CaseId__c HAVING COUNT(Id) = 1",
        start=start, end=end,
    )  # fmt: skip
    closed = query(
        "SELECT Id, OwnerId, CreatedDate, ClosedDate FROM Case WHERE Status = 'Closed' AND ClosedDate != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z",
        start=start, end=end,
    )  # fmt: skip
    agents = {row["NewValue__c"] for row in managed}
    counted = {row["CaseId__c"] for row in never_transferred}
    seconds = defaultdict(list)
    for case in closed:
        if case["OwnerId"] in agents and case["Id"] in counted:
            handled = datetime.fromisoformat(case["ClosedDate"]) - datetime.fromisoformat(case["CreatedDate"])
            seconds[case["OwnerId"]].append(handled.total_seconds())
    means = {agent: sum(each) / len(each) for agent, each in seconds.items()}
    best = (min if direction == "lowest" else max)(means.values(), default=None)
    return sorted(agent for agent, mean in means.items() if mean == best)
