"""Models that Inspect AI calls: `inspect/active` is the one that `inspect eval` was given, `inspect/ROLE` a role's.

Inspect (https://inspect.aisi.org.uk) then does what it does for every model: limits, cache, retries, its log.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from convsim.errors import AgentError, ConfigError, ContextOverflowError, InfrastructureError
from convsim.models.model import ChatMessage, ChatRequest, Completion, FinishReason, ToolCall
from convsim.records.transcript import Usage

ACTIVE = "active"
_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "tool_calls": "stop",
    "max_tokens": "length",
    "content_filter": "content_filter",
}


_beyond: ContextVar[list[Exception]] = ContextVar("beyond")


class InspectModel:
    """Implements `convsim.models.model.Model`; works only inside of `inspect eval`."""

    def __init__(self, name: str) -> None:
        """Take `inspect/active` or `inspect/ROLE`; raises ConfigError without the package."""
        try:
            import inspect_ai.model  # noqa: F401
        except ImportError as error:
            raise ConfigError(f"model '{name}' needs inspect-ai: pip install 'crm-convsim[inspect]'") from error
        self.name = name
        self._role = name.partition("/")[2]

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the completion; see `Model.complete` for the errors, `limits_kept` for Inspect's limits."""
        from inspect_ai.model import get_model
        from inspect_ai.util import LimitExceededError

        model = get_model() if self._role == ACTIVE else get_model(role=self._role)
        messages = [_message(message) for message in request.messages]
        try:
            output = await model.generate(messages, tools=_tools(request), tool_choice=_choice(request))
        except LimitExceededError as error:
            _beyond.get().append(error)
            raise AgentError(f"a limit of the evaluation: {error}") from error
        except Exception as error:
            raise InfrastructureError(f"{model}: {type(error).__name__}: {error}") from error
        if output.stop_reason == "model_length":
            raise ContextOverflowError(f"{model}: the conversation is longer than the model's context")
        return _completion(output)


@contextmanager
def limits_kept() -> Iterator[list[Exception]]:
    """Yield a list that gets Inspect's own exception when a call inside meets a limit, whoever catches it there."""
    token = _beyond.set([])
    try:
        yield _beyond.get()
    finally:
        _beyond.reset(token)


def _message(message: ChatMessage) -> Any:
    """Return a message in Inspect's form. Its own translation needs a newer openai package than litellm takes."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageTool, ChatMessageUser

    content = str(message.get("content") or "")
    match message["role"]:
        case "system":
            return ChatMessageSystem(content=content)
        case "assistant":
            calls = [_call(call) for call in message.get("tool_calls") or ()]
            return ChatMessageAssistant(content=content, tool_calls=calls or None)
        case "tool":
            return ChatMessageTool(content=content, tool_call_id=message["tool_call_id"])
        case _:
            return ChatMessageUser(content=content)


def _call(call: dict[str, Any]) -> Any:
    from inspect_ai.tool import ToolCall as InspectCall

    function = call["function"]
    try:
        arguments = json.loads(function["arguments"] or "{}")
    except ValueError:
        return InspectCall(call["id"], function["name"], {"raw": function["arguments"]}, parse_error="no JSON")
    return InspectCall(call["id"], function["name"], arguments if isinstance(arguments, dict) else {"raw": arguments})


def _tools(request: ChatRequest) -> list[Any]:
    from inspect_ai.tool import ToolInfo

    return [ToolInfo.model_validate(tool["function"]) for tool in request.tools]


def _choice(request: ChatRequest) -> Any:
    from inspect_ai.tool import ToolFunction

    if isinstance(request.tool_choice, dict):
        return ToolFunction(request.tool_choice["function"]["name"])
    return {"required": "any"}.get(request.tool_choice or "auto", request.tool_choice or "auto")


def _completion(output: Any) -> Completion:
    message, used = output.message, output.usage
    return Completion(
        content=message.text,
        usage=Usage(
            calls=1,
            input_tokens=used.input_tokens if used else 0,
            output_tokens=used.output_tokens if used else 0,
            cost_usd=used.total_cost if used else None,
        ),
        tool_calls=tuple(ToolCall(call.id, call.function, _json(call)) for call in message.tool_calls or ()),
        finish=_FINISH.get(output.stop_reason, "unknown"),
        served_by=output.model,
    )


def _json(call: Any) -> str:
    """Return a call's arguments as JSON; what Inspect could not parse stays the text that it was."""
    return str(call.arguments.get("raw", "")) if call.parse_error else json.dumps(call.arguments)
