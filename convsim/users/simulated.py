"""The simulated user: it reads, decides, says and checks, keeps the ledger, and ends the conversation by its state.

`SimulatedUser.agent` is an AutoGen ChatAgent that can join any team: without messages it opens, with the agent's
reply it answers, and a StopMessage ends the conversation.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, StopMessage, TextMessage
from autogen_core import CancellationToken

from convsim.errors import SimulationError, UserError
from convsim.reading.contradiction import contradicted
from convsim.reading.reader import Reading, read
from convsim.records.episode import Scenario, UserConfig
from convsim.records.ledger import LedgerEntry
from convsim.records.transcript import ReportCard, Stop, Usage
from convsim.users.check import Checker, Fault
from convsim.users.course import Course
from convsim.users.decide import Decision, decide, opening
from convsim.users.plan import Plan
from convsim.users.reader import ModelReader, Reader, RulesReader, reader_of
from convsim.users.say import Utterance, say
from convsim.users.speaker import Heard, OfflineSpeaker, Speaker, open_speaker
from personas.profile import Profile
from personas.units import UnitName

if TYPE_CHECKING:
    from autogen_core.models import ChatCompletionClient

    from convsim.models.client import ModelClient

_GROUNDING = ("invention", "second_speaker", "stage_direction", "instruction", "empty")


class SimulatedUser:
    """One user in one conversation."""

    def __init__(
        self,
        scenario: Scenario,
        profile: Profile,
        *,
        config: UserConfig | None = None,
        client: "ChatCompletionClient | None" = None,
        reader: "ModelClient | None" = None,
    ) -> None:
        """Play the scenario's user; `client` words its messages and `reader` reads the agent's, where these are open.

        Raises ConfigError when the configuration names a model that cannot be opened.
        """
        self.plan = Plan(scenario, profile)
        self.agent = UserAgent(self)
        self.stop: Stop | None = None
        self.card = ReportCard()
        self._ledger: list[LedgerEntry] = []
        self._course = Course()
        self._checker = Checker(self.plan)
        self._speaker: Speaker = open_speaker(config or UserConfig(), client=client)
        reader = reader or reader_of(config or UserConfig())
        self._reader: Reader = RulesReader() if reader is None else ModelReader(reader)
        self._said: list[tuple[str, str]] = []

    @property
    def ledger(self) -> Sequence[LedgerEntry]:
        """What was released, withheld and asked so far."""
        return self._ledger

    @property
    def usage(self) -> Usage:
        """What the user's models consumed so far."""
        return self._speaker.usage + self._reader.usage

    async def open(self) -> str:
        """Return the first message."""
        return await self._speak(opening(self.plan), clarifying=False)

    async def answer(self, text: str, *, final: Sequence[str] | None = None) -> str:
        """Return the reaction to an agent's message; once it ends the conversation, `stop` is set.

        `final` is the agent's structured answer. Raises UserError when the user cannot speak.
        """
        if self.stop is not None:
            raise UserError("the user has ended the conversation already")
        reading = await self._read(text, final)
        self._checker.hear(text)
        self._said.append(("agent", text))
        decision = decide(self.plan, self._course, reading, ignored=self._ignored(text, reading))
        if decision.act == "unclear":
            self.card = _counted(self.card, unclear=1)
        return await self._speak(decision, clarifying=reading.intent == "ask" and not reading.unclear)

    async def _read(self, text: str, final: Sequence[str] | None) -> Reading:
        """Return what the agent's message does; beside a structured answer no model is asked."""
        wanted = self.plan.task.answer
        rules = read(text, answer=wanted, final=final)
        before = self._said[-1][1] if self._said else ""
        return rules if final is not None else await self._reader.read(text, rules, answer=wanted, before=before)

    def _ignored(self, text: str, reading: Reading) -> tuple[UnitName, ...]:
        if reading.intent != "answer" or reading.form != "in_form" or self._course.pending:
            return ()
        return contradicted(text, [self.plan.units[name] for name in self.plan.units if name in self._course.released])

    async def _speak(self, decision: Decision, *, clarifying: bool) -> str:
        utterance = await self._worded(decision)
        self._record(decision, utterance)
        self._course = self._course.after(decision, clarifying=clarifying)
        self._said.append(("user", utterance.text))
        if decision.stop is not None:
            self.stop = Stop(kind=decision.stop)
        elif not utterance.text.strip():
            raise UserError(f"the user said nothing where it should {decision.act}")
        return utterance.text

    async def _worded(self, decision: Decision) -> Utterance:
        """Return the decision in words: the speaker's, after one retry the template's; every fault is counted."""
        faults: tuple[Fault, ...] = ()
        heard = Heard(self._said, self._course.released)
        for attempt in range(self._speaker.attempts):
            utterance = await self._speaker.word(self.plan, decision, heard, faults=faults)
            faults = self._checker.check(utterance.text, decision, self._course.released)
            self.card = _counted(self.card, retries=int(attempt > 0), **_by_kind(faults))
            if not faults or isinstance(self._speaker, OfflineSpeaker):
                return utterance
        self.card = _counted(self.card, templates=1)
        return say(self.plan, decision)

    def _record(self, decision: Decision, utterance: Utterance) -> None:
        turn = self._course.turn
        for name, reason in decision.told:
            span = utterance.spans.get(name)
            self._ledger.append(LedgerEntry(turn=turn, unit=name, event="released", reason=reason, text_span=span))
        for unit, event, why in decision.events:
            self._ledger.append(LedgerEntry(turn=turn, unit=unit, event=event, reason=why))


