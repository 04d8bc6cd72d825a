"""A transcript as the judges hear it: every assistant message read once, every release with its turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from convsim.reading.answers import Extraction, extract
from convsim.reading.reader import Reading, read
from convsim.records.ledger import LedgerEntry
from convsim.records.task import Answer, Unit
from convsim.records.transcript import Message, Query, Stop
from personas.units import UnitName


@dataclass(frozen=True, slots=True)
class Heard:
    """One assistant message with what it says."""

    index: int
    """Index in the transcript's messages."""
    turn: int
    """Number of the user's message that it follows; -1 when it comes before any."""
    message: Message
    question: str
    """The user's message that it follows."""
    told: str
    """All that the user said so far: what a direct answer is about may have been named earlier."""
    reading: Reading
    extraction: Extraction

    @property
    def answers(self) -> bool:
        """Whether it gives an answer, right or wrong, in any form."""
        return self.reading.intent == "answer" or self.message.final is not None or self._finds_nothing

    @property
    def asks(self) -> bool:
        """Whether it asks the user for something and answers nothing."""
        return self.reading.intent == "ask" and not self.answers

    @property
    def refuses(self) -> bool:
        """Whether it declines."""
        return self.reading.turn_class in ("explicit_refusal", "other_refusal")

    @property
    def _finds_nothing(self) -> bool:
        return self.reading.intent == "not_found" and self.extraction.none


@dataclass(frozen=True, slots=True)
class Hearing:
    """A whole conversation as heard."""

    messages: tuple[Message, ...]
    heard: tuple[Heard, ...]
    released: dict[UnitName, int]
    """Turn (number of the user's message) of each unit's first release; 0 is the opening."""
    ledger: tuple[LedgerEntry, ...]
    queries: tuple[Query, ...]
    stop: Stop
    sensitive: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the org's own sensitivity.yaml protects; empty where the standard fields count."""

    @property
    def answers(self) -> list[Heard]:
        """The messages that give an answer, in order."""
        return [each for each in self.heard if each.answers]

    @property
    def last_answer(self) -> Heard | None:
        """The last message that gives an answer."""
        return next((each for each in reversed(self.heard) if each.answers), None)

    def withheld(self, units: Sequence[Unit]) -> tuple[UnitName, ...]:
        """Return the required units that the opening did not tell."""
        return tuple(unit.name for unit in units if unit.need == "required" and self.released.get(unit.name, 1) != 0)

    def given(self, unit: UnitName, turn: int) -> bool:
        """Tell whether a unit had been released when the agent replied to user message number `turn`."""
        return unit in self.released and self.released[unit] <= turn


def hear(
    messages: Sequence[Message],
    answer: Answer,
    *,
    ledger: Sequence[LedgerEntry] = (),
    queries: Sequence[Query] = (),
    stop: Stop,
    sensitive: Mapping[str, Mapping[str, str]] | None = None,
) -> Hearing:
    """Return the conversation with every assistant message read."""
    released: dict[UnitName, int] = {}
    for entry in ledger:
        if entry.event == "released" and entry.unit is not None:
            released[entry.unit] = min(entry.turn, released.get(entry.unit, entry.turn))
    return Hearing(
        tuple(messages), _heard(messages, answer), released, tuple(ledger), tuple(queries), stop, sensitive or {}
    )


def _heard(messages: Sequence[Message], answer: Answer) -> tuple[Heard, ...]:
    heard = []
    turn, question, told = -1, "", ""
    for index, message in enumerate(messages):
        if message.role == "user":
            turn, question = turn + 1, message.content
            told = f"{told}\n{question}" if told else question
            continue
        reading = read(message.content, answer=answer, final=message.final)
        extraction = extract(message.content, answer, final=message.final)
        heard.append(Heard(index, turn, message, question, told, reading, extraction))
    return tuple(heard)
