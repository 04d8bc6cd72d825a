"""AutoGen's AssistantAgent with the org's tools: text without a tool call is the reply."""

from collections.abc import Sequence
from typing import Any

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage, ToolCallSummaryMessage
from autogen_core import CancellationToken
from autogen_core.models import CreateResult
from typing_extensions import override

from convsim.agents.modelled import ModelAgent
from convsim.agents.reply import reply
from convsim.agents.tools.workbench import OrgWorkbench
from convsim.errors import AgentError
from convsim.models.client import ModelClient

MAX_ITERATIONS = 25
"""Rounds of tool calls in one turn; AutoGen's default of one would answer with the raw result."""
_REMINDER = "Your last message was empty. Write what you want to say to the person, or call a tool."


class GatedClient(ModelClient):
    """Stops before the next call when a tool broke, so that the failure ends the turn."""

    workbench: OrgWorkbench | None = None

    @override
    async def create(self, *args: Any, **kwargs: Any) -> CreateResult:
        """Return the model's answer; raises what the workbench met."""
        if self.workbench is not None and self.workbench.fault is not None:
            raise self.workbench.fault
        return await super().create(*args, **kwargs)


class ToolsAgent(ModelAgent):
    """Acts by tool calls; keeps AutoGen's agent inside, so that what is no answer never passes for one."""

    def __init__(self, client: ModelClient, workbench: OrgWorkbench, *, system_prompt: str) -> None:
        gated = GatedClient(client.model)
        gated.workbench = workbench
        super().__init__(gated, name="tools", description="A model that acts by tool calls.")
        self._workbench = workbench
        self._agent = AssistantAgent(
            name="tools",
            model_client=gated,
            workbench=workbench,
            system_message=system_prompt or None,
            max_tool_iterations=MAX_ITERATIONS,
        )

    @override
    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Forget the conversation."""
        await self._agent.on_reset(cancellation_token)
        await self._workbench.reset()

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Let the model act until it says something; raises AgentError when it runs out of steps or stays silent."""
        text = await self._said(messages, cancellation_token)
        if not text and self._workbench.final is None:
            text = await self._said([TextMessage(content=_REMINDER, source="environment")], cancellation_token)
        final = self._workbench.take_final()
        if not text and final is None:
            raise AgentError("empty output after a reminder")
        said = text or ", ".join(final or ()) or "There is none."
        return Response(chat_message=reply(said, source=self.name, final=final))

    async def _said(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> str:
        response = await self._agent.on_messages(messages, cancellation_token)
        if isinstance(response.chat_message, ToolCallSummaryMessage):
            raise AgentError(f"no reply after {MAX_ITERATIONS} rounds of tool calls")
        return response.chat_message.to_model_text().strip()
