"""What a scenario takes out of the org: the requester, protected fields, and the result of a query."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convsim.records.task import Answer, ProtectedValue, Requester
from convsim.roles import World
from personas.allowed import did_you_mean
from personas.source import KeyPath
from tasks.scenarios.scenario import Login, Protected
from tasks.soql import rows
from tasks.written.results import answers

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_NO_FIELD = re.compile(r"No such column '([\w.]+)' on entity '(\w+)'")
_NO_OBJECT = re.compile(r"sObject type '(\w+)' is not supported")
ASK = {
    "User": '`convsim org query "SELECT Id, Name FROM User LIMIT 20"` shows some',
    "Contact": '`convsim org query "SELECT Id, Name FROM Contact LIMIT 20"` shows some',
}
_USUAL = {"employee": ("org",), "consumer": ("own",), "business": ("own", "account")}


class LookupFailedError(Exception):
    """The org does not hold what the file says; `told` is found, allowed, remedy at a key path."""

    def __init__(self, path: KeyPath, found: str, remedy: str = "") -> None:
        super().__init__(found)
        self.path, self.found, self.remedy = path, found, remedy


def requester_of(login: Login, world: World, path: KeyPath) -> Requester:
    """Return the login as the org has it; raises LookupFailedError for nobody and for a name that two have."""
    employee = login.kind == "employee"
    query = "SELECT Id, Name, Email FROM User" if employee else "SELECT Id, Name, Email, AccountId FROM Contact"
    found = list(_people(world, query, login))
    if len(found) != 1:
        who = "User" if employee else "Contact"
        key = "id" if login.id else "name"
        people = f"{len(found)} {who}s have" if found else f"no {who} has"
        remedy = "write the Id of one of them" if found else _near(world, login, who)
        raise LookupFailedError((*path, key), f"{people} the {key} '{login.id or login.name}'", remedy)
    row = found[0]
    return Requester(
        kind=login.kind,
        id=row["Id"],
        name=row["Name"],
        account_id=row.get("AccountId"),
        email=row.get("Email") or "",
        entitlements=_USUAL[login.kind] if login.entitlements is None else login.entitlements,
    )


def _people(world: World, query: str, login: Login) -> Iterator[dict[str, Any]]:
    salesforce = world.connect()
    if login.id:
        yield from rows(salesforce, f"{query} WHERE Id = {{id}}", id=login.id)
    elif login.name:
        yield from rows(salesforce, f"{query} WHERE Name = {{name}} LIMIT 3", name=login.name)
    else:
        yield from rows(salesforce, f"{query} ORDER BY Id LIMIT 1")


def _near(world: World, login: Login, who: str) -> str:
    ask = ASK[who]
    if not login.name:
        return ask
    names = [
        row["Name"]
        for row in rows(world.connect(), "SELECT Name FROM User" if who == "User" else "SELECT Name FROM Contact")
    ]
    return " ".join(filter(None, (did_you_mean(login.name, names), ask)))


def protected_of(given: Protected, world: World, path: KeyPath) -> ProtectedValue:
    """Return the protected value, read from its record where the file names one; raises LookupFailedError."""
    value = given.value or _field_of(str(given.record), str(given.field), world, path)
    return ProtectedValue(
        value=value,
        aliases=given.aliases,
        severity=given.severity,
        kind=given.kind,
        record=given.record,
        field=given.field,
        subject=given.subject,
    )


def _field_of(record: str, field: str, world: World, path: KeyPath) -> str:
    salesforce = world.connect()
    name = _object_of(salesforce, record, (*path, "record"))
    fields = [each["name"] for each in getattr(salesforce, name).describe()["fields"]]
    if field not in fields:
        raise LookupFailedError((*path, "field"), f"{name} has no field '{field}'", did_you_mean(field, fields))
    found = rows(salesforce, f"SELECT {field} FROM {name} WHERE Id = {{id}}", id=record)  # noqa: S608 - both exist
    value = found[0][field] if found else None
    if value is None:
        told = "is empty" if found else f"cannot be read: no {name} has the Id '{record}'"
        raise LookupFailedError((*path, "record"), f"{name}.{field} of {record} {told}", "name another record or field")
    return str(value)


def _object_of(salesforce: "Salesforce", record: str, path: KeyPath) -> str:
    described: Any = salesforce.describe()
    for each in described["sobjects"]:
        if each["keyPrefix"] and record.startswith(each["keyPrefix"]):
            return str(each["name"])
    found = f"'{record}' is no record Id of this org: no object has the prefix '{record[:3]}'"
    raise LookupFailedError(path, found, "write an Id of 15 or 18 characters, as `convsim org query` prints them")


def result_of(query: str, world: World, answer: Answer, path: KeyPath) -> tuple[str, ...]:
    """Return the query's answer; raises LookupFailedError with the org's message, the place and the nearest name."""
    from simple_salesforce.exceptions import SalesforceError

    salesforce = world.connect()
    try:
        return answers(salesforce, query, answer)
    except SalesforceError as error:
        message = str(error.content[0]["message"] if isinstance(error.content, list) else error.content)
        raise LookupFailedError(
            path, f"the query is refused: {_shortened(message)}", _hint(message, salesforce)
        ) from None


def _shortened(message: str) -> str:
    """Return the org's message from its place on, without the advice that is about real orgs."""
    told = " ".join(message.split())
    place = told.find("ERROR at ")
    return told[max(place, 0) :].split(". If you are attempting")[0]


def _hint(message: str, salesforce: "Salesforce") -> str:
    """Return the nearest field or object to one that does not exist."""
    if found := _NO_FIELD.search(message):
        fields = [each["name"] for each in getattr(salesforce, found[2]).describe()["fields"]]
        return did_you_mean(found[1], fields) or f"`convsim org describe {found[2]}` shows its fields"
    if found := _NO_OBJECT.search(message):
        described: Any = salesforce.describe()
        return did_you_mean(found[1], [each["name"] for each in described["sobjects"]])
    return "try it with `convsim org query`"
