"""conversion_rate_comprehension: ranking by what became of the leads; which figure is meant is a unit."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.records.task import Answer, TaskRecord
from personas.units import OrgType, UnitName
from tasks.calendar import Window, bounds
from tasks.comparison.plan import ComparisonPlan, Margin
from tasks.families.conversion_rate_comprehension import solution
from tasks.families.conversion_rate_comprehension.figures import most_leads, ranked
from tasks.ground import Ground
from tasks.plan import Draft, Values
from tasks.window_plan import Said

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_MINIMUM: dict[OrgType, int] = {"b2b": 5, "b2c": 3}
"""Leads that an agent needs to be ranked; consumers seldom come as leads."""
_WON = 'CASE WHEN "ConvertedDate" < :after THEN'
_DAYS = 'julianday("ConvertedDate") - julianday(substr("CreatedDate", 1, 10))'
_FIGURES = {
    "conversion_rate": f"AVG({_WON} 1.0 ELSE 0.0 END)",
    "conversion_time": f"AVG({_WON} {_DAYS} END)",
    "lead_count": "COUNT(*)",
    "conversions": f"COUNT({_WON} 1 END)",
}
_STATEMENT = """
SELECT "OwnerId", {figure} AS figure FROM "Lead"
WHERE "CreatedDate" >= :start AND "CreatedDate" < :end
GROUP BY "OwnerId" HAVING COUNT(*) >= :minimum AND figure IS NOT NULL"""
_STATEMENTS = {measure: _STATEMENT.format(figure=figure) for measure, figure in _FIGURES.items()}


_EARLIER = """
SELECT l."OwnerId", {figure} AS figure FROM "Lead" l LEFT JOIN (
  SELECT "OwnerId" AS owner, COUNT(*) AS won, AVG({days}) AS days FROM "Lead"
  WHERE "ConvertedDate" >= :first AND "ConvertedDate" < :after GROUP BY "OwnerId") w ON w.owner = l."OwnerId"
WHERE l."CreatedDate" >= :start AND l."CreatedDate" < :end
GROUP BY l."OwnerId" HAVING COUNT(*) >= :minimum AND figure IS NOT NULL"""
_EARLIER_FIGURES = {
    "conversion_rate": "COALESCE(MAX(won), 0) * 1.0 / COUNT(*)",
    "conversion_time": "MAX(days)",
    "lead_count": "COUNT(*)",
    "conversions": "COALESCE(MAX(won), 0)",
}
_ALL_STATEMENTS = {
    "own": _STATEMENTS,
    "earlier": {name: _EARLIER.format(figure=figure, days=_DAYS) for name, figure in _EARLIER_FIGURES.items()},
}
"""By reading of the policy and metric."""


class ConversionRateComprehension(ComparisonPlan):
    """Agent with the highest or lowest conversion rate."""

    name = "conversion_rate_comprehension"
    folder = Path(__file__).parent
    measure = "conversion_rate"
    margins: ClassVar[Mapping[str, Margin]] = {
        "conversion_rate": Margin(0.005, 0.01),
        "conversions": Margin(1),
        "lead_count": Margin(1),
        "conversion_time": Margin(1.0, 0.01),
    }
    usual_direction = "highest"
    answer = Answer(kind="id", prefixes=("005",), none=True)

    def ambiguous(self, ground: Ground) -> bool:
        """Return whether there are leads enough: of few leads the same agent mostly comes out by either reading."""
        return ground.org == "b2b"

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return direction and metric."""
        del ground, window, none
        return {"direction": self.direction(key), "metric": Said(self.measure, self.wording.section("metric"))}

    def slots(self, ground: Ground) -> Mapping[str, str]:
        """Return the minimum, which the policy states."""
        return {"minimum": str(_MINIMUM[ground.org])}

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the metric of the agents with enough leads."""
        window, measure = bounds(str(draft.values["window"])), self.measured(draft.values)
        earlier = self.reading(draft.values) == "earlier"
        return ranked(ground, window, measure=measure, minimum=_MINIMUM[ground.org], earlier=earlier)

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL of the metric."""
        return _ALL_STATEMENTS[self.reading(values)][self.measured(values)], {"minimum": _MINIMUM[ground.org]}

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why no agent qualifies."""
        most = most_leads(ground, bounds(str(draft.values["window"])))
        return f"nobody qualifies: no agent got more than {most} leads in the period, {_MINIMUM[ground.org]} are needed"

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the agent by SOQL, with the minimum that the policy states."""
        return solution.agent(salesforce, values, minimum=solution.minimum_of(record.policy))


PLAN = ConversionRateComprehension()
