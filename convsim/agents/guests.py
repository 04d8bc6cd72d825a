"""Foreign agents behind one face: whatever they return becomes a text reply or an AgentError, never a wrong answer."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import ChatAgent, Response, Team
from autogen_agentchat.messages import (
    BaseChatMessage,
    HandoffMessage,
    StopMessage,
    TextMessage,
    ToolCallSummaryMessage,
)
from autogen_core import CancellationToken
from typing_extensions import override

from convsim.agents.reply import reply
from convsim.errors import AgentError
from convsim.records.transcript import Usage
from convsim.roles import AgentContext

_NO_ANSWER: dict[type[BaseChatMessage], str] = {
    ToolCallSummaryMessage: "it ran out of steps (a raw tool result is no reply; raise max_tool_iterations)",
    HandoffMessage: "it handed off to an agent that does not exist here",
}


def guest(made: Any, context: AgentContext, *, name: str) -> "Guest":
    """Return what a factory made as an agent; raises AgentError for what can be none."""
    if isinstance(made, Team):
        return TeamGuest(made)
    if isinstance(made, ChatAgent):
        return AgentGuest(made)
    if inspect.iscoroutinefunction(made) or inspect.iscoroutinefunction(getattr(made, "__call__", None)):  # noqa: B004
        return CallableGuest(made, context.system_prompt)
    if inspect.iscoroutine(made):
        made.close()
    kind = type(made).__name__
    raise AgentError(f"{name} made a {kind}: a ChatAgent, a team or an async function of messages is needed")


class Guest(BaseChatAgent):
    """What the guests have in common."""

    def __init__(self, inner: Any) -> None:
        super().__init__(name="guest", description="An agent from outside.")
        self.inner = inner

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text only."""
        return (TextMessage,)

    @property
    def usage(self) -> Usage | None:
        """What the guest says it consumed, None when it keeps no account."""
        usage = getattr(self.inner, "usage", None)
        return usage if isinstance(usage, Usage) else None

    @property
    def served_model(self) -> str:
        """What the guest says which model served it."""
        return str(getattr(self.inner, "served_model", ""))


class AgentGuest(Guest):
    """A foreign ChatAgent."""

    inner: ChatAgent

    @override
    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return its reply as text; raises AgentError for a message that is no reply."""
        response = await self.inner.on_messages(messages, cancellation_token)
        return Response(chat_message=_as_text(getattr(response, "chat_message", response), self.name))

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Reset it."""
        await self.inner.on_reset(cancellation_token)

    async def close(self) -> None:
        """Let it release what it holds."""
        await self.inner.close()


class TeamGuest(Guest):
    """A foreign team: each user message is a task that continues its conversation; its last message is the reply."""

    inner: Team

    @override
    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return the team's last message as text."""
        last: BaseChatMessage | None = None
        stream = self.inner.run_stream(
            task=list(messages), cancellation_token=cancellation_token, output_task_messages=False
        )
        async for event in stream:
            # A termination condition may close with a StopMessage of its own. The stream must be read to its end:
            # a team that is left before counts as still running.
            if isinstance(event, BaseChatMessage) and not isinstance(event, StopMessage):
                last = event
        if last is None:
            raise AgentError("the team ended without a message")
        return Response(chat_message=_as_text(last, self.name))

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Reset the team."""
        await self.inner.reset()


class CallableGuest(Guest):
    """An async function of the whole conversation in chat format."""

    def __init__(self, function: Any, system_prompt: str) -> None:
        super().__init__(function)
        self._system = [{"role": "system", "content": system_prompt}] if system_prompt else []
        self._messages: list[Mapping[str, str]] = list(self._system)

    @override
    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Return what the function answers."""
        self._messages += [{"role": "user", "content": message.to_model_text()} for message in messages]
        message = _read(await self.inner([dict(each) for each in self._messages]), self.name)
        self._messages.append({"role": "assistant", "content": message.content})
        return Response(chat_message=message)

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Begin anew with the system prompt."""
        self._messages = list(self._system)


def _as_text(message: object, source: str) -> TextMessage:
    for kind, reason in _NO_ANSWER.items():
        if isinstance(message, kind):
            raise AgentError(f"no reply: {reason}")
    if not isinstance(message, BaseChatMessage):
        raise AgentError(f"the agent answered with {type(message).__name__}, not with a chat message")
    return TextMessage(
        content=message.to_model_text(),
        source=source,
        metadata=message.metadata,
        id=message.id,
        created_at=message.created_at,
    )


def _read(answered: object, source: str) -> TextMessage:
    """Return the message for a str or {"content", "final"}; raises AgentError for anything else."""
    if isinstance(answered, str):
        return reply(answered, source=source)
    if not isinstance(answered, Mapping) or not isinstance(answered.get("content"), str):
        raise AgentError(f"the agent answered with {type(answered).__name__}; str or {{content, final}} is needed")
    final = answered.get("final")
    if final is not None and (isinstance(final, str) or not isinstance(final, Sequence)):
        raise AgentError(f"the structured answer is a {type(final).__name__}, not a list")
    items = None if final is None else [str(item) for item in final if item is not None]
    return reply(answered["content"], source=source, final=items)
