"""What can be asked about a contact: each attribute's values by the facts, by SQL and through the API."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from convsim.org.generate.latent import CaseFact, IdentityFact, OrderFact
from tasks.ground import Ground, products
from tasks.soql import rows
from tasks.wording import content

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Scope = Literal["person", "account"]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that the org knows about a contact, as `attributes.yaml` has it."""

    noun: str
    kind: str
    scope: Scope
    severity: int
    object: str
    field: str
    forms: list[str]
    sql: str
    soql: str
    piecemeal: list[str]


@cache
def attributes() -> dict[str, Attribute]:
    """Return all attributes by the canonical value of the unit `attribute`."""
    return {name: Attribute(**each) for name, each in content(Path(__file__).parent / "attributes.yaml").items()}


def money(amount: float) -> str:
    """Return "$1,234.50"."""
    return f"${amount:,.2f}"


def by_facts(ground: Ground, attribute: str, contact: IdentityFact) -> tuple[str, ...]:
    """Return the values by the latent facts; empty when there is no latest order or case."""
    if attribute in _PERSONAL:
        return (_PERSONAL[attribute](contact),)
    if attribute in _OF_CASE:
        case = _cases(ground).get(contact.id)
        return () if case is None else (_OF_CASE[attribute](case),)
    order = _orders(ground).get(contact.id)
    return () if order is None else _OF_ORDER[attribute](ground, order)


def holder(ground: Ground, attribute: str, contact: IdentityFact) -> str:
    """Return the id of the record that holds the values: contact, latest case or latest order."""
    if attribute in _PERSONAL:
        return contact.id
    return _cases(ground)[contact.id].id if attribute in _OF_CASE else _orders(ground)[contact.id].id


def by_tables(ground: Ground, attribute: str, contact: str) -> tuple[str, ...]:
    """Return the values by SQL."""
    found = ground.store.connection().execute(attributes()[attribute].sql, {"contact": contact})
    return tuple(str(row[0]) for row in found)


def through_api(salesforce: "Salesforce", attribute: str, name: str) -> tuple[str, ...]:
    """Return the values by SOQL for the contact of that name, or nothing when there is none or several."""
    contacts = rows(salesforce, "SELECT Id FROM Contact WHERE Name = {name}", name=name)
    if len(contacts) != 1 or attribute not in attributes():
        return ()
    asked = attributes()[attribute]
    found = rows(salesforce, asked.soql, contact=contacts[0]["Id"])
    if attribute == "latest_items":
        return tuple(sorted({str(line["Product2"]["Name"]) for line in _lines(found)}))
    if attribute == "order_total":
        return tuple(money(sum(line["Quantity"] * line["UnitPrice"] for line in _lines(found))) for _ in found)
    return tuple(str(row[asked.field]) for row in found)


_PERSONAL: dict[str, Callable[[IdentityFact], str]] = {
    "phone": lambda contact: contact.phone,
    "email": lambda contact: contact.email,
    "state": lambda contact: contact.state,
}
_OF_CASE: dict[str, Callable[[CaseFact], str]] = {
    "case_number": lambda case: case.number,
    "case_subject": lambda case: case.subject,
}
_OF_ORDER: dict[str, Callable[[Ground, OrderFact], tuple[str, ...]]] = {
    "order_number": lambda _, order: (order.number,),
    "order_total": lambda _, order: (money(sum(each.quantity * each.unit_price for each in order.lines)),),
    "latest_items": lambda ground, order: tuple(
        sorted({products(ground)[each.product].name for each in order.lines}),
    ),
}


def _lines(found: Rows) -> Rows:
    children = found[0]["OrderItems"] if found else None
    return list(children["records"]) if children else []


@cache
def _orders(ground: Ground) -> dict[str, OrderFact]:
    """Return each contact's latest activated order, where one is the latest."""
    found: dict[str, list[OrderFact]] = {}
    for order in ground.latent.orders:
        if order.status == "Activated":
            found.setdefault(order.contact, []).append(order)
    return _latest(found, lambda order: order.effective)


@cache
def _cases(ground: Ground) -> dict[str, CaseFact]:
    found: dict[str, list[CaseFact]] = {}
    for case in ground.latent.cases:
        found.setdefault(case.contact, []).append(case)
    return _latest(found, lambda case: case.created)


def _latest(found: dict[str, list[Any]], when: Callable[[Any], Any]) -> dict[str, Any]:
    last = {contact: sorted(each, key=when)[-2:] for contact, each in found.items()}
    return {contact: each[-1] for contact, each in last.items() if len(each) == 1 or when(each[0]) < when(each[1])}
