"""named_entity_disambiguation: a customer tells what a purchase was like and how long ago, and forgot its name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import chance, choice, shuffled
from convsim.org.generate.latent import OrderFact, ProductFact
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.families.named_entity_disambiguation.ago import drawn
from tasks.families.named_entity_disambiguation.solution import find
from tasks.families.named_entity_disambiguation.tables import by_tables, read
from tasks.ground import Ground, contacts, customer, products
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_TEMPTING = 0.5
"""Share of the instances with gold "none" whose product was bought, but on another day."""
_NEAR = (1, -1, 7, -7, 30, -30)
"""Days by which somebody may be mistaken about a purchase."""


class NamedEntityDisambiguation(Plan):
    """Product that the customer means, or none."""

    name = "named_entity_disambiguation"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("01t",), none=True)
    can_be_none = True
    prefers_required = True

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: an order of a customer and a product in it, or one that is not in it."""
        order = choice(_orders(ground), *key, "order")
        ago = drawn((ground.today - order.effective).days, *key, "ago")
        if ago is None:
            return None
        today = order.effective + timedelta(days=ago.days)
        pool = (
            self._missing(ground, order, key, today=today) if none else sorted({each.product for each in order.lines})
        )
        if not pool:
            return None
        forms = _readable(ground).get(choice(pool, *key, "product"), ())
        if not forms:
            return None
        return Draft(
            key,
            today,
            customer(ground, contacts(ground)[order.contact]),
            values={"description": forms[0], "purchase_date": order.effective.isoformat()},
            forms={"description": forms, "purchase_date": ago.forms},
        )

    def _missing(self, ground: Ground, order: OrderFact, key: tuple[object, ...], *, today: date) -> list[str]:
        """Return products that are not in the order: those that the account had bought on another day, or never."""
        bought = _bought(ground)[order.account]
        that_day = bought[order.effective]
        before = set().union(*(found for day, found in bought.items() if day < today)) - that_day
        if before and chance(_TEMPTING, *key, "tempting"):
            return sorted(before)
        return sorted(set(products(ground)).difference(*bought.values()))

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the product by the planned orders."""
        product = _described(ground)[str(draft.values["description"])]
        day = date.fromisoformat(str(draft.values["purchase_date"]))
        bought = _bought(ground)[str(draft.requester.account_id)]
        if product.id in bought.get(day, set()):
            return Ruling((product.id,), f"'{product.name}' was bought on {day}")
        if day not in bought:
            return Ruling((), f"the account bought nothing on {day}", premise=False)
        others = sorted(str(each) for each, found in bought.items() if product.id in found)
        when = f"only on {', '.join(others)}" if others else "never"
        return Ruling((), f"the account bought '{product.name}' {when}, not on {day}", premise=False)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the product by the tables."""
        described, day = str(draft.values["description"]), str(draft.values["purchase_date"])
        return by_tables(ground, described, account=str(draft.requester.account_id), day=day)

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield descriptions of what was bought that day and of others; other days with orders, days nearby."""
        bought = _bought(ground)[str(draft.requester.account_id)]
        day = date.fromisoformat(str(draft.values["purchase_date"]))
        if unit == "purchase_date":
            yield from (str(each) for each in sorted(bought) if each < draft.today)
            yield from (str(day + timedelta(days=off)) for off in _NEAR if day + timedelta(days=off) < draft.today)
            return
        known = _readable(ground)
        yield from (known[each][0] for each in sorted(bought.get(day, ())) if each in known)
        yield from shuffled([each[0] for each in known.values()], *draft.key, "rival description")

    def policy(self, draft: Draft) -> str:
        """Return which purchases count and how days are counted."""
        del draft
        return text(self.folder / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the product through the API."""
        return find(salesforce, values, account=str(record.requester.account_id), today=record.today)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: no product and no day suggest themselves."""
        del record, unit
        return None


@cache
def _orders(ground: Ground) -> tuple[OrderFact, ...]:
    return tuple(each for each in ground.latent.orders if each.status == "Activated")


@cache
def _bought(ground: Ground) -> Mapping[str, Mapping[date, set[str]]]:
    """Return the products by account and day."""
    found: dict[str, dict[date, set[str]]] = {}
    for order in _orders(ground):
        days = found.setdefault(order.account, defaultdict(set))
        days[order.effective].update(each.product for each in order.lines)
    return {account: dict(days) for account, days in found.items()}


@cache
def _readable(ground: Ground) -> Mapping[str, tuple[str, ...]]:
    """Return each product's descriptions from which its own text can be told."""
    told = {
        each.id: tuple(form for form in each.vague if read(ground, form) == each.id) for each in ground.latent.products
    }
    return {product: forms for product, forms in told.items() if forms}


@cache
def _described(ground: Ground) -> Mapping[str, ProductFact]:
    return {form: each for each in ground.latent.products for form in each.vague}


def products_of(ground: Ground) -> tuple[ProductFact, ...]:
    """Return the products in the order of the catalog."""
    return ground.latent.products


PLAN = NamedEntityDisambiguation()
