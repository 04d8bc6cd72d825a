"""A family that compares: the extreme figure of the window decides, the next one gives the margin."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from convsim.draws import choice
from convsim.records.task import TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import Window, bounds
from tasks.comparison import tables
from tasks.comparison.extreme import wants_highest
from tasks.ground import Ground
from tasks.plan import Draft, Ruling, Values
from tasks.window_plan import Said, WindowPlan

_TOP = re.compile(r"stands? out|first|front|heads")


@dataclass(frozen=True, slots=True)
class Margin:
    """How far the best figure must be from the next for the gold to be clear."""

    absolute: float
    relative: float = 0.0

    def holds(self, best: float, following: float) -> bool:
        """Return whether two figures are far enough apart."""
        return abs(best - following) >= max(self.absolute, self.relative * max(abs(best), abs(following)))


class ComparisonPlan(WindowPlan):
    """Whoever has the extreme figure in a window."""

    measure: ClassVar[str]
    """The figure that the family asks for."""
    margins: ClassVar[Mapping[str, Margin]]
    """Margin by measure: that of the family and those that a rival metric means."""
    usual_direction: ClassVar[str | None] = None
    """What is assumed for the direction; None: whatever the goal's wording suggests."""

    @abstractmethod
    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the figure of each candidate by the latent facts."""

    @abstractmethod
    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL that gives (candidate, figure), and what it needs beside the window."""

    @abstractmethod
    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why there is no candidate."""

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return the direction."""
        del ground, window, none
        return {"direction": self.direction(key)}

    def direction(self, key: tuple[object, ...]) -> Said:
        """Return a drawn direction."""
        drawn = choice(("lowest", "highest"), *key, "direction")
        return Said(drawn, tuple(self.said.group("units")[self.wording_of(drawn)]))

    def wording_of(self, direction: str) -> str:
        """Return under which name the wordings of a direction lie."""
        return direction

    def measured(self, values: Values) -> str:
        """Return the measure that the values ask for."""
        return str(values.get("metric", self.measure))

    def highest(self, values: Values) -> bool:
        """Return whether the highest figure is asked for."""
        return wants_highest(values)

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return whoever has the extreme figure by the latent facts; clear when the next one is a margin away."""
        ranked = self.figures(ground, draft)
        if not ranked:
            return Ruling((), self.nobody(ground, draft), premise=False)
        sign = -1 if self.highest(draft.values) else 1
        best, *rest = sorted(ranked.items(), key=lambda each: (sign * each[1], each[0]))
        measure = self.measured(draft.values)
        clear = not rest or self.margins[measure].holds(best[1], rest[0][1])
        return Ruling((best[0],), _reason(measure, [best[1], *(each for _, each in rest[:1])]), clear)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the same by SQL."""
        statement, values = self.statement(ground, draft.values)
        window, highest = bounds(str(draft.values["window"])), self.highest(draft.values)
        return tables.extreme(ground, statement, window, highest=highest, **values)

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield the other direction, the other metrics, other windows."""
        if unit == "direction":
            yield from ("highest", "lowest")
        elif unit == "metric":
            yield from self.margins
        else:
            yield from super().rivals(ground, draft, unit)

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return what is said, with direction and measure in one phrase where there is a direction."""
        if "direction" not in draft.values:
            return super().spoken(draft)
        phrases = self.said.group("phrases")[self.wording_of(str(draft.values["direction"]))]
        return {**super().spoken(draft), "phrase": choice(phrases, *draft.key, "phrase")}

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return the family's own metric; whoever is "first" has the highest figure."""
        usual: dict[UnitName, UnitValue] = {
            "direction": self.usual_direction or ("highest" if _TOP.search(record.goal) else "lowest"),
            "metric": self.measure,
        }
        return usual.get(unit, super().assume(record, unit))


def _reason(measure: str, figures: Sequence[float]) -> str:
    best, *rest = (f"{each:.0f}" if abs(each) >= 10 else f"{each:.3g}" for each in figures)
    return f"{measure} {best}, next {rest[0]}" if rest else f"{measure} {best}, the only candidate"
