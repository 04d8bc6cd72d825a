"""top_issue_identification: the most reported issue of a product."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.org.generate.latent import CaseFact
from convsim.records.task import Answer, TaskRecord
from tasks.comparison.plan import ComparisonPlan, Margin
from tasks.families.top_issue_identification import solution
from tasks.ground import Ground
from tasks.plan import Draft, Values
from tasks.product_cases.facts import counts
from tasks.product_cases.plan import COUNTED, ProductCasesPlan

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_ENOUGH = 3
"""Cases of the product in the window, below which nobody would ask what is reported most."""
_ISSUES = """
SELECT "IssueId__c", COUNT(*) FROM "Case"
WHERE "{counted}" >= :start AND "{counted}" < :end AND "IssueId__c" IS NOT NULL AND "OrderItemId__c" IN (
  SELECT i."Id" FROM "OrderItem" i JOIN "Product2" p ON p."Id" = i."Product2Id" WHERE p."Name" = :product)
GROUP BY "IssueId__c" """


class TopIssueIdentification(ProductCasesPlan, ComparisonPlan):
    """Issue with the most cases of the product."""

    name = "top_issue_identification"
    folder = Path(__file__).parent
    measure = "case_count"
    margins: ClassVar[Mapping[str, Margin]] = {"case_count": Margin(1)}
    answer = Answer(kind="id", prefixes=("a03",), none=True)

    def fits(self, cases: Sequence[CaseFact], *, none: bool) -> bool:
        """Return whether there are a few cases; for "none", no case at all."""
        return not cases if none else len(cases) >= _ENOUGH

    def highest(self, values: Values) -> bool:
        """Return True: it is always the most that is asked for."""
        del values
        return True

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the number of cases by issue."""
        return counts(ground, draft, lambda case: case.issue, counted=self.reading(draft.values))

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL that counts by issue."""
        del ground
        return _ISSUES.format(counted=COUNTED[self.reading(values)]), {"product": values["product"]}

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the issue by SOQL."""
        del record
        return solution.top_issue(salesforce, values)


PLAN = TopIssueIdentification()
