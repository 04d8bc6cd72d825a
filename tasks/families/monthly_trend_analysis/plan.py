"""monthly_trend_analysis: the month that stands out, or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.org.generate.latent import CaseFact
from convsim.records.task import Answer, TaskRecord
from personas.units import UnitName
from tasks.calendar import MONTHS, Window, bounds
from tasks.comparison import tables
from tasks.families.monthly_trend_analysis import solution
from tasks.ground import Ground
from tasks.plan import Draft, Ruling, Values
from tasks.product_cases.facts import counting, counts
from tasks.product_cases.plan import COUNTED, ProductCasesPlan
from tasks.window_plan import Said

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_FACTOR, _MORE = 1.5, 3
"""Significant: at least so many times as many cases as the next month, and at least so many more."""
_ENOUGH = 4
"""Cases in the window, below which nobody would look for a trend."""
_MONTHS = range(3, 13)
"""Calendar months that a window may touch: two of the same name would make the answer ambiguous."""
_OUTSTANDING = """
WITH counted AS (
  SELECT substr("{counted}", 1, 7) AS month, COUNT(*) AS cases FROM "Case"
  WHERE "{counted}" >= :start AND "{counted}" < :end AND "OrderItemId__c" IN (
    SELECT i."Id" FROM "OrderItem" i JOIN "Product2" p ON p."Id" = i."Product2Id" WHERE p."Name" = :product)
  GROUP BY month
), ranked AS (
  SELECT month, cases, LEAD(cases, 1, 0) OVER (ORDER BY cases DESC) AS following,
         ROW_NUMBER() OVER (ORDER BY cases DESC) AS place
  FROM counted
)
SELECT month, cases FROM ranked WHERE place = 1 AND 2 * cases >= 3 * following AND cases >= following + 3 """


class MonthlyTrendAnalysis(ProductCasesPlan):
    """Month that stands out by the cases of a product."""

    name = "monthly_trend_analysis"
    folder = Path(__file__).parent
    answer = Answer(kind="month", none=True)

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return the product, if the window has several months and none of them twice."""
        months = {(day.year, day.month) for day in _days(window)}
        return super().further(ground, window, key, none=none) if len(months) in _MONTHS else None

    def fits(self, cases: Sequence[CaseFact], *, none: bool) -> bool:
        """Return whether a month stands out as planned; for "none", the cases are spread and not just missing."""
        return len(cases) >= _ENOUGH and bool(_judged(Counter(_month(each.created) for each in cases)).gold) != none

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the month by the latent facts; clear when it is not exactly at the limit."""
        counted = self.reading(draft.values)
        found = counts(ground, draft, lambda case: _month(counting(case, counted)), counted=counted)
        return _judged(found) if found else Ruling((), self.nobody(ground, draft))

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the month by SQL."""
        values = draft.values
        window, product = bounds(str(values["window"])), values["product"]
        statement = _OUTSTANDING.format(counted=COUNTED[self.reading(values)])
        rows = tables.select(ground, statement, window, product=product)
        return tuple(MONTHS[int(month[5:]) - 1] for month, _ in rows)

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the month by SOQL."""
        del record
        return solution.outstanding_month(salesforce, values)


def _month(when: datetime | None) -> tuple[int, int]:
    assert when is not None, "only cases that count are looked at"
    return when.year, when.month


def _judged(found: Counter[tuple[int, int]]) -> Ruling:
    (month, most), *rest = found.most_common()
    following = rest[0][1] if rest else 0
    least = min(most - _FACTOR * following, most - following - _MORE)
    name = MONTHS[month[1] - 1]
    reason = f"{name} {month[0]} has {most} cases, the next month {following}"
    if least < 0:
        return Ruling((), f"no month stands out: {reason}")
    return Ruling((name,), reason, clear=least > 0)


def _days(window: Window) -> list[date]:
    return [window.start + timedelta(days=n) for n in range((window.end - window.start).days)]


PLAN = MonthlyTrendAnalysis()
