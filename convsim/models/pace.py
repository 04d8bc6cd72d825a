"""How fast one provider is called: token buckets for what it allows, and a back-off for what it does not say.

The buckets hold one second's worth, so that no minute sees more than its limit by more than a sixtieth. When the
provider answers 429, all calls to it pause together and the number of calls in flight is halved; each success lets it
grow again (additive increase, multiplicative decrease: Chiu and Jain 1989, as in TCP).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

FIRST_PAUSE = 1.0
"""Seconds to pause after a 429 that names no time; doubles while 429s follow each other."""
LONGEST_PAUSE = 60.0
TOLD_PAUSE = 10.0
"""A provider's wish for so many seconds or more is told: a run would seem to hang."""


@dataclass(slots=True)
class Bucket:
    """Fills evenly; what is taken beyond its content has to be waited for."""

    per_minute: float
    content: float = field(init=False)
    filled: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.content = self.capacity

    @property
    def capacity(self) -> float:
        """One second's worth, and at least one."""
        return max(1.0, self.per_minute / 60)

    def wait(self, amount: float) -> float:
        """Return the seconds until the amount can be taken; an amount above the capacity waits for a full bucket."""
        now = time.monotonic()
        self.content = min(self.capacity, self.content + (now - self.filled) * self.per_minute / 60)
        self.filled = now
        return max(0.0, (min(amount, self.capacity) - self.content) * 60 / self.per_minute)

    def take(self, amount: float) -> None:
        """Take the amount; the content may become negative, which later callers wait for."""
        self.content -= amount


class Pace:
    """Lets calls begin in the order in which they ask; None is no limit."""

    def __init__(
        self,
        *,
        requests: float | None = None,
        tokens: float | None = None,
        paused: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Take what is allowed a minute, and who hears of the seconds of a long pause."""
        self._paused = paused
        self._requests = Bucket(requests) if requests else None
        self._tokens = Bucket(tokens) if tokens else None
        self._queue = asyncio.Lock()
        self._freed = asyncio.Event()
        self._flying = 0
        self._window: float | None = None
        """Calls that may be in flight; None until the provider first complains."""
        self._resumes = 0.0
        self._pause = FIRST_PAUSE

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[None]:
        """Enter when a call of about so many tokens may begin; leave when it has ended."""
        await self._admitted(tokens)
        self._flying += 1
        try:
            yield
        finally:
            self._flying -= 1
            self._freed.set()

    async def _admitted(self, tokens: int) -> None:
        async with self._queue:
            while self._window is not None and self._flying >= max(1, int(self._window)):
                self._freed.clear()
                await self._freed.wait()
            while (wait := self._wait(tokens)) > 0:
                await asyncio.sleep(wait)
        if self._requests is not None:
            self._requests.take(1)
        if self._tokens is not None:
            self._tokens.take(tokens)

    def _wait(self, tokens: int) -> float:
        waits = [self._resumes - time.monotonic()]
        if self._requests is not None:
            waits.append(self._requests.wait(1))
        if self._tokens is not None:
            waits.append(self._tokens.wait(tokens))
        return max(waits)

    def succeeded(self, *, expected: int, tokens: int) -> None:
        """Learn from a call that was answered: what it really took, and that there is room for another."""
        if self._tokens is not None:
            self._tokens.take(tokens - expected)
        self._pause = FIRST_PAUSE
        if self._window is not None:
            self._window += 1 / self._window

    def refused(self, retry_after: float | None) -> None:
        """Learn from a 429: everybody pauses; those in flight at the same moment count as one complaint."""
        now = time.monotonic()
        if now >= self._resumes:
            self._window = max(1.0, (self._window or self._flying) / 2)
            self._pause, pause = min(2 * self._pause, LONGEST_PAUSE), self._pause
        else:
            pause = 0.0
        resumes = now + (retry_after if retry_after is not None else pause)
        if resumes - max(now, self._resumes) >= TOLD_PAUSE:
            self._paused(resumes - now)
        self._resumes = max(self._resumes, resumes)
