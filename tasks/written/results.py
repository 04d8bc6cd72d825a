"""A query's result as an answer: the first field of each record, in the form in which the task wants its items."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convsim.records.task import Answer

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


def answers(salesforce: "Salesforce", query: str, answer: Answer) -> tuple[str, ...]:
    """Return the items of the answer: each value once, in the query's order, empty fields left out.

    Raises simple_salesforce's SalesforceError for a query that the org refuses.
    """
    records = salesforce.query_all(query)["records"]
    return tuple(dict.fromkeys(_item(value, answer) for value in _firsts(records)))


def _firsts(records: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    for record in records:
        value = _first(record)
        if value is not None:
            yield value


def _first(record: Mapping[str, Any]) -> Any:
    """Return the first field's value; of a record of another object, the first of its fields."""
    value = next((each for name, each in record.items() if name != "attributes"), None)
    return _first(value) if isinstance(value, Mapping) else value


def _item(value: Any, answer: Answer) -> str:
    if answer.kind == "month" and isinstance(value, int) and 1 <= value <= 12:
        return calendar.month_name[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
