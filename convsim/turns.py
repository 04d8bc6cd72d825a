"""Long steps take turns: whoever is about to compute for a millisecond or more waits until it is called.

A turn of the event loop runs everything that is ready. When many conversations wake together, their replies are read
and their next messages worded in one such turn, and models that could be asked again wait for all of them. Here only
one long step is let into a turn, so that between any two of them what is short gets through.
"""

import asyncio
from collections import deque
from weakref import WeakKeyDictionary

PATIENT = 16
"""Of so many turns one is for those who have patience, whoever else waits."""


class _Waiting:
    """Those of one loop who wait."""

    def __init__(self) -> None:
        self._pressing: deque[asyncio.Future[None]] = deque()
        self._patient: deque[asyncio.Future[None]] = deque()
        self._calls = 0

    def add(self, called: asyncio.Future[None], *, patient: bool) -> None:
        (self._patient if patient else self._pressing).append(called)

    def next(self) -> asyncio.Future[None] | None:
        """Return whose turn it is, None when nobody waits any more."""
        self._calls += 1
        first, second = self._pressing, self._patient
        if not self._calls % PATIENT:
            first, second = second, first
        for queue in (first, second):
            while queue:
                if not (called := queue.popleft()).done():
                    return called
        return None


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Waiting] = WeakKeyDictionary()
"""A loop that has an entry calls the next one in its next turn."""


async def long_step(*, patient: bool = False) -> None:
    """Return when the running task may compute; the others of its loop wait for a turn of the loop each.

    A patient one lets those go first for whom a model or a user is waited.
    """
    loop = asyncio.get_running_loop()
    called = loop.create_future()
    waiting = _loops.get(loop)
    if waiting is None:
        _loops[loop] = waiting = _Waiting()
        loop.call_soon(_call, loop, waiting)
    waiting.add(called, patient=patient)
    await called


def _call(loop: asyncio.AbstractEventLoop, waiting: _Waiting) -> None:
    """Call the next one, and another a turn later."""
    if (called := waiting.next()) is None:
        del _loops[loop]
        return
    called.set_result(None)
    loop.call_soon(_call, loop, waiting)
