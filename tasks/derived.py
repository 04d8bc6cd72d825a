"""Facts of an org that nobody generated, read from its tables: enough for the DATABASE families.

The facts only propose candidates: what counts as right is the SQL oracle alone, and a candidate on which both do not
agree becomes no task. Agents' pace, articles, rules and whatever else the tables do not tell stays empty.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from convsim.errors import UnavailableError
from convsim.org.bundle import Bundle
from convsim.org.generate.latent import (
    AgentFact,
    CaseFact,
    ContractFact,
    DealFact,
    Latent,
    LeadFact,
    LineFact,
    OrderFact,
    Ownership,
    ProductFact,
)
from convsim.org.schema.model import Schema
from convsim.org.store import Store

_SERVICE = {
    "Case": ("Status", "OwnerId", "CreatedDate", "ClosedDate", "AccountId", "IssueId__c", "OrderItemId__c"),
    "CaseHistory__c": ("CaseId__c", "Field__c", "OldValue__c", "NewValue__c", "CreatedDate"),
    "Account": ("ShippingState",),
    "OrderItem": ("Product2Id",),
    "Product2": ("Name", "Family"),
}
_SALES = {
    "Contract": ("CompanySignedDate",),
    "Opportunity": ("OwnerId", "CreatedDate", "ContractID__c"),
    "Order": ("OpportunityId",),
    "OrderItem": ("OrderId", "Product2Id", "Quantity", "UnitPrice"),
}
_LEADS: dict[str, tuple[str, ...]] = {"Lead": ("OwnerId", "CreatedDate", "ConvertedDate")}
NEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "handle_time": _SERVICE,
    "transfer_count": _SERVICE,
    "top_issue_identification": _SERVICE,
    "monthly_trend_analysis": _SERVICE,
    "best_region_identification": _SERVICE,
    "sales_amount_understanding": _SALES,
    "sales_cycle_understanding": _SALES,
    "conversion_rate_comprehension": _LEADS,
}
"""Objects and fields by family; a family that is not named needs facts that no table tells."""
_WIRE = "%Y-%m-%dT%H:%M:%S"


def check_available(family: str, *, org: str, schema: Schema) -> None:
    """Raise UnavailableError when this family cannot be had from these tables, with the reason."""
    needed = NEEDS.get(family)
    if needed is None:
        raise UnavailableError(
            f"family '{family}' needs facts behind the records (what texts say, who may see what), and org '{org}' has "
            f"none beside them: it has the families {', '.join(NEEDS)}; write scenario files for the rest"
        )
    for name, fields in needed.items():
        sobject = schema.object(name)
        missing = [name] if sobject is None else [f"{name}.{each}" for each in fields if sobject.field(each) is None]
        if missing:
            raise UnavailableError(
                f"family '{family}' counts on {', '.join(missing)}, and org '{org}' has no such "
                f"{'object' if sobject is None else 'field'}: pull it too (`convsim org pull --objects`), or leave the "
                "family out"
            )


def derive(bundle: Bundle) -> Latent:
    """Return what the tables of a bundle tell; objects or fields that it lacks count as empty."""
    tables = _Tables(bundle.store, bundle.schema)
    products = tuple(
        ProductFact(row["Id"], row["Name"], row["Family"] or "", 0.0, "", ())
        for row in tables.rows("Product2", "Name", "Family")
        if row["Name"]
    )
    cases, deals, leads = tuple(_cases(tables)), tuple(_deals(tables)), tuple(_leads(tables))
    begun = [
        *(each.created.date() for each in cases),
        *(each.created.date() for each in deals),
        *(each.created.date() for each in leads),
    ]
    account = bundle.schema.object("Account")
    return Latent(
        org_type="b2c" if account is not None and account.field("PersonEmail") is not None else "b2b",
        seed=0, scale=1.0, version="", company=bundle.sheet.name, today=bundle.clock.today,
        history_start=min(begun, default=bundle.clock.today),
        agents=tuple(_agents(tables)), products=products, leads=leads, deals=deals, cases=cases,
        issues=(), accounts=(), contacts=(), territories=(), articles=(), rules=(), solutions=(), offers=(), bants=(),
        works=(), insights=(),
    )  # fmt: skip


class _Tables:
    """The tables by object, with None for what the schema lacks."""

    def __init__(self, store: Store, schema: Schema) -> None:
        self._store, self._schema = store, schema

    def rows(self, name: str, *fields: str) -> list[dict[str, Any]]:
        """Return the records in the order of their ids; names come from the schema alone."""
        sobject = self._schema.object(name)
        if sobject is None:
            return []
        columns = [f'"{each}"' if sobject.field(each) is not None else f'NULL AS "{each}"' for each in ("Id", *fields)]
        found = self._store.select(f'SELECT {", ".join(columns)} FROM "{sobject.name}" ORDER BY "Id"')  # noqa: S608
        return [dict(zip(("Id", *fields), row, strict=True)) for row in found]


def _agents(tables: _Tables) -> Iterator[AgentFact]:
    """Yield the users; whoever is active may be the one who asks."""
    for row in tables.rows("User", "Name", "Email", "IsActive"):
        active = row["IsActive"] is None or bool(row["IsActive"])
        yield AgentFact(row["Id"], row["Name"] or row["Id"], row["Email"] or "", "manager", active, 1.0, 1.0)


def _cases(tables: _Tables) -> Iterator[CaseFact]:
    owners: defaultdict[str, list[Ownership]] = defaultdict(list)
    for row in tables.rows("CaseHistory__c", "CaseId__c", "Field__c", "NewValue__c", "CreatedDate"):
        if row["Field__c"] == "Owner Assignment" and row["NewValue__c"] and row["CreatedDate"]:
            owners[row["CaseId__c"]].append(Ownership(row["NewValue__c"], _instant(row["CreatedDate"])))
    states = {row["Id"]: row["ShippingState"] for row in tables.rows("Account", "ShippingState")}
    sold = {row["Id"]: row["Product2Id"] for row in tables.rows("OrderItem", "Product2Id")}
    fields = ("Status", "OwnerId", "CreatedDate", "ClosedDate", "AccountId", "IssueId__c", "OrderItemId__c")
    for row in tables.rows("Case", *fields):
        history = tuple(sorted(owners[row["Id"]], key=lambda each: each.since))
        if not row["CreatedDate"] or not history:
            continue
        closed = _instant(row["ClosedDate"]) if row["Status"] == "Closed" and row["ClosedDate"] else None
        yield CaseFact(
            row["Id"], "", "", row["IssueId__c"] or "", sold.get(row["OrderItemId__c"]) or "",
            row["OrderItemId__c"] or "", "", row["AccountId"] or "", "", states.get(row["AccountId"]) or "",
            _instant(row["CreatedDate"]), closed, "Closed" if closed else "Working", history,
        )  # fmt: skip


def _deals(tables: _Tables) -> Iterator[DealFact]:
    signed = {
        row["Id"]: date.fromisoformat(row["CompanySignedDate"])
        for row in tables.rows("Contract", "CompanySignedDate")
        if row["CompanySignedDate"]
    }
    lines: defaultdict[str, list[LineFact]] = defaultdict(list)
    for row in tables.rows("OrderItem", "OrderId", "Product2Id", "Quantity", "UnitPrice"):
        lines[row["OrderId"]].append(
            LineFact(row["Id"], row["Product2Id"] or "", row["Quantity"] or 0, row["UnitPrice"] or 0.0)
        )
    ordered: defaultdict[str, list[LineFact]] = defaultdict(list)
    for row in tables.rows("Order", "OpportunityId"):
        ordered[row["OpportunityId"]] += lines[row["Id"]]
    for row in tables.rows("Opportunity", "Name", "OwnerId", "CreatedDate", "ContractID__c"):
        day = signed.get(row["ContractID__c"])
        if row["CreatedDate"] and day is not None:
            yield _deal(row, day, ordered[row["Id"]])


def _deal(row: dict[str, Any], signed: date, lines: Sequence[LineFact]) -> DealFact:
    contract = ContractFact(row["ContractID__c"], signed, signed, signed, 0)
    order = OrderFact("", "", "", "", "Activated", signed, tuple(lines)) if lines else None
    created = _instant(row["CreatedDate"])
    return DealFact(
        row["Id"], row["Name"] or "", row["OwnerId"] or "", "", "", 0.0, "Closed", won=True,
        created=created, close=signed, quotes=(), contract=contract, order=order,
    )  # fmt: skip


def _leads(tables: _Tables) -> Iterator[LeadFact]:
    for row in tables.rows("Lead", "OwnerId", "CreatedDate", "ConvertedDate"):
        if row["CreatedDate"]:
            converted = date.fromisoformat(row["ConvertedDate"]) if row["ConvertedDate"] else None
            yield LeadFact(
                row["Id"],
                "",
                "",
                None,
                "",
                "",
                row["OwnerId"] or "",
                _instant(row["CreatedDate"]),
                converted,
                None,
                None,
            )


def _instant(text: str) -> datetime:
    """Return a stored moment (`2024-03-01T08:30:00.000+0000`) as aware UTC, whole seconds."""
    return datetime.strptime(text[:19], _WIRE).replace(tzinfo=UTC)
