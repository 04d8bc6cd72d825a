"""What a model takes, asked before the first call: provider, key and every parameter."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from convsim.errors import ConfigError, unknown
from convsim.models.loading import litellm

_REQUEST = {"model", "messages", "tools", "tool_choice", "functions", "function_call", "stream", "stream_options", "n"}
"""Parameters that a conversation sets itself."""
_TRANSPORT = {"max_retries", "num_retries", "extra_headers"}
_ANYWHERE = {"extra_body", "api_version"}
"""Taken for every provider: they change the transport or are handed through as they are."""
_USUAL = ("openai", "anthropic", "gemini", "mistral", "deepseek", "groq", "openrouter", "azure", "bedrock", "vertex_ai",
          "ollama", "ollama_chat", "hosted_vllm", "lm_studio")  # fmt: skip
"""Providers that are named first where one is misspelt beyond guessing."""
_INSTEAD = {
    "tools": "act by text with --style react, or take another model",
    "response_format": "take another model, which can answer in a given form",
}
"""What to do where a model lacks what its role needs."""
_ADVICE = re.compile(r"litellm\.\w+: |\s*To drop (?:unsupported|these).*$", re.IGNORECASE)
"""What litellm says to those who call it themselves."""

NO_KEY = "none"
"""Sent to a server that wants no key."""


def check(name: str, given: Mapping[str, Any], *, needs: Sequence[str] = ()) -> None:
    """Raise ConfigError unless the provider exists and the model takes every parameter with its value.

    `needs` are parameters that nobody gives and every call sends, such as `tools`.
    """
    model, provider = provider_of(name)
    taken = set(litellm().get_supported_openai_params(model, custom_llm_provider=provider) or ())
    if lacking := [parameter for parameter in needs if parameter not in taken]:
        raise ConfigError(f"{name} takes no {' and no '.join(lacking)}: {_INSTEAD[lacking[0]]}")
    allowed = sorted((taken - _REQUEST - _TRANSPORT) | _ANYWHERE)
    for parameter in given:
        if parameter not in allowed:
            raise unknown(f"argument for {name}", parameter, allowed, remedy="(nothing is dropped silently)")
    try:
        litellm().get_optional_params(
            model=model,
            custom_llm_provider=provider,
            drop_params=False,
            **{parameter: value for parameter, value in given.items() if parameter not in _ANYWHERE},
        )
    except Exception as error:  # noqa: BLE001 - providers raise many types
        told = _ADVICE.sub("", " ".join(str(error).split()))
        raise ConfigError(f"{name} does not take these arguments, and nothing is dropped silently: {told}") from None


def provider_of(name: str) -> tuple[str, str]:
    """Return model and provider; raises ConfigError for a provider that litellm does not know."""
    try:
        model, provider, _, _ = litellm().get_llm_provider(name)
    except litellm().BadRequestError:
        providers = [str(getattr(each, "value", each)) for each in litellm().provider_list]
        usual = [*_USUAL, *(each for each in providers if each not in _USUAL)]
        raise unknown("model provider", name.split("/", maxsplit=1)[0], usual) from None
    return str(model), str(provider)


def key(name: str, *, base_url: str | None) -> str | None:
    """Return the key to send; None leaves it to whatever else the provider takes.

    A server at an address of one's own often wants none, but clients insist on one: `NO_KEY` is sent.
    Raises ConfigError when the provider needs a key and its environment variable is missing.
    """
    _, provider = provider_of(name)
    if found := os.environ.get(f"{provider.upper()}_API_KEY"):
        return found
    missing = litellm().validate_environment(name).get("missing_keys") or []
    if missing and base_url is None:
        raise ConfigError(f"{name} needs {' and '.join(missing)} in the environment (or a server's --...-base-url)")
    return NO_KEY if missing else None
