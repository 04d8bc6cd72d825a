"""A person as the agent under test: reads the user at a terminal, asks the org by commands, and replies."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_core import CancellationToken
from typing_extensions import override

from convsim.agents.observation import Observer
from convsim.agents.reply import reply
from convsim.errors import ConfigError, LeftError
from convsim.reading.typed import typed
from convsim.roles import AgentContext, Person

COMMANDS = ("soql", "sosl", "describe", "final", "prompt", "help", "quit")
_SHOWN_FIRST = ("policy", "privacy", "login", "actions")
"""Blocks of the prompt that a person sees before the conversation; `/prompt` shows the others."""


@dataclass(frozen=True)
class HumanFactory:
    """Makes the agent that a person plays."""

    person: Person
    reference: ClassVar[bool] = False

    def __call__(self, given: AgentContext) -> "HumanAgent":
        return HumanAgent(given, self.person)


class HumanAgent(BaseChatAgent):
    """One conversation of a person in the agent's place."""

    def __init__(self, context: AgentContext, person: Person) -> None:
        super().__init__(name="human", description="A person at the terminal.")
        self._prompt = {block.name: block.text for block in context.prompt}
        self._observer = Observer(context.salesforce)
        self._person = person
        self._final: tuple[str, ...] | None = None
        self._begun = False

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text only."""
        return (TextMessage,)

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Forget the recorded answer."""
        self._final = None

    @override
    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return what the person replies; raises LeftError when the person leaves."""
        if not self._begun:
            self._begun = True
            self._person.note("\n\n".join(self._prompt[name] for name in _SHOWN_FIRST if name in self._prompt))
        for message in messages:
            self._person.hear("user", message.to_model_text())
        while not (said := await self._next()):
            continue
        final, self._final = self._final, None
        return Response(chat_message=reply(said, source=self.name, final=final))

    async def _next(self) -> str:
        """Take one line; return what is to be said to the user, "" for a command."""
        # The turn's limit of actions cancels this task, which takes effect here.
        await asyncio.sleep(0)
        line = await self._person.line("agent")
        try:
            command, text = typed(line, COMMANDS)
        except ConfigError as mistake:
            self._person.note(str(mistake))
            return ""
        if command:
            self._person.note(await self._done(command, text))
            return ""
        return text

    async def _done(self, command: str, text: str) -> str:
        """Carry out a command and return what came of it."""
        if command == "quit":
            raise LeftError("the person left the conversation")
        if command == "help":
            return self._prompt.get("actions", "")
        if command == "prompt":
            return self._block(text)
        if command == "final":
            self._final = tuple(each.strip() for each in text.split(";") if each.strip())
            return f"recorded: {', '.join(self._final) or 'no answer'}; now tell the person in your own words"
        if not text:
            return f"/{command} needs {'an object, as in /describe Case' if command == 'describe' else 'a query'}"
        ask = {"soql": self._observer.soql, "sosl": self._observer.sosl, "describe": self._observer.describe}[command]
        return (await ask(text)).text

    def _block(self, name: str) -> str:
        if not name:
            return "\n\n".join(self._prompt.values())
        return self._prompt.get(name, f"there is no block '{name}': choose from {', '.join(self._prompt)}")
