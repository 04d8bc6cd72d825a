"""A ranking family: window, direction, measure and minimum are drawn; only the measure tells the families apart."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.draws import choice, digest
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.agent_ranking import solution, tables
from tasks.agent_ranking.figures import figures
from tasks.calendar import Window, bounds
from tasks.comparison.plan import ComparisonPlan, Margin
from tasks.ground import Ground
from tasks.numerals import above
from tasks.plan import Draft, Values
from tasks.window_plan import Said
from tasks.wording import Wording, wording

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_FOLDER = Path(__file__).parent
_LARGEST_MINIMUM = 20


class RankingPlan(ComparisonPlan):
    """The agent with the highest or lowest figure among those who managed enough cases."""

    answer = Answer(kind="id", prefixes=("005",), none=True)
    margins: ClassVar[Mapping[str, Margin]] = {"handle_time": Margin(60.0, 0.01), "transfer_count": Margin(1)}
    least_required = 2

    @property
    def said(self) -> Wording:
        """The wordings that both families share."""
        return wording(_FOLDER / "wording.yaml")

    @property
    def rules(self) -> Path:
        """The definitions of both measures, so that they do not tell which one is meant."""
        return _FOLDER / "policy.txt"

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return direction, measure, and a minimum that keeps some agents and leaves some out, or keeps nobody."""
        minimum = _minimum(ground, window, key, none=none)
        if minimum is None:
            return None
        return {
            "direction": self.direction(key),
            "metric": Said(self.measure, tuple(self.said.group("units")[self.measure])),
            "minimum_cases": Said(minimum, above(minimum, "case")),
        }

    def wording_of(self, direction: str) -> str:
        """Return the name under measure and direction: a time is short, a count is low."""
        return f"{self.measure} {direction}"

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the measure of the agents who managed enough cases."""
        found = figures(ground, *bounds(str(draft.values["window"])))
        minimum, reading = int(draft.values["minimum_cases"]), self.reading(draft.values)
        return found.ranked(self.measured(draft.values), minimum, reading=reading)

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL of the measure."""
        del ground
        statement = tables.statement(self.measured(values), self.reading(values))
        return statement, {"minimum": int(values["minimum_cases"])}

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why no agent qualifies."""
        minimum = int(draft.values["minimum_cases"])
        most = max(figures(ground, *bounds(str(draft.values["window"]))).managed.values(), default=0)
        if most <= minimum:
            return f"nobody qualifies: no agent managed more than {most} cases in the period"
        return "nobody qualifies: those who managed enough cases have none that counts"

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield what is assumed by default, then neighbours."""
        if unit != "minimum_cases":
            yield from super().rivals(ground, draft, unit)
            return
        told = int(draft.values[unit])
        yield from sorted(range(_LARGEST_MINIMUM), key=lambda each: (each != 0, abs(each - told)))

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the agent by SOQL."""
        del record
        return solution.rank(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return no minimum, average handle time, and what else is usual."""
        usual: dict[UnitName, UnitValue] = {"metric": "handle_time", "minimum_cases": 0}
        return usual.get(unit, super().assume(record, unit))


def _minimum(ground: Ground, window: Window, key: tuple[object, ...], *, none: bool) -> int | None:
    """Return a minimum that at least two agents exceed and one does not; for "none", one that nobody exceeds."""
    counts = sorted(figures(ground, window.start, window.end).managed.values(), reverse=True)
    if len(counts) < 3:
        return None
    if none:
        return counts[0] + digest(*key, "above") % 3
    options = range(max(1, counts[-1]), min(counts[1], _LARGEST_MINIMUM))
    return choice(options, *key, "minimum") if options else None
