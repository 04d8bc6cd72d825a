"""A family whose requests are about a window of time: the window is drawn first, what else is asked depends on it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from convsim.draws import choice, digest
from convsim.records.task import TaskRecord, UnitValue
from personas.units import UnitName
from tasks.calendar import Window, draw, during, past
from tasks.ground import Ground, employee, managers
from tasks.plan import Draft, Plan
from tasks.wording import Wording, text

_PERIODS = Path(__file__).parent / "policies" / "periods.txt"
_LATEST = 500
"""Days before the org's own date that a task's today may lie."""
_PATIENCE = 40
"""Attempts among which a window is looked for that nobody gets right by assuming the past year."""


@dataclass(frozen=True, slots=True)
class Said:
    """A drawn value of a unit with its wordings."""

    value: UnitValue
    forms: tuple[str, ...]


class WindowPlan(Plan):
    """A question of an employee about a window."""

    can_be_none = True
    prefers_required = True

    @property
    def said(self) -> Wording:
        """The wordings of the units and of the phrases that join some of them."""
        return self.wording

    @property
    def rules(self) -> Path:
        """The file that holds the family's definitions."""
        return self.folder / "policy.txt"

    @abstractmethod
    def further(
        self, ground: Ground, window: Window, key: tuple[object, ...], *, none: bool
    ) -> Mapping[UnitName, Said] | None:
        """Return the units beside the window, or None when nothing fits the window."""

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

    def window(self, ground: Ground, today: date, key: tuple[object, ...], *, none: bool) -> Window | None:
        """Return the candidate's window."""
        del none
        return draw(today, ground.latent.history_start, *key, "window")

    def slots(self, ground: Ground) -> Mapping[str, str]:
        """Return what wording and policy say beside the units."""
        del ground
        return {}

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield for the window what is assumed by default, then others."""
        if unit == "window":
            yield _usual(draft.today)
            others = (draw(draft.today, ground.latent.history_start, *draft.key, "rival", n) for n in range(20))
            yield from (each.value for each in others if each is not None)

    def policy(self, draft: Draft) -> str:
        """Return the family's definitions and those of the calendar; they tell no unit of the instance."""
        rules = self.rules.with_name("policy_withheld.txt") if "policy" in draft.values else self.rules
        return f"{self.said.phrase(text(rules), draft.slots)}\n\n{text(_PERIODS)}"

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return the forms, and the window as an adverbial."""
        said = super().spoken(draft)
        return {**said, "during": during(str(said["window"]))}

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return the past year for the window."""
        return _usual(record.today) if unit == "window" else None

    def _guessable(self, ground: Ground, draft: Draft) -> bool:
        """Return whether the usual window would do as well as the one that is to be asked for."""
        usual = draft.with_value("window", _usual(draft.today))
        return self.rule(ground, usual).gold == self.rule(ground, draft).gold


def _usual(today: date) -> str:
    return past(today, 12, "month").value


def _patient(key: tuple[object, ...]) -> bool:
    """Return whether there is time to look for a better candidate: the key ends with the number of the attempt."""
    return int(str(key[-1])) < _PATIENCE
