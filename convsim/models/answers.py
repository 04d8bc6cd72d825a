"""A provider's response as a completion: tolerant of everything that providers leave out."""

import json
import re
from typing import Any

from convsim.models.model import Completion, FinishReason, ToolCall
from convsim.models.retry import TransientError
from convsim.records.transcript import Usage

_OPENED = re.compile(r"\s*<think(?:ing)?>", re.IGNORECASE)
_THOUGHT = re.compile(r"\s*(?:<think(?:ing)?>)?((?:(?!<think).)*)</think(?:ing)?>\s*", re.IGNORECASE | re.DOTALL)
_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "content_filter"}


def completion(response: Any, *, retries: int) -> Completion:
    """Return the completion of a litellm ModelResponse; raises TransientError when it holds no choice.

    What the message contains decides, not the finish reason: some providers say "stop" beside tool calls.
    """
    if not response.choices:
        raise TransientError("the provider answered without a choice")
    choice = response.choices[0]
    message = choice.message
    content, thought = unmixed(_held(message.content or ""), cut_off=choice.finish_reason == "length")
    reasoning = _held(getattr(message, "reasoning_content", None) or thought)
    return Completion(
        content=content.lstrip() if reasoning else content,
        usage=usage(response, retries=retries),
        tool_calls=tuple(_call(call, i) for i, call in enumerate(message.tool_calls or ())),
        reasoning=reasoning,
        thinking_blocks=tuple(dict(block) for block in getattr(message, "thinking_blocks", None) or ()),
        finish=_FINISH.get(choice.finish_reason or "", "unknown"),
        served_by=" ".join(filter(None, (response.model, getattr(response, "system_fingerprint", None)))),
    )


def unmixed(content: str, *, cut_off: bool) -> tuple[str, str]:
    """Return what is said and what is thought before it.

    Servers without a parser for a reasoning model leave its thinking in front of the text; where the chat template
    opens the thought, only its end is there. A thought that was cut off is no text either.
    """
    if (found := _THOUGHT.match(content)) is not None:
        return content[found.end() :], found[1].strip()
    if cut_off and (opened := _OPENED.match(content)) is not None:
        return "", content[opened.end() :].strip()
    return content, ""


def usage(response: Any, *, retries: int) -> Usage:
    """Return what the call consumed; the cost is None when tokens or price are unknown."""
    counted = getattr(response, "usage", None)
    tokens = _count(counted, "prompt_tokens"), _count(counted, "completion_tokens")
    return Usage(
        calls=1,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cached_tokens=_count(getattr(counted, "prompt_tokens_details", None), "cached_tokens"),
        reasoning_tokens=_count(getattr(counted, "completion_tokens_details", None), "reasoning_tokens"),
        retries=retries,
        cost_usd=_cost(response) if any(tokens) else None,
    )


def _count(counted: Any, name: str) -> int:
    return int(getattr(counted, name, None) or 0)


def _cost(response: Any) -> float | None:
    cost = (getattr(response, "_hidden_params", None) or {}).get("response_cost")
    return None if cost is None else float(cost)


def _held(text: str) -> str:
    """Return the text without what UTF-8 cannot hold: an escape of half a character, which could never be sent back."""
    return text.encode("utf-8", "replace").decode()


def _call(call: Any, index: int) -> ToolCall:
    arguments = call.function.arguments
    text = _held(arguments) if isinstance(arguments, str) else json.dumps(arguments or {})
    return ToolCall(id=call.id or f"call_{index}", name=call.function.name or "", arguments=text or "{}")
