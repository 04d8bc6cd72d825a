"""An agent behind an OpenAI-compatible chat endpoint that brings its own tools and queries the org itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convsim.models import open_model
from convsim.models.model import ChatMessage, ChatRequest, Model
from convsim.models.reach import check_address
from convsim.records.episode import AgentConfig
from convsim.records.transcript import Usage
from convsim.roles import AgentContext

if TYPE_CHECKING:
    from autogen_agentchat.base import ChatAgent

PATH = "/chat/completions"
"""What is added to the address."""
DEFAULT_TIMEOUT = 300.0
"""Seconds for one reply: the agent behind the endpoint runs its queries in this time."""


@dataclass(frozen=True)
class EndpointFactory:
    """Makes agents that talk to one endpoint."""

    model: Model
    reference: ClassVar[bool] = False

    def __call__(self, given: AgentContext) -> "ChatAgent":
        from convsim.agents.guests import CallableGuest

        return CallableGuest(EndpointCaller(self.model, headers(given)), given.system_prompt)


class EndpointCaller:
    """Sends one conversation to the endpoint and keeps its account."""

    def __init__(self, model: Model, sent: dict[str, str]) -> None:
        self._model = model
        self._headers = sent
        self.usage = Usage()
        self.served_model = ""

    async def __call__(self, messages: Sequence[ChatMessage]) -> str:
        """Return the endpoint's reply to the conversation so far."""
        request = ChatRequest(messages=tuple(messages), extra={"extra_headers": self._headers})
        completion = await self._model.complete(request)
        self.usage += completion.usage
        self.served_model = completion.served_by or self.served_model
        return completion.content


def headers(context: AgentContext) -> dict[str, str]:
    """Return the headers by which the agent finds the org and its own session there."""
    return {
        "X-Salesforce-Instance": context.instance_url,
        "X-Salesforce-Session": context.session_id,
        "X-Convsim-Episode": context.episode,
    }


def endpoint(config: AgentConfig) -> EndpointFactory:
    """Return the factory for an http(s) address; raises ConfigError for a broken one.

    `--agent-args model=NAME` sets the model's name in the request ("agent"); the other arguments are a model's.
    """
    check_address(config.target)
    args: dict[str, Any] = {"timeout": DEFAULT_TIMEOUT, **config.args}
    name = str(args.pop("model", "agent"))
    base = config.target.rstrip("/").removesuffix(PATH)
    return EndpointFactory(open_model(f"hosted_vllm/{name}", base_url=base, args=args))
