"""How guidance functions ask the org: SOQL in, plain rows out, through the client of whoever called."""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


class Query(Protocol):
    """Runs SOQL with the rights, the log and the limits of one session."""

    def __call__(self, soql: str, **values: object) -> list[dict[str, Any]]:
        """Return all rows, all pages of them; `{name}` in the text stands for a value, quoted as SOQL wants it."""


def query_on(salesforce: "Salesforce") -> Query:
    """Return the query function of a client; it raises simple_salesforce's errors."""
    from simple_salesforce.format import format_soql

    def query(soql: str, **values: object) -> list[dict[str, Any]]:
        text = format_soql(soql, **values) if values else soql
        return [plain(row) for row in salesforce.query_all(text)["records"]]

    return query


def plain(row: Any) -> dict[str, Any]:
    """Return a row without the `attributes` that say its address, child rows as lists."""
    return {name: _value(value) for name, value in row.items() if name != "attributes"}


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return [plain(row) for row in value["records"]] if "records" in value else plain(value)
