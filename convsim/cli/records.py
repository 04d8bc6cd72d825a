"""Query answers on the terminal: run, flatten, align."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Table = list[dict[str, Any]]
WIDEST = 60
"""Characters of a cell on the terminal; --json and --csv never cut."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows as the org gave them."""

    raw: Any
    records: Sequence[Mapping[str, Any]]
    total: int


def run_query(client: "Salesforce", text: str) -> Answer:
    """Run SOQL or SOSL (what begins with FIND); raises ConfigError with the org's code, message and caret."""
    from simple_salesforce.exceptions import SalesforceError

    try:
        if text.lstrip()[:4].upper() == "FIND":
            raw = client.search(text)
            return Answer(raw, raw["searchRecords"], len(raw["searchRecords"]))
        first = client.query(text)
        records = list(first["records"])
        page = first
        while not page["done"]:
            page = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
            records += page["records"]
        return Answer({**first, "records": records, "done": True}, records, first["totalSize"])
    except SalesforceError as error:
        raise ConfigError(told(error)) from error


def told(error: Any) -> str:
    """Return the org's own words: error code, message with its caret."""
    try:
        first = error.content[0]
        return f"{first['errorCode']}: {first['message']}"
    except (TypeError, KeyError, IndexError):
        return str(error)


def described(client: "Salesforce", name: str | None) -> Any:
    """Return the describe of an object, or of the whole org; raises ConfigError for an unknown object."""
    from simple_salesforce.exceptions import SalesforceError

    from convsim.errors import unknown

    everything = client.describe()
    if name is None:
        return everything
    names = [one["name"] for one in everything["sobjects"]] if everything else []
    if name.casefold() not in map(str.casefold, names):
        raise unknown("object", name, names, remedy="`convsim org describe` lists all")
    try:
        return getattr(client, name).describe()
    except SalesforceError as error:
        raise ConfigError(told(error)) from error


def object_rows(payload: Any) -> Table:
    """Return the list of objects as rows."""
    return [{"name": one["name"], "label": one["label"], "prefix": one["keyPrefix"]} for one in payload["sobjects"]]


def field_rows(payload: Any) -> Table:
    """Return the fields of a describe as rows; a reference shows its parent's name in a path."""
    return [
        {
            "field": each["name"],
            "type": each["type"] + (f"({each['length']})" if each["type"] in ("string", "textarea") else ""),
            "parent": f"{each['relationshipName']} -> {'/'.join(each['referenceTo'])}" if each["referenceTo"] else "",
            "label": each["label"],
            "values": ", ".join(value["value"] for value in each["picklistValues"]),
        }
        for each in payload["fields"]
    ]


def children_rows(payload: Any) -> Table:
    """Return the child relationships of a describe as rows."""
    return [
        {"children": each["relationshipName"], "object": each["childSObject"], "field": each["field"]}
        for each in payload["childRelationships"]
        if each["relationshipName"]
    ]


def as_table(records: Sequence[Mapping[str, Any]]) -> Table:
    """Return records as flat rows: parents as `Account.Name`, child rows as their number."""
    return [_flat(record) for record in records]


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in record.items():
        if key == "attributes":
            continue
        if isinstance(value, Mapping) and "records" in value:
            row[prefix + key] = f"{value['totalSize']} rows"
        elif isinstance(value, Mapping):
            row |= _flat(value, f"{prefix}{key}.")
        else:
            row[prefix + key] = value
    return row


def _columns(table: Table) -> list[str]:
    return list(dict.fromkeys(key for row in table for key in row))


def as_text(table: Table) -> str:
    """Return an aligned table with its heading; cells are cut at `WIDEST`."""
    columns = _columns(table)
    lines = [columns, *([_cell(row.get(column)) for column in columns] for row in table)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."


def write_csv(table: Table) -> None:
    """Write the rows to stdout with a heading."""
    writer = csv.DictWriter(sys.stdout, fieldnames=_columns(table))
    writer.writeheader()
    writer.writerows(table)
