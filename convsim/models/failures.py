"""What a provider's failure means for the episode: repeat it, blame the request, or give up."""

import re
from typing import Any

from convsim.errors import AgentError, ContextOverflowError, InfrastructureError, SimulationError
from convsim.models.loading import litellm
from convsim.models.retry import TransientError, retry_after

_TOO_LONG = (
    *("maximum context length", "context window", "context_length", "context size", "context length of"),
    *("prompt is too long", "too many tokens", "maximum prompt length", "input is too long"),
    *("reduce the length of the messages", "model token limit"),
)
"""How providers say that a conversation is longer than the model takes, where litellm does not say it for them."""
_SPENT = ("insufficient_quota", "exceeded your current quota", "billing")
_UNHEARD = ("connection error", "cannot connect", "timed out")
LONGEST_MESSAGE = 400
"""Characters of a provider's message that are kept."""
SHORTEST_SECRET = 6
"""Characters of a key that is one; what people write where a server wants no key ("x") would blot out whole words."""
_ADDRESS = re.compile(r" ssl:<[^<>]*>| at 0x[0-9a-f]+")
"""What is different in each process and of no use to anybody."""


def meaning(error: Exception, *, secrets: tuple[str, ...] = (), where: str = "") -> SimulationError | TransientError:
    """Return the error to raise instead; its text holds none of the secrets, and `where` when nobody answered there."""
    said, message, status = str(error), _plain(error, secrets), _status(error)
    module = litellm()
    too_long = isinstance(error, module.ContextWindowExceededError) or (status == 400 and _says(said, _TOO_LONG))
    # litellm takes a 413 for a 429; what the server answered stands in the error behind it.
    if too_long or 413 in (status, _status(error.__context__)):
        return ContextOverflowError(message)
    if isinstance(error, module.RateLimitError) and _says(said, _SPENT):
        return InfrastructureError(message)
    if status in {401, 402, 403, 404}:
        return InfrastructureError(message)
    if status in {400, 422}:
        return AgentError(f"the model refused the request: {message}")
    after = retry_after(getattr(error, "litellm_response_headers", None))
    asked = f" (at {where})" if where and _says(said, _UNHEARD) else ""
    return TransientError(message + asked, after, too_fast=status == 429)


def _status(error: BaseException | None) -> int | None:
    status: Any = getattr(error, "status_code", None)
    return int(status) if status else None


def _says(message: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in message.lower() for phrase in phrases)


def _plain(error: Exception, secrets: tuple[str, ...]) -> str:
    text = _ADDRESS.sub("", f"{type(error).__name__}: {error}")
    for secret in secrets:
        text = text.replace(secret, "[key]") if len(secret) >= SHORTEST_SECRET else text
    return " ".join(text.split())[:LONGEST_MESSAGE]
