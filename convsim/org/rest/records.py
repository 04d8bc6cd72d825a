"""One record by id or by an external id, and relationships of it, as `sobjects/X/...` reads them."""

from typing import Any
from urllib.parse import unquote_plus

from convsim.org.errors import SalesforceError
from convsim.org.fold import fold
from convsim.org.ids import normal_id
from convsim.org.layout import folded_column, quoted
from convsim.org.rest.message import Answer
from convsim.org.rest.service import Call, check_method, not_found
from convsim.org.schema.model import Field, SObject

_SYSTEM_LIST = 2_000


def read(call: Call, sobject: SObject, record_id: str) -> Answer:
    """Answer `GET sobjects/X/<id>[?fields=a,b]`; raises NOT_FOUND."""
    check_method(call, "GET")
    wanted = normal_id(record_id)
    if wanted is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    return Answer(fetch(call, sobject, wanted, names=requested_fields(call)))


def requested_fields(call: Call) -> tuple[str, ...]:
    """Return the names after `?fields=`, empty when all are wanted."""
    given = call.request.parameters.get("fields", "")
    return tuple(name.strip() for name in given.split(",") if name.strip())


def fetch(call: Call, sobject: SObject, record_id: str, *, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the record with its attributes and the named fields, or all; raises NOT_FOUND, INVALID_FIELD."""
    fields = [_field(sobject, name) for name in names] if names else list(sobject.fields)
    ordered = {field.name: field for field in fields}
    selected = ", ".join(ordered)
    text = f"SELECT {selected} FROM {sobject.name} WHERE Id = '{record_id}'"  # noqa: S608 - names of the schema, an id
    result = call.query(text, include_deleted=True)
    if not result.records:
        raise not_found()
    record = result.records[0]
    if record.get("IsDeleted"):
        raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", http_status=404)
    return record if "Id" in record else {**record, "Id": record_id}


def _field(sobject: SObject, name: str) -> Field:
    found = sobject.field(name)
    if found is None:
        message = (
            f"\n{name}\n^\nERROR at Row:1:Column:1\nNo such column '{name}' on entity '{sobject.name}'. If you are "
            "attempting to use a custom field, be sure to append the '__c' after the custom field name. "
            "Please reference your WSDL or the describe call for the appropriate names."
        )
        raise SalesforceError("INVALID_FIELD", message)
    return found


def read_by_external_id(call: Call, sobject: SObject, name: str, value: str) -> Answer:
    """Answer `GET sobjects/X/<external id field>/<value>`; 300 with the addresses where several records match."""
    check_method(call, "GET")
    field = sobject.field(name)
    if field is None or not (field.external_id or field.type == "id"):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    found = _ids(call, sobject, field, unquote_plus(value))
    if not found:
        raise not_found()
    if len(found) > 1:
        return Answer([f"{call.root}/sobjects/{sobject.name}/{each}" for each in found], 300)
    return Answer(fetch(call, sobject, found[0], names=requested_fields(call)))


def _ids(call: Call, sobject: SObject, field: Field, value: str) -> list[str]:
    if field.type == "id":
        return [found] if (found := normal_id(value)) else []
    column = folded_column(field) if field.folded else quoted(field.name)
    wanted = fold(value) if field.folded else value
    sql = f'SELECT "Id" FROM {quoted(sobject.name)} WHERE {column} = ? AND "IsDeleted" = 0 LIMIT {_SYSTEM_LIST}'  # noqa: S608
    return [row[0] for row in call.service.store.select(sql, (wanted,))]


def read_relationship(call: Call, sobject: SObject, record_id: str, name: str) -> Answer:
    """Answer `GET sobjects/X/<id>/<relationship>`: the parent record, or a list of the children."""
    check_method(call, "GET")
    wanted = normal_id(record_id)
    if wanted is None:
        raise not_found()
    parent, child = sobject.parent(name), sobject.child(name)
    if parent is not None:
        target_id = fetch(call, sobject, wanted, names=(parent.name,))[parent.name]
        target = call.service.schema.by_prefix(target_id) if target_id else None
        if target is None:
            raise not_found()
        return Answer(fetch(call, target, target_id, names=requested_fields(call)))
    if child is None:
        raise not_found()
    fetch(call, sobject, wanted, names=("Id",))
    return Answer(_children(call, child.child, child.field, wanted))


def _children(call: Call, name: str, reference: str, parent_id: str) -> dict[str, Any]:
    sobject = call.sobject(name)
    names = requested_fields(call)
    fields = [_field(sobject, each).name for each in names] or [each.name for each in sobject.fields]
    selected = ", ".join(dict.fromkeys(fields))
    text = f"SELECT {selected} FROM {name} WHERE {reference} = '{parent_id}' LIMIT {_SYSTEM_LIST}"  # noqa: S608 - as above
    return call.query(text).payload()
