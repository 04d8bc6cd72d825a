"""sales_amount_understanding: ranking by what was sold."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.org.generate.latent import DealFact
from convsim.records.task import TaskRecord
from tasks.comparison.plan import Margin
from tasks.families.sales_amount_understanding import solution
from tasks.ground import Ground
from tasks.plan import Draft, Values
from tasks.signed_deals.facts import by_seller
from tasks.signed_deals.plan import SIGNED, SignedDealsPlan

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_AMOUNTS = """
SELECT d."OwnerId", COALESCE(SUM(i."Quantity" * i."UnitPrice"), 0)
FROM "Contract" c JOIN "Opportunity" d ON d."ContractID__c" = c."Id"
  LEFT JOIN "Order" o ON o."OpportunityId" = d."Id" LEFT JOIN "OrderItem" i ON i."OrderId" = o."Id"
WHERE c."{signed}" >= :first AND c."{signed}" < :after
GROUP BY d."OwnerId" """


class SalesAmountUnderstanding(SignedDealsPlan):
    """Seller with the highest or lowest sales amount."""

    name = "sales_amount_understanding"
    folder = Path(__file__).parent
    measure = "sales_amount"
    margins: ClassVar[Mapping[str, Margin]] = {"sales_amount": Margin(1.0, 0.01)}
    usual_direction = "highest"

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the dollars sold by seller."""
        found = by_seller(ground, draft, _amount, signer=self.reading(draft.values))
        return {seller: sum(each) for seller, each in found.items()}

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL that sums by seller."""
        del ground
        return _AMOUNTS.format(signed=SIGNED[self.reading(values)]), {}

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the seller by SOQL."""
        del record
        return solution.seller(salesforce, values)


def _amount(deal: DealFact, day: date) -> float:
    del day
    return sum(line.quantity * line.unit_price for line in deal.order.lines) if deal.order else 0.0


PLAN = SalesAmountUnderstanding()
