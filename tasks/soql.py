"""Queries as reference solutions send them: values bound by the client's own quoting."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


def rows(salesforce: "Salesforce", query: str, **values: object) -> list[dict[str, Any]]:
    """Return all records of a SOQL query, all pages of it; `{name}` stands for a value, quoted as SOQL wants it."""
    from simple_salesforce.format import format_soql

    return [dict(each) for each in salesforce.query_all(format_soql(query, **values))["records"]]


def midnight(day: date) -> datetime:
    """Return the day's first instant in UTC."""
    return datetime.combine(day, time(), UTC)


def elapsed(start: str, end: str) -> float:
    """Return the seconds between two instants in the wire format."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
