"""What all reference agents have in common: they listen, keep what they were told, and ask, answer or refuse."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_core import CancellationToken
from typing_extensions import override

from convsim.agents.reference import wording
from convsim.agents.reply import reply
from convsim.reading.values import find_values
from convsim.records.task import UnitValue
from convsim.roles import ReferenceContext
from personas.units import UnitName

MAX_ASKS = 6
"""How often one unit is asked for before the agent gets on without it."""


class Desk(BaseChatAgent):
    """A ChatAgent that knows its task's solution and decides in `speak` what to do with what it was told."""

    title: ClassVar[str]
    """Name on the command line."""
    about: ClassVar[str]
    """What it shows, for lists."""
    options: ClassVar[frozenset[str]] = frozenset()
    """`--agent-args` that it takes."""

    def __init__(self, given: ReferenceContext) -> None:
        super().__init__(name=self.title, description=self.about)
        self.context = given.context
        self.task = given.task
        self.record = given.task.record
        self.known: dict[UnitName, UnitValue] = {}
        """Units that the user has told so far."""
        self.asked: Counter[UnitName] = Counter()
        self._said: Counter[str] = Counter()
        self._heard = 0
        self._learnt = False
        self._solved: tuple[dict[UnitName, UnitValue], tuple[str, ...]] | None = None

    @classmethod
    def check(cls, args: Mapping[str, Any]) -> None:
        """Raise ConfigError for values of `options` that it cannot use."""

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text only."""
        return (TextMessage,)

    @override
    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Listen to what is new and speak; calls the org in-process and does not wait for anything."""
        for message in messages:
            self.hear(message.to_model_text())
        return Response(chat_message=await self.spoken())

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Forget the conversation."""
        self.known.clear()
        self.asked.clear()
        self._said.clear()
        self._heard = 0
        self._solved = None

    async def spoken(self) -> TextMessage:
        """Return the next reply."""
        return self.speak()

    @abstractmethod
    def speak(self) -> TextMessage:
        """Return the next reply."""

    def hear(self, text: str) -> None:
        """Keep the units whose values the text tells."""
        self._heard += 1
        told = [unit for found in find_values(text, self.record.units) if (unit := self.record.unit(found.unit))]
        self.known.update({unit.name: unit.value for unit in told})
        self._learnt = bool(told)

    def ask(self, *units: UnitName) -> TextMessage:
        """Ask for units in one message, each in a sentence of its own and in other words each time."""
        nothing = "again" if all(self.asked[unit] for unit in units) else "nothing"
        lead = "first" if not self.asked else "next" if self._learnt else nothing
        questions = [wording.question(unit, self.record, *self._key, nth=self.asked[unit]) for unit in units]
        self.asked.update(units)
        return self._reply(" ".join((self._phrase(f"leads.{lead}"), *questions)))

    def answer(self) -> TextMessage:
        """Solve the task with what is known and say the result."""
        return self.say_items(self.solution())

    def say_items(self, items: Sequence[str]) -> TextMessage:
        """Say an answer in a sentence, with its structured form."""
        nth = self._said["answers"]
        self._said["answers"] += 1
        return self._reply(wording.answer(items, self.record.answer, *self._key, nth=nth), final=items)

    def solution(self) -> tuple[str, ...]:
        """Return the task's answer for what is known; the org is asked again only when something new was told."""
        known = self.understood()
        if self._solved is None or self._solved[0] != known:
            self._solved = known, self.task.solve(self.context.salesforce, known)
        return self._solved[1]

    def understood(self) -> dict[UnitName, UnitValue]:
        """Return the values that the solution is to use."""
        return dict(self.known)

    def refuse(self) -> TextMessage:
        """Decline politely, with the reason; later refusals refer to the first."""
        return self._reply(self._phrase("refusals.later" if self._said["refusals.first"] else "refusals.first"))

    def stall(self) -> TextMessage:
        """Say something that neither asks nor answers."""
        return self._reply(self._phrase("stalling"))

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.context.seed, self.record.id)

    def _phrase(self, section: str) -> str:
        nth = self._said[section]
        self._said[section] += 1
        return wording.phrase(section, *self._key, nth=nth)

    def _reply(self, text: str, *, final: Sequence[str] | None = None) -> TextMessage:
        return reply(text, source=self.name, final=final)
