"""The task-specific function of conversion_rate_comprehension, whole in one piece: agents may be shown its source."""

from collections import defaultdict
from datetime import date
from typing import Literal

from convsim.guidance.query import Query


def conversion_rate_agent(
    query: Query, start: date, end: date, direction: Literal["lowest", "highest"], minimum_leads: int
) -> list[str]:
    """Return the Id of the agent with the lowest or highest conversion rate of leads in a period.

    start: first day of the period; end: the day after its last day; minimum_leads: ranked are agents with at least so
    many leads created in the period (the definitions say how many). Several Ids in a tie, none when no agent qualifies.
    """
    leads = query(
        "SELECT OwnerId, ConvertedDate FROM Lead "
        "WHERE CreatedDate >= {start}T00:00:00Z AND CreatedDate < {end}T00:00:00Z",
        start=start, end=end,
    )  # fmt: skip
    converted = defaultdict(list)
    for lead in leads:
        # Converted after the end of the period counts as not converted.
        converted[lead["OwnerId"]].append(bool(lead["ConvertedDate"]) and lead["ConvertedDate"] < str(end))
    rates = {agent: sum(each) / len(each) for agent, each in converted.items() if len(each) >= minimum_leads}
    best = (min if direction == "lowest" else max)(rates.values(), default=None)
    return sorted(agent for agent, rate in rates.items() if rate == best)
