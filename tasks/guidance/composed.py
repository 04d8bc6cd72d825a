"""The task-specific functions put together of their parts: what a refactoring leaves of each.

Agents that are shown the parts' source are shown this beside it. With the right parts each gives what the whole
function gives; with wrong ones it is wrong, and nothing in it says so.
"""

import ast
import inspect
from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal

from convsim.guidance.query import Query
from tasks.guidance.subroutines import (
    SUBROUTINES,
    closed_cases,
    extreme,
    handle_seconds,
    issues_of,
    lead_counts,
    managed_cases,
    mean_of_each,
    more_than,
    never_transferred,
    order_items_of,
    transfers_away,
)


def handle_time_agent(
    query: Query, start: date, end: date, direction: Literal["lowest", "highest"], minimum_cases: int
) -> list[str]:
    ranked = more_than(managed_cases(query, start, end), minimum_cases)
    kept = never_transferred(query, start, end)
    seconds: dict[str, list[float]] = {}
    for case in closed_cases(query, start, end):
        if case["case"] in kept and case["agent"] in ranked and case["opened"] and case["closed"]:
            seconds.setdefault(case["agent"], []).append(handle_seconds(case["opened"], case["closed"]))
    return extreme(mean_of_each(seconds), direction)


def transfer_count_agent(
    query: Query, start: date, end: date, direction: Literal["lowest", "highest"], minimum_cases: int
) -> list[str]:
    ranked = more_than(managed_cases(query, start, end), minimum_cases)
    transfers = transfers_away(query, start, end)
    return extreme({agent: float(count) for agent, count in transfers.items() if agent in ranked}, direction)


def top_issue(query: Query, product: str, start: date, end: date) -> list[str]:
    issues = issues_of(query, order_items_of(query, product), start, end)
    return extreme({issue: float(count) for issue, count in issues.items()}, "highest")


def best_region(query: Query, start: date, end: date, metric: Literal["closure_time", "closed_cases"]) -> list[str]:
    seconds: dict[str, list[float]] = {}
    for case in closed_cases(query, start, end):
        if case["state"] and case["opened"] and case["closed"]:
            seconds.setdefault(case["state"], []).append(handle_seconds(case["opened"], case["closed"]))
    if metric == "closed_cases":
        return extreme({state: float(len(each)) for state, each in seconds.items()}, "highest")
    return extreme(mean_of_each(seconds), "lowest")


def conversion_rate_agent(
    query: Query, start: date, end: date, direction: Literal["lowest", "highest"], minimum_leads: int
) -> list[str]:
    counts = lead_counts(query, start, end)
    ranked = {agent: each for agent, each in counts.items() if each["created"] >= minimum_leads}
    return extreme({agent: each["converted"] / each["created"] for agent, each in ranked.items()}, direction)


COMPOSED = (handle_time_agent, transfer_count_agent, top_issue, best_region, conversion_rate_agent)
"""All of them, under the names of the whole functions and in their order."""
_PARTS = frozenset(each.__name__ for each in SUBROUTINES)


def composed_of(offered: Collection[str]) -> Sequence[str]:
    """Return the sources of those that need no other parts than the offered ones."""
    sources = [inspect.getsource(each).rstrip() for each in COMPOSED]
    return tuple(source for source in sources if _needed(source) <= set(offered))


def _needed(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)} & _PARTS
