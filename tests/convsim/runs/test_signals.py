"""Signals that the system hands to another thread than the main one."""

import asyncio
import signal
import threading
import time

from convsim.runs.signals import ending_signals, woken_by_signals


def test_a_signal_to_another_thread_is_answered_while_the_loop_waits() -> None:
    """As an interrupt does on a busy machine: the main thread sleeps in its loop and is not woken by the system."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()

    async def waiting() -> float:
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        with woken_by_signals(loop), ending_signals(lambda: loop.call_soon_threadsafe(heard.set)):
            threading.Timer(0.2, signal.pthread_kill, (other.ident, signal.SIGINT)).start()
            began = time.monotonic()
            await asyncio.wait_for(heard.wait(), 20)
            return time.monotonic() - began

    try:
        assert asyncio.run(waiting()) < 10
    finally:
        done.set()
        other.join()
