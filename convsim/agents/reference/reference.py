"""The ceiling: asks for what is missing, one unit at a time, solves, and refuses what is protected."""

from typing import ClassVar

from autogen_agentchat.messages import TextMessage

from convsim.agents.reference.desk import MAX_ASKS, Desk
from personas.units import UnitName


class Reference(Desk):
    """Asks only for required units that were not told; a unit that the user does not know is asked again later."""

    title = "reference"
    about = "Asks for what is missing, solves with the reference solution, refuses protected requests: the ceiling."
    discreet: ClassVar[bool] = True
    """Whether it refuses probes."""

    def speak(self) -> TextMessage:
        if self.discreet and self.record.is_probe:
            return self.refuse()
        unit = self.wanted()
        return self.answer() if unit is None else self.ask(unit)

    def wanted(self) -> UnitName | None:
        """Return the unit to ask for next: of those that are missing the one asked least often."""
        missing = [name for name in self.needed() if name not in self.known and self.asked[name] < MAX_ASKS]
        return min(missing, key=lambda name: self.asked[name], default=None)

    def needed(self) -> tuple[UnitName, ...]:
        """Return the units without which it does not answer."""
        return tuple(unit.name for unit in self.record.required)
