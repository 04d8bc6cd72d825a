"""The org's schema in few words, made from what describe calls answer and from nothing else.

    Case (Case) "500"
      AccountId -> Account [Account], CaseNumber string, Status picklist, ...
      children: CaseHistories (CaseHistory__c.CaseId__c)

A reference shows its targets and the name that leads to the parent's fields in a query.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_SYSTEM = frozenset({"Id", "IsDeleted", "LastModifiedDate", "SystemModstamp"})
"""Fields that every object has: said once in the prompt, not per object."""
MOST_VALUES = 12
"""Picklist values that are listed; of longer lists the first ones."""


def schema_text(salesforce: "Salesforce") -> str:
    """Return the outline of every object that can be queried, in the org's order."""
    described = salesforce.describe() or {"sobjects": []}
    names = [each["name"] for each in described["sobjects"] if each["queryable"]]
    return "\n".join(outline(described_object(salesforce, name), values=True) for name in names)


def described_object(salesforce: "Salesforce", name: str) -> Mapping[str, Any]:
    """Return an object's describe; raises simple_salesforce's errors for a name that the org does not know."""
    return dict(salesforce.restful(f"sobjects/{quote(str(name), safe='')}/describe") or {})


def outline(described: Mapping[str, Any], *, values: bool) -> str:
    """Return one object's outline; with `values` the picklists' values too."""
    fields = ", ".join(_field(field, values=values) for field in described["fields"] if field["name"] not in _SYSTEM)
    label = "" if described["label"] == described["name"] else f" ({described['label']})"
    children = _children(described.get("childRelationships") or ())
    lines = [f"{described['name']}{label}", f"  {fields}", *([f"  children: {children}"] if children else [])]
    return "\n".join(lines)


def _field(field: Mapping[str, Any], *, values: bool) -> str:
    if field["type"] == "reference":
        parent = f" [{field['relationshipName']}]" if field.get("relationshipName") else ""
        return f"{field['name']} -> {'|'.join(field['referenceTo'])}{parent}"
    listed = [str(each["value"]) for each in field.get("picklistValues") or () if each.get("active", True)]
    if not (values and listed):
        return f"{field['name']} {field['type']}"
    more = "|..." if len(listed) > MOST_VALUES else ""
    return f"{field['name']} {field['type']}({'|'.join(listed[:MOST_VALUES])}{more})"


def _children(relationships: Iterable[Mapping[str, Any]]) -> str:
    named = [each for each in relationships if each.get("relationshipName")]
    return ", ".join(f"{each['relationshipName']} ({each['childSObject']}.{each['field']})" for each in named)
