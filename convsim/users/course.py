"""The conversation so far as the deciding user remembers it: counts and sets, never text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from personas.units import UnitName

if TYPE_CHECKING:
    from convsim.users.decide import Decision


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened: made anew by every decision, never changed."""

    turn: int = 0
    """Number of the user's next message; 0 is the opening."""
    released: frozenset[UnitName] = frozenset()
    pending: tuple[UnitName, ...] = ()
    """Units of which a wrong value stands and waits for its correction."""
    clarifications: int = 0
    """Messages of the agent that asked."""
    asked: Mapping[UnitName, int] = field(default_factory=dict)
    """How often each unit was asked for."""
    acts: Mapping[str, int] = field(default_factory=dict)
    """How often each act was taken."""

    def asks(self, name: UnitName) -> int:
        """Return how often the unit was asked for so far."""
        return self.asked.get(name, 0)

    def count(self, act: str) -> int:
        """Return how often the act was taken so far."""
        return self.acts.get(act, 0)

    def after(self, decision: "Decision", *, clarifying: bool) -> "Course":
        """Return the course with this decision taken; `clarifying` when it answers a question."""
        counted: dict[Any, int] = dict(self.asked)
        for name in (*decision.asked, *decision.unknown):
            counted[name] = counted.get(name, 0) + 1
        return replace(
            self,
            turn=self.turn + 1,
            released=self.released | {name for name, _ in decision.told},
            pending=tuple(name for name, _ in decision.slips),
            clarifications=self.clarifications + clarifying,
            asked=counted,
            acts={**self.acts, decision.act: self.count(decision.act) + 1},
        )
