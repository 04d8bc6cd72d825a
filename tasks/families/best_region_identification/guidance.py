"""The task-specific function of best_region_identification, whole in one piece: agents may be shown its source."""

from collections import defaultdict
from datetime import date, datetime
from typing import Literal

from convsim.guidance.query import Query


def best_region(query: Query, start: date, end: date, metric: Literal["closure_time", "closed_cases"]) -> list[str]:
    """Return the two-letter code of the state that does best with its cases in a period.

    start: first day of the period; end: the day after its last day; metric: closure_time is the shortest mean time from
    opening to closing a case, closed_cases the largest number of them. Several codes in a tie.
    """
    closed = query(
        "SELECT Account.ShippingState, CreatedDate, ClosedDate FROM Case "
        "WHERE Status = 'Closed' AND ClosedDate != null AND Account.ShippingState != null "
        "AND CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z",
        start=start, end=end,
    )  # fmt: skip
    seconds = defaultdict(list)
    for case in closed:
        open_for = datetime.fromisoformat(case["ClosedDate"]) - datetime.fromisoformat(case["CreatedDate"])
        seconds[case["Account"]["ShippingState"]].append(open_for.total_seconds())
    if metric == "closed_cases":
        figures = {state: -float(len(each)) for state, each in seconds.items()}
    else:
        figures = {state: sum(each) / len(each) for state, each in seconds.items()}
    best = min(figures.values(), default=None)
    return sorted(state for state, figure in figures.items() if figure == best)
