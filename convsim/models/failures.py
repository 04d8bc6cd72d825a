"""What a provider's failure means for the episode: repeat it, blame the request, or give up."""

from typing import Any

from convsim.errors import AgentError, ContextOverflowError, InfrastructureError, SimulationError
from convsim.models.loading import litellm
from convsim.models.retry import TransientError, retry_after

_TOO_LONG = ("maximum context length", "context window", "prompt is too long", "too many tokens", "context_length")
_SPENT = ("insufficient_quota", "exceeded your current quota", "billing")
LONGEST_MESSAGE = 400
"""Characters of a provider's message that are kept."""


def meaning(error: Exception, *, secrets: tuple[str, ...] = ()) -> SimulationError | TransientError:
    """Return the error to raise instead; its text holds none of the secrets."""
    message = _plain(error, secrets)
    module = litellm()
    if isinstance(error, module.ContextWindowExceededError) or (_says(message, _TOO_LONG) and _status(error) == 400):
        return ContextOverflowError(message)
    if isinstance(error, module.RateLimitError) and _says(message, _SPENT):
        return InfrastructureError(message)
    if _status(error) in {401, 402, 403, 404}:
        return InfrastructureError(message)
    if _status(error) in {400, 413, 422}:
        return AgentError(f"the model refused the request: {message}")
    after = retry_after(getattr(error, "litellm_response_headers", None))
    return TransientError(message, after, too_fast=_status(error) == 429)


def _status(error: Exception) -> int | None:
    status: Any = getattr(error, "status_code", None)
    return int(status) if status else None


def _says(message: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in message.lower() for phrase in phrases)


def _plain(error: Exception, secrets: tuple[str, ...]) -> str:
    text = f"{type(error).__name__}: {error}"
    for secret in secrets:
        text = text.replace(secret, "[key]")
    return " ".join(text.split())[:LONGEST_MESSAGE]
