"""Ctrl-C and SIGTERM during a run: the first lets it end in good order, the second stops it, the third kills."""

import signal
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
