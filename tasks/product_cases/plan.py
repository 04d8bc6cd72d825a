"""A family about the cases of one product: the window is drawn first, then a product that has enough cases in it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from convsim.draws import choice, shuffled
from convsim.org.generate.latent import CaseFact, ProductFact
from convsim.records.task import TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import Window
from tasks.ground import Ground
from tasks.plan import Draft
from tasks.product_cases.facts import cases_of
from tasks.products import product_forms
from tasks.window_plan import Said, WindowPlan

COUNTED = {"created": "CreatedDate", "closed": "ClosedDate"}
"""The column by which a case counts, by reading of the policy."""


class ProductCasesPlan(WindowPlan):
    """What the cases of one product in a window have in common."""

    least_required = 2

    @abstractmethod
    def fits(self, cases: Sequence[CaseFact], *, none: bool) -> bool:
        """Return whether a product with these cases in the window makes a good question."""

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return the product, drawn from those that fit."""
        options = [each for each in ground.latent.products if self.fits(self._cases(ground, each, window), none=none)]
        if not options:
            return None
        product = choice(options, *key, "product")
        return {"product": Said(product.name, product_forms(product))}

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why nothing was counted."""
        del ground
        return f"no case about {draft.values['product']} was {self.reading(draft.values)} in the period"

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield other products, other windows."""
        if unit == "product":
            yield from shuffled([each.name for each in ground.latent.products], *draft.key, "rival product")
        else:
            yield from super().rivals(ground, draft, unit)

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return the slots of the request, where a product has its article."""
        forms = draft.forms["product"]
        whole = [each for each in forms if each.startswith(("the ", "our "))] if forms[0].startswith("the ") else forms
        return {**super().spoken(draft), "product": choice(whole, *draft.key, "product", "form")}

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return the past year; without a product, all of them are counted."""
        return None if unit == "product" else super().assume(record, unit)

    def _cases(self, ground: Ground, product: ProductFact, window: Window) -> Sequence[CaseFact]:
        return cases_of(ground, product.name, start=window.start, end=window.end)
