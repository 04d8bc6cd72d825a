"""Long steps take turns: whoever is about to compute for a millisecond or more waits until it is called.

A turn of the event loop runs everything that is ready. When many conversations wake together, their replies are read
and their next messages worded in one such turn, and models that could be asked again wait for all of them. Here only
one long step is let into a turn, so that between any two of them what is short gets through.
"""

import asyncio
from collections import deque
from weakref import WeakKeyDictionary

_Waiting = deque[asyncio.Future[None]]
_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Waiting] = WeakKeyDictionary()
"""Those who wait, by loop; a loop that has an entry calls the next one in its next turn."""


async def long_step() -> None:
    """Return when the running task may compute; the others of its loop wait for a turn of the loop each."""
    loop = asyncio.get_running_loop()
    called = loop.create_future()
    waiting = _loops.get(loop)
    if waiting is None:
        _loops[loop] = waiting = deque()
        loop.call_soon(_call, loop, waiting)
    waiting.append(called)
    await called


def _call(loop: asyncio.AbstractEventLoop, waiting: _Waiting) -> None:
    """Call the first one that still waits, and the next one a turn later."""
    while waiting:
        called = waiting.popleft()
        if not called.done():
            called.set_result(None)
            loop.call_soon(_call, loop, waiting)
            return
    del _loops[loop]
