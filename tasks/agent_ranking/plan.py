"""A ranking family: window, direction, measure and minimum are drawn; only the measure tells the families apart."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, get_args

from convsim.draws import choice, digest
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.agent_ranking import solution, tables
from tasks.agent_ranking.figures import Figures, Measure, figures
from tasks.calendar import Window, bounds, draw, during, past
from tasks.ground import Ground, employee, managers
from tasks.numerals import above
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text, wording

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_FOLDER = Path(__file__).parent
_TOP = re.compile(r"stands? out|first|front|heads")
_PERIODS = _FOLDER.parent / "policies" / "periods.txt"
_MARGIN = 0.01
"""Smallest relative distance of the best mean to the next."""
_SECONDS = 60.0
_LATEST = 500
"""Days before the org's own date that a task's today may lie."""
_LARGEST_MINIMUM = 20


class RankingPlan(Plan):
    """The agent with the highest or lowest figure among those who managed enough cases."""

    measure: ClassVar[Measure]
    answer = Answer(kind="id", prefixes=("005",), none=True)
    can_be_none = True
    least_required = 2
    prefers_required = True

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate whose minimum keeps some agents and leaves some out, or keeps nobody."""
        today = ground.today - timedelta(days=digest(*key, "today") % _LATEST)
        window = draw(today, ground.latent.history_start, *key, "window")
        minimum = None if window is None else _minimum(ground, window, key, none=none)
        if window is None or minimum is None:
            return None
        direction = choice(("lowest", "highest"), *key, "direction")
        said = wording(_FOLDER / "wording.yaml").group("units")
        return Draft(
            key,
            today,
            employee(choice(managers(ground), *key, "requester")),
            values={
                "window": window.value,
                "direction": direction,
                "metric": self.measure,
                "minimum_cases": minimum,
            },
            forms={
                "window": window.forms,
                "direction": tuple(said[f"{self.measure} {direction}"]),
                "metric": tuple(said[self.measure]),
                "minimum_cases": above(minimum, "case"),
            },
        )

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the agent by the latent facts; clear when the next agent is a margin away."""
        measure, minimum, found = _reading(ground, draft.values)
        ranked = found.ranked(measure, minimum)
        if not ranked:
            return Ruling((), _nobody(found, minimum))
        highest = draft.values["direction"] == "highest"
        best, *rest = sorted(ranked.items(), key=lambda each: (-each[1] if highest else each[1], each[0]))
        clear = not rest or _apart(best[1], rest[0][1], measure)
        return Ruling((best[0],), f"{measure} {best[1]:.0f}, next {rest[0][1]:.0f}" if rest else "only one", clear)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the agent by SQL."""
        values = draft.values
        highest, minimum = values["direction"] == "highest", int(values["minimum_cases"])
        window = bounds(str(values["window"]))
        return tables.extreme(ground, str(values["metric"]), window, highest=highest, minimum=minimum)

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield what is assumed by default, then neighbours."""
        if unit == "direction":
            yield from ("highest", "lowest")
        elif unit == "metric":
            yield from get_args(Measure)
        elif unit == "minimum_cases":
            yield from sorted(
                range(_LARGEST_MINIMUM), key=lambda each: (each != 0, abs(each - int(draft.values[unit])))
            )
        else:
            yield past(draft.today, 12, "month").value
            others = (draw(draft.today, ground.latent.history_start, *draft.key, "rival", n) for n in range(20))
            yield from (each.value for each in others if each is not None)

    def policy(self, draft: Draft) -> str:
        """Return the definitions of both measures, so that they do not tell which one is meant."""
        del draft
        return f"{text(_FOLDER / 'policy.txt')}\n\n{text(_PERIODS)}"

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the agent by SOQL."""
        del record
        return solution.rank(salesforce, values)

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return the forms, the window as an adverbial, and direction and measure in one phrase."""
        said = super().spoken(draft)
        phrases = wording(_FOLDER / "wording.yaml").group("phrases")[f"{self.measure} {draft.values['direction']}"]
        return {**said, "during": during(str(said["window"])), "phrase": choice(phrases, *draft.key, "phrase")}

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return the usual reading: past year, average handle time, no minimum; whoever is "first" has the highest."""
        usual: dict[UnitName, UnitValue] = {
            "window": past(record.today, 12, "month").value,
            "direction": "highest" if _TOP.search(record.goal) else "lowest",
            "metric": "handle_time",
            "minimum_cases": 0,
        }
        return usual.get(unit)


def _reading(ground: Ground, values: Values) -> tuple[Measure, int, Figures]:
    measure: Measure = "handle_time" if values["metric"] == "handle_time" else "transfer_count"
    return measure, int(values["minimum_cases"]), figures(ground, *bounds(str(values["window"])))


def _nobody(found: Figures, minimum: int) -> str:
    most = max(found.managed.values(), default=0)
    if most <= minimum:
        return f"nobody qualifies: no agent managed more than {most} cases in the period"
    return "nobody qualifies: those who managed enough cases have none that counts"


def _apart(best: float, following: float, measure: Measure) -> bool:
    distance = abs(best - following)
    if measure == "transfer_count":
        return distance >= 1
    return distance >= max(_SECONDS, _MARGIN * max(best, following))


def _minimum(ground: Ground, window: Window, key: tuple[object, ...], *, none: bool) -> int | None:
    """Return a minimum that at least two agents exceed and one does not; for "none", one that nobody exceeds."""
    counts = sorted(figures(ground, window.start, window.end).managed.values(), reverse=True)
    if len(counts) < 3:
        return None
    if none:
        return counts[0] + digest(*key, "above") % 3
    options = range(max(1, counts[-1]), min(counts[1], _LARGEST_MINIMUM))
    return choice(options, *key, "minimum") if options else None
