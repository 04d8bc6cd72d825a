"""A family that compares: window and further units are drawn, the extreme figure decides, the next one gives margin."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

from convsim.draws import choice, digest
from convsim.records.task import TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import Window, bounds, draw, during, past
from tasks.comparison import tables
from tasks.comparison.extreme import wants_highest
from tasks.ground import Ground, employee, managers
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import Wording, text

_PERIODS = Path(__file__).parent.parent / "policies" / "periods.txt"
_TOP = re.compile(r"stands? out|first|front|heads")
_LATEST = 500
"""Days before the org's own date that a task's today may lie."""
_PATIENCE = 40
"""Attempts among which a window is looked for that nobody gets right by assuming the past year."""


@dataclass(frozen=True, slots=True)
class Said:
    """A drawn value of a unit with its wordings."""

    value: UnitValue
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Margin:
    """How far the best figure must be from the next for the gold to be clear."""

    absolute: float
    relative: float = 0.0

    def holds(self, best: float, following: float) -> bool:
        """Return whether two figures are far enough apart."""
        return abs(best - following) >= max(self.absolute, self.relative * max(abs(best), abs(following)))


class ComparisonPlan(Plan):
    """Whoever has the extreme figure in a window."""

    measure: ClassVar[str]
    """The figure that the family asks for."""
    margins: ClassVar[Mapping[str, Margin]]
    """Margin by measure: that of the family and those that a rival metric means."""
    usual_direction: ClassVar[str | None] = None
    """What is assumed for the direction; None: whatever the goal's wording suggests."""
    can_be_none = True
    prefers_required = True

    @property
    def said(self) -> Wording:
        """The wordings of the units and of the phrases that join some of them."""
        return self.wording

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate, or None when its draws do not fit together."""
        today = ground.today - timedelta(days=digest(*key, "today") % _LATEST)
        window = self.window(ground, today, key, none=none)
        further = None if window is None else self.further(ground, window, key, none=none)
        if window is None or further is None:
            return None
        told: dict[UnitName, Said] = {"window": Said(window.value, window.forms), **further}
        draft = Draft(
            key,
            today,
            employee(choice(managers(ground), *key, "requester")),
            values={name: each.value for name, each in told.items()},
            forms={name: each.forms for name, each in told.items()},
            slots=self.slots(ground),
        )
        return None if _patient(key) and not none and self._guessable(ground, draft) else draft

    def _guessable(self, ground: Ground, draft: Draft) -> bool:
        """Return whether the usual window would do as well as the one that is to be asked for."""
        usual = draft.with_value("window", _usual_window(draft.today))
        return self.rule(ground, usual).gold == self.rule(ground, draft).gold

    def window(self, ground: Ground, today: date, key: tuple[object, ...], *, none: bool) -> Window | None:
        """Return the candidate's window."""
        del none
        return draw(today, ground.latent.history_start, *key, "window")

    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return the units beside the window; by default the direction alone."""
        del ground, window, none
        return {"direction": self.direction(key)}

    def direction(self, key: tuple[object, ...]) -> Said:
        """Return a drawn direction."""
        drawn = choice(("lowest", "highest"), *key, "direction")
        return Said(drawn, tuple(self.said.group("units")[self.wording_of(drawn)]))

    def wording_of(self, direction: str) -> str:
        """Return under which name the wordings of a direction lie."""
        return direction

    def slots(self, ground: Ground) -> Mapping[str, str]:
        """Return what wording and policy say beside the units."""
        del ground
        return {}

    def figures(self, ground: Ground, draft: Draft) -> Mapping[str, float]:
        """Return the figure of each candidate by the latent facts; needed where `rule` is not a family's own."""
        raise NotImplementedError

    def statement(self, ground: Ground, values: Values) -> tuple[str, Mapping[str, object]]:
        """Return the SQL that gives (candidate, figure), and what it needs beside the window."""
        raise NotImplementedError

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why there is no candidate."""
        raise NotImplementedError

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
            return Ruling((), self.nobody(ground, draft))
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
        """Yield what is assumed by default, then others."""
        if unit == "direction":
            yield from ("highest", "lowest")
        elif unit == "metric":
            yield from self.margins
        elif unit == "window":
            yield _usual_window(draft.today)
            others = (draw(draft.today, ground.latent.history_start, *draft.key, "rival", n) for n in range(20))
            yield from (each.value for each in others if each is not None)

    def policy(self, draft: Draft) -> str:
        """Return the family's definitions and those of the calendar; they tell no unit of the instance."""
        return f"{self.said.phrase(text(self.rules), draft.slots)}\n\n{text(_PERIODS)}"

    @property
    def rules(self) -> Path:
        """The file that holds the family's definitions."""
        return self.folder / "policy.txt"

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return the forms, the window as an adverbial, and the direction in a phrase with what it is about."""
        said = super().spoken(draft)
        adverbial = {"during": during(str(said["window"]))}
        phrases = self.phrases(draft)
        return {**said, **adverbial, **({"phrase": choice(phrases, *draft.key, "phrase")} if phrases else {})}

    def phrases(self, draft: Draft) -> Sequence[str]:
        """Return the wordings of direction and measure in one phrase; none for a family without direction."""
        if "direction" not in draft.values:
            return ()
        return self.said.group("phrases")[self.wording_of(str(draft.values["direction"]))]

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return the usual reading: past year, the family's own metric; whoever is "first" has the highest."""
        usual: dict[UnitName, UnitValue] = {
            "window": _usual_window(record.today),
            "direction": self.usual_direction or ("highest" if _TOP.search(record.goal) else "lowest"),
            "metric": self.measure,
        }
        return usual.get(unit)


def _usual_window(today: date) -> str:
    return past(today, 12, "month").value


def _patient(key: tuple[object, ...]) -> bool:
    """Return whether there is time to look for a better candidate: the key ends with the number of the attempt."""
    return int(str(key[-1])) < _PATIENCE


def _reason(measure: str, figures: Sequence[float]) -> str:
    best, *rest = (f"{each:.0f}" if abs(each) >= 10 else f"{each:.3g}" for each in figures)
    return f"{measure} {best}, next {rest[0]}" if rest else f"{measure} {best}, the only candidate"
