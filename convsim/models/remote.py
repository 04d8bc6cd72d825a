"""A model behind a provider's API, reached through litellm, with our own retries, limits and account."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from convsim.draws import fingerprint
from convsim.models import answers, options, parameters
from convsim.models.failures import meaning
from convsim.models.loading import litellm
from convsim.models.model import ChatMessage, ChatRequest, Completion
from convsim.models.reach import check_address
from convsim.models.retry import TransientError, repeated
from convsim.models.traffic import current_pace

CHARS_PER_TOKEN = 4
"""For the tokens that a request is expected to take, until the provider says what it took."""


class RemoteModel:
    """Any `provider/model` that litellm knows; raises ConfigError when it cannot work as configured."""

    def __init__(
        self, name: str, *, base_url: str | None = None, args: Mapping[str, Any], needs: Sequence[str] = ()
    ) -> None:
        """Take the model's parameters and our options; `needs` are parameters that its role will send."""
        self.name = name
        self._options, self._parameters = options.split(args)
        self._base_url = base_url
        if base_url is not None:
            check_address(base_url)
        parameters.check(name, self._parameters, needs=needs)
        self._key = parameters.key(name, base_url=base_url)

    def __repr__(self) -> str:
        return f"RemoteModel({self.name!r})"

    async def complete(self, request: ChatRequest) -> Completion:
        """Return the completion; see `Model.complete` for the errors."""
        call = self._call(request)

        async def attempt(number: int) -> Completion:
            return await self._attempt(call, number)

        return await repeated(
            attempt,
            retries=self._options.retries,
            backoff=self._options.backoff,
            longest_wait=self._options.longest_wait,
            key=fingerprint(self.name, json.dumps(call["messages"], default=str)),
        )

    async def _attempt(self, call: dict[str, Any], number: int) -> Completion:
        """Call once, when the provider's pace allows it."""
        pace = current_pace(self.name.partition("/")[0])
        expected = len(str(call["messages"])) // CHARS_PER_TOKEN
        async with pace.turn(expected):
            try:
                completion = await self._called(call, number)
            except TransientError as error:
                if error.too_fast:
                    pace.refused(error.retry_after)
                raise
        used = completion.usage.input_tokens + completion.usage.output_tokens
        pace.succeeded(expected=expected, tokens=used)
        return completion

    async def _called(self, call: dict[str, Any], number: int) -> Completion:
        secrets = (self._key,) if self._key and self._key != parameters.NO_KEY else ()
        try:
            response = await litellm().acompletion(
                **call,
                api_key=self._key,
                api_base=self._base_url,
                timeout=self._options.timeout,
                max_retries=0,
                num_retries=0,
            )
        except Exception as error:  # noqa: BLE001 - litellm raises whatever its providers' code raises
            raise meaning(error, secrets=secrets, where=self._base_url or "") from None
        return answers.completion(response, retries=number)

    def _call(self, request: ChatRequest) -> dict[str, Any]:
        given = {
            "tools": list(request.tools) or None,
            "tool_choice": request.tool_choice,
            "response_format": request.response_format,
        }
        return {
            "model": self.name,
            "messages": [self._addressed(message) for message in request.messages],
            **self._parameters,
            **{name: value for name, value in given.items() if value is not None},
            **request.extra,
        }

    def _addressed(self, message: ChatMessage) -> ChatMessage:
        return {**message, "role": self._options.system_role} if message["role"] == "system" else message
