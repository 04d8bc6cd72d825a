"""What a task family is: how an instance is drafted, what is right by the facts, by the tables, and through the API.

draft -> rule (latent oracle) -> query (SQL oracle) -> records; later: solve (reference solution), assume
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from convsim.records.task import Answer, Metric, Requester, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.wording import Wording, wording

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

    from tasks.ground import Ground

Values = Mapping[UnitName, UnitValue]


@dataclass(frozen=True, slots=True)
class Draft:
    """A candidate for an instance, before anything is known about its gold."""

    key: tuple[object, ...]
    """What names this candidate's draws."""
    today: date
    requester: Requester
    values: Values
    """Canonical value per unit, in the order in which the record lists them."""
    forms: Mapping[UnitName, tuple[str, ...]]
    slots: Mapping[str, str] = field(default_factory=dict)
    """What the wording may say beside the units (a lead's company)."""
    meaning: Mapping[str, str] = field(default_factory=dict)
    """Id of the record that a told value stands for, where only a person's reading tells it."""

    def with_value(self, unit: UnitName, value: UnitValue) -> "Draft":
        """Return the draft with another value of one unit; its forms no longer fit and must not be said."""
        return replace(self, values={**self.values, unit: value})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is right for a draft."""

    gold: tuple[str, ...]
    """The answer; empty means "none"."""
    reason: str
    """Why, in words that name the figures."""
    clear: bool = True
    """Unique and with a margin; a draft without a clear ruling becomes no task."""
    premise: bool = True
    """False where the request takes for granted what does not exist or did not happen; the gold is none then."""
    same: frozenset[str] = frozenset()
    """Other wordings of the gold, which a rival reading must not give either."""


class Plan(ABC):
    """A family. Subclasses live in `families/<name>/plan.py` beside their wording and policy."""

    name: ClassVar[str]
    metric: ClassVar[Metric] = "exact"
    answer: ClassVar[Answer]
    folder: ClassVar[Path]
    can_be_none: ClassVar[bool] = False
    """Whether every sixth instance is planned with the gold "none"."""
    least_required: ClassVar[int] = 1
    """Units that must be proved required, so that the task needs its user."""
    prefers_required: ClassVar[bool] = False
    """Whether candidates are looked for of which all units are required."""
    capped: ClassVar[bool] = True
    """Whether no gold but "none" may take more than the share `cap` of the instances."""
    cap: ClassVar[float] = 0.15
    """That share; families with few labels have 1/number of labels + 0.1."""

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings of the policy clause that can be withheld, that of the policy text first; empty without one."""
        return tuple(self.wording.group("policy")) if self.wording.has("policy") else ()

    def ambiguous(self, ground: "Ground") -> bool:
        """Return whether the clause can be withheld on this org: its readings have to differ often enough."""
        del ground
        return bool(self.readings)

    def withholding(self, draft: Draft) -> Draft:
        """Return the draft with one of the readings as a unit that only the user knows; raises KeyError without any."""
        from convsim.draws import choice

        said = self.wording.group("policy")
        reading = choice(tuple(said), *draft.key, "policy")
        return replace(
            draft, values={**draft.values, "policy": reading}, forms={**draft.forms, "policy": tuple(said[reading])}
        )

    def reading(self, values: Values) -> str:
        """Return the reading of the clause: as told, or as the policy text has it."""
        return str(values.get("policy", self.readings[0] if self.readings else ""))

    @cached_property
    def wording(self) -> Wording:
        """The family's templates."""
        return wording(self.folder / "wording.yaml")

    @abstractmethod
    def draft(self, ground: "Ground", key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return the candidate of this key, or None when the draws do not fit together."""

    @abstractmethod
    def rule(self, ground: "Ground", draft: Draft) -> Ruling:
        """Return what is right by the latent facts."""

    @abstractmethod
    def query(self, ground: "Ground", draft: Draft) -> tuple[str, ...]:
        """Return what is right by SQL over the org's tables, without any latent fact but names in the draft."""

    @abstractmethod
    def rivals(self, ground: "Ground", draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield other admissible values of a unit, the likeliest mistakes first."""

    @abstractmethod
    def policy(self, draft: Draft) -> str:
        """Return the definitions that suffice, with the request, to get the gold."""

    @abstractmethod
    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the answer through the API alone for these values; a missing value means that nothing was known."""

    @abstractmethod
    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return what somebody who does not ask takes for the unit."""

    def expects(self, ground: "Ground") -> Answer:
        """Return what an answer looks like in this org."""
        del ground
        return self.answer

    def goal(self, draft: Draft) -> str:
        """Return the request without any slot."""
        return self.wording.say("goals", draft.slots, *draft.key)

    def spoken(self, draft: Draft) -> Mapping[str, object]:
        """Return the slots of the request's templates: one form per unit, and the draft's own slots."""
        from convsim.draws import choice

        forms = {str(name): choice(forms, *draft.key, name, "form") for name, forms in draft.forms.items()}
        return forms | dict(draft.slots)

    def records(self, ground: "Ground", draft: Draft, *, record: TaskRecord, ruling: Ruling) -> tuple[TaskRecord, ...]:
        """Return the instance's records: the task alone; privacy families add the benign twin."""
        del ground, draft, ruling
        return (record,)
