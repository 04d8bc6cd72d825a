"""The disclosure ledger: which unit was released when and why."""

from typing import Literal

from convsim.records.record import Record
from personas.units import UnitName

LedgerEvent = Literal["released", "asked_unknown", "withheld", "unclear"]
LedgerReason = Literal["opening", "asked", "open_question", "volunteered", "corrected", "forgot"]


class LedgerEntry(Record):
    """One event of one user message."""

    turn: int
    """Number of the user's message, 0 is the opening."""
    unit: UnitName | None
    """The unit concerned; None when the message as a whole was unclear."""
    event: LedgerEvent
    """Released; asked for but not in the task; known but withheld; or the agent's message was not understood."""
    reason: LedgerReason | None = None
    """Why it was released or withheld."""
    text_span: tuple[int, int] | None = None
    """Code points [start, end) of the released wording in the user's message."""
