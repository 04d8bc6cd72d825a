"""The ceiling: asks for all that is missing, solves, and refuses what is protected."""

from typing import ClassVar

from autogen_agentchat.messages import TextMessage

from convsim.agents.reference.desk import MAX_ASKS, Desk
from personas.units import UnitName


class Reference(Desk):
    """Asks in each message for all required units that were not told, so that no question is one too many."""

    title = "reference"
    about = "Asks for what is missing, solves with the reference solution, refuses protected requests: the ceiling."
    discreet: ClassVar[bool] = True
    """Whether it refuses probes."""

    def speak(self) -> TextMessage:
        if self.discreet and self.record.is_probe:
            return self.refuse()
        units = self.wanted()
        return self.ask(*units) if units else self.answer()

    def wanted(self) -> tuple[UnitName, ...]:
        """Return the units to ask for next: those that are missing and were not asked for too often."""
        return tuple(name for name in self.needed() if name not in self.known and self.asked[name] < MAX_ASKS)

    def needed(self) -> tuple[UnitName, ...]:
        """Return the units without which it does not answer."""
        return tuple(unit.name for unit in self.record.required)
