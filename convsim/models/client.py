"""The AutoGen client over any model: translates, remembers what the model said, and keeps the account.

One client per conversation and role (`fork`), one model for all of them.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal, Self

from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelInfo,
    RequestUsage,
)
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from convsim.models.messages import chat, key, response_format, tool, tool_choice
from convsim.models.model import ChatRequest, Completion, Model
from convsim.records.transcript import Usage

CHARS_PER_TOKEN = 4
"""For the estimate of `count_tokens`, which AutoGen's truncating contexts ask for."""
CONTEXT_TOKENS = 128_000


class ModelClient(ChatCompletionClient):
    """A ChatCompletionClient with an account (`usage`) of its own."""

    component_config_schema = BaseModel
    component_type = "model"

    def __init__(self, model: Model) -> None:
        self.model = model
        self.usage = Usage()
        self.served_model = ""
        """Model id and fingerprint as last reported."""
        self._last = RequestUsage(0, 0)
        self._spoken: dict[tuple[str, ...], dict[str, Any]] = {}

    def fork(self) -> Self:
        """Return a client on the same model with an empty account and memory."""
        return type(self)(self.model)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model.name!r})"

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = (),
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        """Return the model's answer; raises the errors of `Model.complete`, CancelledError when the token says so."""
        request = self._request(messages, tools, tool_choice, json_output=json_output, extra=extra_create_args)
        # The token cancels futures: a coroutine linked to it would run on.
        task = asyncio.ensure_future(self.model.complete(request))
        if cancellation_token is not None:
            cancellation_token.link_future(task)
        return self._entered(await task)

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = (),
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """Yield the whole answer at once: nothing here gains by streaming, and usage is complete this way."""
        yield await self.create(
            messages,
            tools=tools,
            tool_choice=tool_choice,
            json_output=json_output,
            extra_create_args=extra_create_args,
            cancellation_token=cancellation_token,
        )

    def _request(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[Tool | ToolSchema],
        choice: Tool | Literal["auto", "required", "none"],
        *,
        json_output: bool | type[BaseModel] | None,
        extra: Mapping[str, Any] | None,
    ) -> ChatRequest:
        return ChatRequest(
            messages=chat(messages, spoken=self._spoken),
            tools=tuple(tool(offered) for offered in tools),
            tool_choice=tool_choice(choice, tools=bool(tools)),
            response_format=response_format(json_output),
            extra=dict(extra or {}),
        )

    def _entered(self, completion: Completion) -> CreateResult:
        """Enter the completion into the account and the memory; return it in AutoGen's words."""
        self.usage += completion.usage
        self.served_model = completion.served_by or self.served_model
        self._last = RequestUsage(completion.usage.input_tokens, completion.usage.output_tokens)
        calls = [FunctionCall(id=c.id, name=c.name, arguments=c.arguments) for c in completion.tool_calls]
        content: str | list[FunctionCall] = calls or completion.content
        self._remember(content, completion)
        return CreateResult(
            finish_reason="function_calls" if calls else completion.finish,
            content=content,
            usage=self._last,
            cached=False,
            thought=completion.reasoning or (completion.content if calls else "") or None,
        )

    def _remember(self, content: str | list[FunctionCall], completion: Completion) -> None:
        fields: dict[str, Any] = {"content": completion.content or None} if isinstance(content, list) else {}
        if completion.thinking_blocks:
            fields["thinking_blocks"] = list(completion.thinking_blocks)
        if fields:
            self._spoken[key(content)] = fields

    async def close(self) -> None:
        """Do nothing: connections belong to the event loop and are shared."""

    def actual_usage(self) -> RequestUsage:
        """Return the tokens of the last call."""
        return self._last

    def total_usage(self) -> RequestUsage:
        """Return the tokens of all calls of this client."""
        return RequestUsage(self.usage.input_tokens, self.usage.output_tokens)

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = ()) -> int:
        """Return an estimate at four characters a token."""
        parts = [*chat(messages), *(tool(offered) for offered in tools)]
        return sum(len(str(part)) for part in parts) // CHARS_PER_TOKEN

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = ()) -> int:
        """Return an estimate of what is left of a common context window."""
        return CONTEXT_TOKENS - self.count_tokens(messages, tools=tools)

    @property
    def capabilities(self) -> ModelCapabilities:
        """Return AutoGen's older form of `model_info`."""
        return {"vision": False, "function_calling": True, "json_output": True}

    @property
    def model_info(self) -> ModelInfo:
        """Return what agents may ask of any model; loads nothing."""
        return ModelInfo(
            vision=False,
            function_calling=True,
            json_output=True,
            structured_output=True,
            family="unknown",
            multiple_system_messages=True,
        )
