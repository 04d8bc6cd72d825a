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
def ending_signals(*answers: Callable[[], object]) -> Iterator[None]:
    """Call the n-th answer at the n-th signal; any further one raises KeyboardInterrupt.

    The answers run between two instructions of the main thread, also while the event loop is kept busy; so they may
    only set flags and use `call_soon_threadsafe`. Outside the main thread signals are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    left = iter(answers)

    def received(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of signal handlers
        answer = next(left, None)
        if answer is None:
            raise KeyboardInterrupt
        answer()

    before = {number: signal.signal(number, received) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def own_handlers() -> Iterator[None]:
    """Put back the handlers of both signals that a library replaces by its own (Ray: one that exits)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held_back() -> Iterator[None]:
    """Hear of both signals only afterwards, for steps that belong together and take no time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {number: signal.signal(number, lambda number, _: heard.append(number)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
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
