"""AutoGen's messages and tools in OpenAI's chat format.

AutoGen keeps less than providers send: signed thinking and the text beside a tool call are lost on the way through its
messages. What we said before is therefore looked up in `spoken`, and sent back as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from autogen_core import FunctionCall
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from convsim.errors import AgentError
from convsim.models.model import ChatMessage

Spoken = Mapping[tuple[str, ...], Mapping[str, Any]]
"""By `key`: the fields of an assistant message as the provider sent them."""


def chat(messages: Sequence[LLMMessage], *, spoken: Spoken | None = None) -> tuple[ChatMessage, ...]:
    """Return the messages in chat format: one system message in front, one `tool` message per result.

    Many providers take a single system message only; several are joined in their order.
    """
    system = "\n\n".join(message.content for message in messages if isinstance(message, SystemMessage))
    rest = [part for message in messages for part in _translated(message, spoken or {})]
    return (*([{"role": "system", "content": system}] if system else []), *rest)


def key(content: str | Sequence[FunctionCall]) -> tuple[str, ...]:
    """Return the name under which an assistant message is remembered: its text, or the ids of its calls."""
    return ("text", content) if isinstance(content, str) else ("calls", *(call.id for call in content))


def _translated(message: LLMMessage, spoken: Spoken) -> Iterable[ChatMessage]:
    if isinstance(message, UserMessage):
        return [{"role": "user", "content": _text(message.content)}]
    if isinstance(message, AssistantMessage):
        return [_assistant(message, spoken)]
    if isinstance(message, FunctionExecutionResultMessage):
        return [{"role": "tool", "tool_call_id": r.call_id, "content": r.content} for r in message.content]
    return []


def _assistant(message: AssistantMessage, spoken: Spoken) -> ChatMessage:
    before = spoken.get(key(message.content), {})
    if isinstance(message.content, str):
        return {"role": "assistant", "content": message.content, **before}
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.content
    ]
    return {"role": "assistant", "content": message.thought, "tool_calls": calls, **before}


def _text(content: str | list[Any]) -> str:
    if isinstance(content, str):
        return content
    if all(isinstance(part, str) for part in content):
        return "\n".join(content)
    raise AgentError("the conversation holds an image; only text is sent to models")


def tool(offered: Tool | ToolSchema) -> dict[str, Any]:
    """Return a tool in OpenAI's format; keys that a schema lacks are filled in."""
    schema: Mapping[str, Any] = offered.schema if isinstance(offered, Tool) else offered
    parameters = dict(schema.get("parameters") or {})
    parameters.setdefault("type", "object")
    parameters.setdefault("properties", {})
    function = {"name": schema["name"], "description": schema.get("description", ""), "parameters": parameters}
    if schema.get("strict") is not None:
        function["strict"] = schema["strict"]
    return {"type": "function", "function": function}


def tool_choice(choice: Tool | Literal["auto", "required", "none"], *, tools: bool) -> str | dict[str, Any] | None:
    """Return the choice in OpenAI's format; None where nothing is to be sent."""
    if not tools or choice == "auto":
        return None
    return choice if isinstance(choice, str) else {"type": "function", "function": {"name": choice.schema["name"]}}


def response_format(wanted: bool | type[BaseModel] | None) -> dict[str, Any] | None:
    """Return the response format for JSON (True) or for a pydantic model's schema; None for text."""
    if wanted is None or wanted is False:
        return None
    if wanted is True:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": wanted.__name__, "schema": wanted.model_json_schema()}}
