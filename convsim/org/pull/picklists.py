"""Picklist values that records hold although the org does not list them any more: added after those of the setup.

Values outside the setup sort last, and at the end of the list they still do.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml

from convsim.org.pull.columns import Columns, field_lines
from convsim.org.pull.state import write

_PICKED = ("picklist", "multipicklist")


def add_found_values(out: Path, pulled: Iterable[Columns], texts: Mapping[str, str]) -> None:
    """Write the object files anew where records hold further values; `texts` are the files' texts by object."""
    for columns in pulled:
        listed = {each["name"]: _listed(each) for each in columns.fields if each["type"] in _PICKED}
        found = _found(out / "records" / f"{columns.name}.jsonl", listed)
        if found:
            write(out / "schema" / f"{columns.name}.yaml", _with_values(texts[columns.name], found))


def without_values(text: str) -> Any:
    """Return what an object file says, apart from picklist values."""
    sheet = yaml.safe_load(text)
    return {**sheet, "fields": [{**each, "values": None} for each in sheet["fields"]]}


def _with_values(text: str, found: Mapping[str, list[str]]) -> str:
    head, mark, _ = text.partition("fields:\n")
    fields = yaml.safe_load(text)["fields"]
    for each in fields:
        each.update({"values": [*each["values"], *found[each["name"]]]} if each["name"] in found else {})
    return head + mark + field_lines(fields)


def _listed(field: Any) -> set[str]:
    return {value["value"].casefold() for value in field["picklistValues"]}


def _found(file: Path, listed: dict[str, set[str]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, str]] = {}
    with file.open("rb") as lines:
        for line in lines if listed else ():
            record = orjson.loads(line)
            for name, known in listed.items():
                for value in str(record.get(name) or "").split(";") if known else ():
                    if value and value.casefold() not in known:
                        found.setdefault(name, {}).setdefault(value.casefold(), value)
    return {name: sorted(values.values()) for name, values in found.items()}
