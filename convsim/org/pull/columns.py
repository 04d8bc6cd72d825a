"""A describe call's answer as an object file of a bundle.

Field types that a bundle does not know become the nearest one that it does (`_NEAREST`); compound and binary fields
(address, location, base64) are left out, their parts are fields of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from convsim.org.schema.load import default_length
from convsim.org.schema.model import (
    FIELD_TYPES,
    NUMBER_TYPES,
    TEXT_TYPES,
    filterable_by_default,
    groupable_by_default,
    sortable_by_default,
)

Described = Mapping[str, Any]
_NEAREST = {"long": "int", "encryptedstring": "string", "anyType": "string", "datacategorygroupreference": "string"}
_LEFT_OUT = ("address", "location", "base64", "complexvalue", "json")


@dataclass(frozen=True, slots=True)
class Columns:
    """What of an object is pulled."""

    name: str
    fields: tuple[Described, ...]
    """Descriptions of the fields, in the org's order, types that the bundle does not know replaced."""
    left_out: tuple[str, ...] = field(default=())
    """Names of fields that no bundle can hold."""


def columns_of(described: Described) -> Columns:
    """Return the fields of a describe call that a bundle can hold."""
    kept, lost = [], []
    for each in described["fields"]:
        type_ = _NEAREST.get(each["type"], each["type"])
        if type_ == "reference" and not each["referenceTo"]:
            type_ = "string"
        if type_ in FIELD_TYPES:
            kept.append({**each, "type": type_})
        else:
            lost.append(each["name"])
    return Columns(described["name"], tuple(kept), tuple(lost))


def object_file(
    described: Described, columns: Columns, *, pulled: Iterable[str], children: Mapping[str, str], prefix: str
) -> str:
    """Return the text of the object's YAML file.

    `pulled` are all objects of the bundle; `children` names the child relationship of each reference.
    """
    own = [_field(each, children) for each in columns.fields]
    known = set(pulled)
    absent = sorted({to for each in own for to in each.get("to", ())} - known)
    sheet: dict[str, Any] = {"name": described["name"], "label": described["label"], "plural": described["labelPlural"]}
    sheet |= {"prefix": prefix, "custom": described["custom"], "searchable": described["searchable"]}
    if absent:
        sheet["absent"] = absent
    head = yaml.safe_dump(sheet, sort_keys=False, allow_unicode=True, width=120)
    return head + "fields:\n" + field_lines(own)


def field_lines(fields: Iterable[Mapping[str, Any]]) -> str:
    """Return the fields of an object file, one a line."""
    return "".join(f"  - {_flow(each)}\n" for each in fields)


def child_names(described: Iterable[Described]) -> dict[str, dict[str, str]]:
    """Return by child object and reference the name of the child relationship on the pulled parents.

    A polymorphic reference has one name in a bundle: that of the first parent which has one.
    """
    found: dict[str, dict[str, str]] = {}
    for parent in described:
        for each in parent["childRelationships"]:
            if each["relationshipName"]:
                found.setdefault(each["childSObject"], {}).setdefault(each["field"], each["relationshipName"])
    return found


def _field(each: Described, children: Mapping[str, str]) -> dict[str, Any]:
    name, type_ = each["name"], each["type"]
    entry: dict[str, Any] = {"name": name, "type": type_}
    if each["label"] != name:
        entry["label"] = each["label"]
    entry |= _sizes(each)
    if type_ == "reference":
        entry |= {"to": list(each["referenceTo"]), "relationship": each["relationshipName"]}
        if name in children:
            entry["children"] = children[name]
    if each["picklistValues"] and type_ in {"picklist", "multipicklist", "combobox"}:
        entry["values"] = [value["value"] for value in each["picklistValues"]]
    return entry | _flags(each)


def _sizes(each: Described) -> dict[str, int]:
    if each["type"] in NUMBER_TYPES:
        return {"precision": each["precision"], "scale": each["scale"]}
    length = each["length"]
    return {"length": length} if each["type"] in TEXT_TYPES and length != default_length(each["type"]) else {}


def _flags(each: Described) -> dict[str, bool]:
    """Return the flags that differ from what the loader takes for granted."""
    type_, length = each["type"], each["length"]
    found = {
        "filterable": (each["filterable"], filterable_by_default(type_, length)),
        "sortable": (each["sortable"], sortable_by_default(type_, length)),
        "groupable": (each["groupable"], groupable_by_default(type_, auto_number=each["autoNumber"])),
        "unique": (each["unique"], False),
        "case_sensitive": (each["caseSensitive"], False),
        "nillable": (each["nillable"], type_ != "boolean"),
        "name_field": (each["nameField"], False),
        "external_id": (each["externalId"], False),
        "auto_number": (each["autoNumber"], False),
    }
    return {name: told for name, (told, default) in found.items() if told != default}


def _flow(entry: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, default_flow_style=True, width=10_000_000)
    return str(text).strip()
