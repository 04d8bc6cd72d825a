"""A person as the user: sees the persona and the task card, says what they like, and ends the conversation.

The ledger notes what each message tells, by the same search for values by which the simulated user is checked.
"""

import json
from collections.abc import Iterator, Sequence

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, StopMessage, TextMessage
from autogen_core import CancellationToken

from convsim.errors import ConfigError, LeftError, UserError
from convsim.reading.asking import resolve
from convsim.reading.reader import Reading, read
from convsim.reading.typed import typed
from convsim.records.episode import Scenario
from convsim.records.ledger import LedgerEntry, LedgerReason
from convsim.records.transcript import ReportCard, Stop, StopKind, Usage
from convsim.roles import Person
from convsim.users.card import COMMANDS_TOLD, persona_told, task_card
from convsim.users.plan import Plan
from personas.profile import Profile
from personas.units import UnitName

ENDS: dict[str, StopKind] = {"done": "satisfied", "giveup": "gave_up", "refused": "refused"}
"""Commands that end the conversation, and how it then ended."""
COMMANDS = (*ENDS, "card", "persona", "help", "quit")


class HumanUser:
    """One conversation of a person in the user's place; implements `convsim.roles.User`."""

    def __init__(self, scenario: Scenario, profile: Profile, person: Person) -> None:
        self.plan = Plan(scenario, profile)
        self.agent = HumanUserAgent(self)
        self.stop: Stop | None = None
        self.card = ReportCard()
        self.usage = Usage()
        self._person = person
        self._ledger: list[LedgerEntry] = []
        self._released: set[UnitName] = set()
        self._turn = 0

    @property
    def ledger(self) -> Sequence[LedgerEntry]:
        """What was told, and what was asked for and not told, so far."""
        return self._ledger

    async def open(self) -> str:
        """Return the first message."""
        self._person.note(f"{persona_told(self.plan.profile)}\n\n{task_card(self.plan)}\n\n{COMMANDS_TOLD}")
        return await self._say(None)

    async def answer(self, text: str, *, final: Sequence[str] | None = None) -> str:
        """Return the reaction to an agent's message; once it ends the conversation, `stop` is set."""
        self._person.hear("agent", text if final is None else f"{text}\n[final: {'; '.join(final) or 'none'}]")
        return await self._say(read(text, answer=self.plan.task.answer, final=final))

    async def _say(self, reading: Reading | None) -> str:
        """Take lines until one is said, or ends the conversation."""
        while True:
            line = await self._person.line("user")
            try:
                command, text = typed(line, COMMANDS)
            except ConfigError as mistake:
                self._person.note(str(mistake))
                continue
            if command in ENDS and reading is not None:
                self.stop = Stop(kind=ENDS[command])
            elif command:
                self._person.note(self._shown(command))
                continue
            if text or self.stop:
                self._note(text, reading)
                return text

    def _shown(self, command: str) -> str:
        if command == "quit":
            raise LeftError("the person left the conversation")
        if command in ENDS:
            return "say your request first"
        return {"card": task_card(self.plan), "persona": persona_told(self.plan.profile), "help": COMMANDS_TOLD}[
            command
        ]

    def _note(self, text: str, reading: Reading | None) -> None:
        """Enter what a message tells into the ledger, and tell the person."""
        entries = list(self._entries(text, reading))
        self._ledger += entries
        self._released |= {each.unit for each in entries if each.unit and each.event == "released"}
        self._turn += 1
        told = (f"{e.unit} {e.event.replace('_', ' ')}{f' ({e.reason})' if e.reason else ''}" for e in entries)
        if noted := "; ".join(told).replace("_", " "):
            self._person.note(f"ledger: {noted}")

    def _entries(self, text: str, reading: Reading | None) -> Iterator[LedgerEntry]:
        """Yield the units that a message tells, then those that were asked for and are not told."""
        asked = _asked(reading, self.plan)
        spans: dict[UnitName, tuple[int, int]] = {}
        for found in self.plan.values.find(text):
            spans.setdefault(found.unit, (found.start, found.end))
        for unit, span in spans.items():
            if unit not in self._released or unit in asked.values():
                reason = _reason(unit, reading, asked)
                yield LedgerEntry(turn=self._turn, unit=unit, event="released", reason=reason, text_span=span)
        for name, held in asked.items():
            if held is None:
                yield LedgerEntry(turn=self._turn, unit=name, event="asked_unknown")
            elif held not in spans and held not in self._released:
                yield LedgerEntry(turn=self._turn, unit=held, event="withheld")


class HumanUserAgent(BaseChatAgent):
    """The person as a participant of an AutoGen conversation."""

    def __init__(self, user: HumanUser) -> None:
        super().__init__("user", "The person who has a request.")
        self._user = user

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text while the conversation goes on, a stop at its end."""
        return (TextMessage, StopMessage)

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return the opening when there is nothing to answer, else the reaction to the last message of others."""
        del cancellation_token
        heard = [each for each in messages if each.source != self.name]
        text = await self._user.answer(heard[-1].to_model_text(), final=_final(heard[-1])) if heard else (
            await self._user.open())  # fmt: skip
        if self._user.stop is not None:
            return Response(chat_message=StopMessage(content=text, source=self.name))
        return Response(chat_message=TextMessage(content=text, source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """A user lives for one conversation: raise UserError."""
        del cancellation_token
        raise UserError("a user cannot be reset; make a new one for each conversation")


def _asked(reading: Reading | None, plan: Plan) -> dict[UnitName, UnitName | None]:
    """Return the units asked about with what the task holds in their place; who is speaking is no unit."""
    named = [each.unit for each in (reading.asked if reading else ())]
    identity = reading is not None and reading.identity
    return {name: resolve(name, plan.units) for name in named if not (identity and name == "customer")}


def _reason(unit: UnitName, reading: Reading | None, asked: dict[UnitName, UnitName | None]) -> LedgerReason:
    if reading is None:
        return "opening"
    if unit in asked.values():
        return "asked"
    return "open_question" if reading.intent == "ask" and not any(asked.values()) else "volunteered"


def _final(message: BaseChatMessage) -> tuple[str, ...] | None:
    """Return the structured answer in the message's metadata, None where there is no readable one."""
    packed = message.metadata.get("final")
    try:
        answers = None if packed is None else json.loads(packed)
    except ValueError:
        return None
    return tuple(str(each) for each in answers if each is not None) if isinstance(answers, list) else None
