"""Where a model answers: on this machine, or beyond it; told from name, settings and address, nothing is called."""

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from convsim.errors import ConfigError

_VARIABLES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "anthropic": ("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
    "ollama": ("OLLAMA_API_BASE",),
    "ollama_chat": ("OLLAMA_API_BASE",),
    "hosted_vllm": ("HOSTED_VLLM_API_BASE",),
    "lm_studio": ("LM_STUDIO_API_BASE",),
}
"""Variables by which litellm moves a provider (its docs, page of each provider); any other one counts as remote."""
_AT_HOME = frozenset({"ollama", "ollama_chat"})
"""Providers that answer on loopback unless they are moved."""


def stays_here(model: str, *, base_url: str | None = None) -> bool:
    """Tell whether what a model is sent stays on this machine; where that is not sure, it does not."""
    provider = model.partition("/")[0]
    if provider == "scripted":
        return True
    if base_url:
        return is_loopback(base_url)
    moved = [address for name in _VARIABLES.get(provider, ()) if (address := os.environ.get(name))]
    return all(map(is_loopback, moved)) if moved else provider in _AT_HOME


def is_loopback(address: str) -> bool:
    """Tell whether an address is `localhost`, or a number of the loopback interface."""
    host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_address(address: str) -> None:
    """Raise ConfigError for what is no http(s) address of a server, and for one that holds a password."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"'{address}' is no address of a server: write http(s)://host[:port]/path")
    if parts.username or parts.password:
        raise ConfigError(
            f"the address of {parts.hostname} holds a login, and addresses are stored: set the provider's environment "
            "variable for its key"
        )
