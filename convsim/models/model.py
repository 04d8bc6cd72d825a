"""What a model is to us: a chat request in, a completion out, both plain data that a cassette can keep."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from convsim.records.transcript import Usage

ChatMessage = dict[str, Any]
"""A message in OpenAI's chat format, the one format that all providers' translations start from."""
FinishReason = Literal["stop", "length", "content_filter", "unknown"]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One call of a model."""

    messages: tuple[ChatMessage, ...]
    tools: tuple[dict[str, Any], ...] = ()
    """Function tools in OpenAI's format."""
    tool_choice: str | dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Parameters of this call alone."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants called; the arguments are text, JSON or not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back."""

    content: str
    """The text; empty when the model only reasoned or only called tools."""
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    """What a reasoning model lets be seen of its thinking."""
    thinking_blocks: tuple[dict[str, Any], ...] = ()
    """Signed thinking that some providers want back unchanged with the next request."""
    finish: FinishReason = "stop"
    served_by: str = ""
    """Model id and fingerprint as the provider reported them."""


class Model(Protocol):
    """Completes chats; shared by all conversations of a run."""

    @property
    def name(self) -> str:
        """`provider/model`."""

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the completion.

        Raises ContextOverflowError when the request is too long, AgentError when the model refuses it for what it
        says, and InfrastructureError when network, quota or provider fail for good.
        """
