"""The reference agent with one seeded fault in some episodes: what failure analysis is to find."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

from autogen_agentchat.messages import TextMessage

from convsim.agents.reference.guess import guess
from convsim.agents.reference.reference import Reference
from convsim.draws import chance, choice
from convsim.errors import ConfigError
from convsim.records.task import UnitValue
from convsim.roles import ReferenceContext
from personas.units import UnitName

Fault = Literal["bad_syntax", "wrong_object", "wrong_window", "forgets"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
_BROKEN: Mapping[Fault, str] = {
    "bad_syntax": "SELECT Id, OwnerId FORM Case WHERE Status = 'Closed'",
    "wrong_object": "SELECT Id, Assignee__c FROM Ticket__c LIMIT 10",
}


class Noisy(Reference):
    """Arguments: `rate`, the share of episodes with a fault (0.5); `fault`, the only fault that occurs (any)."""

    title = "noisy"
    about = "The reference agent with seeded faults: bad syntax, wrong object, wrong window, a question forgotten."
    options = frozenset({"rate", "fault"})

    def __init__(self, given: ReferenceContext) -> None:
        super().__init__(given)
        args = self.context.args
        faulty = chance(float(args.get("rate", 0.5)), *self._key, "faulty")
        self.fault: Fault | None = (args.get("fault") or choice(FAULTS, *self._key, "fault")) if faulty else None

    @classmethod
    def check(cls, args: Mapping[str, Any]) -> None:
        """Raise ConfigError for a rate that is no share and for an unknown fault."""
        rate = args.get("rate", 0.5)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ConfigError(f"argument 'rate' of agent 'noisy' is {rate!r}: give a share from 0 to 1")
        if args.get("fault") not in {None, *FAULTS}:
            raise ConfigError(
                f"argument 'fault' of agent 'noisy' is {args['fault']!r}: choose from {', '.join(FAULTS)}"
            )

    def needed(self) -> tuple[UnitName, ...]:
        """Leave out the first required unit when the fault is to forget it."""
        return super().needed()[1:] if self.fault == "forgets" else super().needed()

    def answer(self) -> TextMessage:
        """Guess after a query that failed; else answer as the reference does."""
        broken = _BROKEN.get(self.fault) if self.fault else None
        if broken is None:
            return super().answer()
        self._send(broken)
        return self.say_items(guess(self.record.answer))

    def understood(self) -> dict[UnitName, UnitValue]:
        """Take the window before the one that was told when that is the fault."""
        known = super().understood()
        if self.fault == "wrong_window" and "window" in known:
            known["window"] = _earlier(str(known["window"]))
        return known

    def _send(self, query: str) -> None:
        from simple_salesforce.exceptions import SalesforceError

        try:
            self.context.salesforce.query(query)
        except SalesforceError:
            return


def _earlier(window: str) -> str:
    """Return the window of the same length that ends where this one begins."""
    first, last = (date.fromisoformat(part) for part in window.split("/"))
    return f"{first - (last - first)}/{first}"
