"""Repeating what passes by itself: which failures, how often, how long between.

The pause doubles with each attempt, is spread by a hash of the request (so that a thousand conversations do not knock
at the same moment, yet each run waits alike) and is never shorter than the provider's Retry-After.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from convsim.draws import uniform
from convsim.errors import InfrastructureError

T = TypeVar("T")


class TransientError(Exception):
    """A failure that may pass; `retry_after` is the provider's wish in seconds, `too_fast` that it was a 429."""

    def __init__(self, message: str, retry_after: float | None = None, *, too_fast: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.too_fast = too_fast


async def repeated(
    attempt: Callable[[int], Awaitable[T]], *, retries: int, backoff: float, longest_wait: float, key: str
) -> T:
    """Return what the first successful attempt returns; `attempt` gets its number, from 0.

    Raises InfrastructureError when the last attempt failed too, or when the provider asks for a longer pause than
    `longest_wait` seconds.
    """
    for number in range(retries + 1):
        try:
            return await attempt(number)
        except TransientError as error:
            if number == retries:
                raise InfrastructureError(f"{error} (attempt {number + 1} of {retries + 1})") from error
            wait = pause(number, backoff=backoff, key=key, retry_after=error.retry_after)
            if (error.retry_after or 0) > longest_wait:
                raise InfrastructureError(
                    f"{error} (asked to wait {wait:.0f} s, longest {longest_wait:g} s)"
                ) from error
        await asyncio.sleep(min(wait, longest_wait))
    raise AssertionError("unreachable: the last attempt returns or raises")


def pause(number: int, *, backoff: float, key: str, retry_after: float | None = None) -> float:
    """Return the seconds to wait after attempt `number`: 0.75 to 1.25 times `backoff * 2 ** number`, or Retry-After."""
    spread: float = 0.75 + 0.5 * uniform("retry", key, number)
    return max(backoff * float(2**number) * spread, retry_after or 0.0)


def retry_after(headers: Mapping[str, str] | None) -> float | None:
    """Return the seconds of a Retry-After header, a number or an HTTP date (RFC 9110, 10.2.3); None without one."""
    value = next((v for k, v in (headers or {}).items() if k.lower() == "retry-after"), None)
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _until(value)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _until(moment: str) -> float | None:
    try:
        then = parsedate_to_datetime(moment)
    except ValueError:
        return None
    return max((then.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)
