"""best_region_identification: the state that does best with its cases; which figure is meant is a unit."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.org.generate.latent import CaseFact
from convsim.records.task import Answer, TaskRecord
from personas.units import UnitName
from tasks.calendar import Window, bounds
from tasks.comparison.extreme import means
from tasks.comparison.plan import ComparisonPlan, Margin
from tasks.comparison.timeline import Timeline
from tasks.families.best_region_identification import solution
from tasks.ground import Ground
from tasks.plan import Draft, Values
from tasks.product_cases.facts import counting
from tasks.product_cases.plan import COUNTED
from tasks.window_plan import Said

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_STATEMENT = """
SELECT a."ShippingState", {figure}
FROM "Case" c JOIN "Account" a ON a."Id" = c."AccountId"
WHERE c."Status" = 'Closed' AND c."{counted}" >= :start AND c."{counted}" < :end
  AND a."ShippingState" IS NOT NULL
GROUP BY a."ShippingState" """
_SECONDS = """AVG(strftime('%s', substr(c."ClosedDate", 1, 19)) - strftime('%s', substr(c."CreatedDate", 1, 19)))"""
_FIGURES = {"closure_time": _SECONDS, "closed_cases": "COUNT(*)"}


class BestRegionIdentification(ComparisonPlan):
    """State with the shortest mean closure time."""

    name = "best_region_identification"
    folder = Path(__file__).parent
    measure = "closure_time"
    margins: ClassVar[Mapping[str, Margin]] = {"closure_time": Margin(60.0, 0.01), "closed_cases": Margin(1)}
    answer = Answer(kind="state")
    can_be_none = False
    least_required = 2

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return the metric, if cases of several states were closed."""
        del key, none
        states = {case.state for case in _closed(ground, "created").within(window.start, window.end)}
        return {"metric": Said(self.measure, self.wording.section("metric"))} if len(states) > 1 else None

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the mean seconds from opening to closing, or the number of closed cases, by state."""
        cases = _closed(ground, self.reading(draft.values)).within(*bounds(str(draft.values["window"])))
        if self.highest(draft.values):
            return Counter(case.state for case in cases)
        seconds: defaultdict[str, list[float]] = defaultdict(list)
        for case in cases:
            seconds[case.state].append(case.handle_seconds or 0.0)
        return means(seconds)

    def highest(self, values: Values) -> bool:
        """Return whether more is better: cases that were closed, unlike the time that it took."""
        return self.measured(values) == "closed_cases"

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL of the metric."""
        del ground
        counted = COUNTED[self.reading(values)]
        return _STATEMENT.format(figure=_FIGURES[self.measured(values)], counted=counted), {}

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why there is no state."""
        del ground
        if self.reading(draft.values) == "closed":
            return "no case was closed in the period"
        return "no case that was created in the period has been closed"

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the state by SOQL."""
        del record
        return solution.best_state(salesforce, values)


@cache
def _closed(ground: Ground, counted: str) -> Timeline[CaseFact]:
    closed = (case for case in ground.latent.cases if case.closed and case.state)
    return Timeline([(when, case) for case in closed if (when := counting(case, counted))])


PLAN = BestRegionIdentification()