class UserAgent(BaseChatAgent):
    """The user as a participant of an AutoGen conversation."""

    def __init__(self, user: SimulatedUser) -> None:
        super().__init__("user", "The person who has a request.")
        self._user = user
        self._number = 0

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text while the conversation goes on, a stop at its end."""
        return (TextMessage, StopMessage)

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return the opening when there is nothing to answer, else the reaction to the last message of others."""
        del cancellation_token
        heard = [each for each in messages if each.source != self.name]
        try:
            text = await self._reaction(heard)
        except SimulationError:
            raise
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise UserError(f"{type(error).__name__}: {error}") from error
        kind = TextMessage if self._user.stop is None else StopMessage
        # A name of our own: AutoGen's asks the system for random bytes, which lets go of the interpreter each time.
        self._number += 1
        return Response(chat_message=kind(content=text, source=self.name, id=f"{self._user.plan.id}-{self._number}"))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """A user lives for one conversation: raise UserError."""
        del cancellation_token
        raise UserError("a simulated user cannot be reset; make a new one for each conversation")

    async def _reaction(self, heard: Sequence[BaseChatMessage]) -> str:
        if not heard:
            return await self._user.open()
        last = heard[-1]
        return await self._user.answer(last.to_model_text(), final=_final(last))


def _final(message: BaseChatMessage) -> tuple[str, ...] | None:
    """Return the structured answer in the message's metadata, None where there is no readable one."""
    packed = message.metadata.get("final")
    if packed is None:
        return None
    try:
        answers = json.loads(packed)
    except ValueError:
        return None
    return tuple(str(each) for each in answers if each is not None) if isinstance(answers, list) else None


def _by_kind(faults: Sequence[Fault]) -> dict[str, int]:
    return {
        "grounding_errors": sum(fault.kind in _GROUNDING for fault in faults),
        "early_reveals": sum(fault.kind == "early" for fault in faults),
        "missed_answers": sum(fault.kind == "missing" for fault in faults),
    }


def _counted(card: ReportCard, **more: int) -> ReportCard:
    """Return the card with these counts added."""
    changed = {name: getattr(card, name) + count for name, count in more.items() if count}
    return card.model_copy(update=changed) if changed else card
