"""Ctrl-C and SIGTERM during a run: the first lets it end in good order, the second stops it, the third kills."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def own_handlers(handler: Callable[[int, FrameType | None], object] | None = None) -> Iterator[None]:
    """Answer both signals by a handler, and put back what answered them before, whoever replaced it meanwhile.

    Without a handler they stay as they are until a library takes them (Ray: one that exits). Outside the main thread
    signals are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        for number in ENDING if handler else ():
            signal.signal(number, handler)
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


@contextmanager
def ending_signals(*answers: Callable[[], object]) -> Iterator[None]:
    """Call the n-th answer at the n-th signal; any further one raises KeyboardInterrupt.

    The answers run between two instructions of the main thread, also while the event loop is kept busy; so they may
    only set flags and use `call_soon_threadsafe`.
    """
    left = iter(answers)

    def received(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of signal handlers
        answer = next(left, None)
        if answer is None:
            raise KeyboardInterrupt
        answer()

    with own_handlers(received):
        yield


@contextmanager
def held_back() -> Iterator[None]:
    """Hear of both signals only afterwards, for steps that belong together and take no time."""
    heard: list[int] = []
    try:
        with own_handlers(lambda number, _: heard.append(number)):
            yield
    finally:
        for each in heard:
            signal.raise_signal(each)


@contextmanager
def woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Wake the loop at every signal, whichever thread the system hands it to.

    Python answers signals in its main thread alone. Where foreign agents run on threads of their own, a busy system may
    interrupt one of those, and a loop that waits for them would hear of Ctrl-C only when they are done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        loop.add_reader(ours, ours.recv, 4096)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(ours)
