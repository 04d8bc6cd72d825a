"""sales_cycle_understanding: ranking by the days from opportunity to signature."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.org.generate.latent import DealFact
from convsim.records.task import TaskRecord
from tasks.comparison.extreme import means
from tasks.comparison.plan import Margin
from tasks.families.sales_cycle_understanding import solution
from tasks.ground import Ground
from tasks.plan import Draft, Values
from tasks.signed_deals.facts import by_seller
from tasks.signed_deals.plan import SIGNED, SignedDealsPlan

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CYCLES = """
SELECT d."OwnerId", AVG(julianday(c."{signed}") - julianday(substr(d."CreatedDate", 1, 10)))
FROM "Contract" c JOIN "Opportunity" d ON d."ContractID__c" = c."Id"
WHERE c."{signed}" >= :first AND c."{signed}" < :after
GROUP BY d."OwnerId" """
_DAY = 1.0
"""Margin: whoever counts hours of the day of creation too must find the same agent."""


class SalesCycleUnderstanding(SignedDealsPlan):
    """Seller with the shortest or longest mean sales cycle."""

    name = "sales_cycle_understanding"
    folder = Path(__file__).parent
    measure = "sales_cycle"
    margins: ClassVar[Mapping[str, Margin]] = {"sales_cycle": Margin(_DAY, 0.01)}
    usual_direction = "lowest"

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the mean days from creation to signature by seller."""
        return means(by_seller(ground, draft, _days, signer=self.reading(draft.values)))

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL that averages by seller."""
        del ground
        return _CYCLES.format(signed=SIGNED[self.reading(values)]), {}

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the seller by SOQL."""
        del record
        return solution.seller(salesforce, values)


def _days(deal: DealFact, day: date) -> float:
    return (day - deal.created.date()).days


PLAN = SalesCycleUnderstanding()
