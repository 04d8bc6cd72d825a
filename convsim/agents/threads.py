"""Threads for agents of other people: each conversation's agent has an event loop of its own and can be given up.

Foreign code may block (`time.sleep`, a synchronous client), loop without end or call `sys.exit`. On the run's own loop
that would hold up every other conversation, all time limits and Ctrl-C. A thread serves one conversation at a time and
then the next one; an agent that does not let go of its thread is given up together with it.
"""

import asyncio
import ctypes
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PING_SECONDS = 0.2
"""Within this time a thread whose agent awaits something answers."""
LEAVE_SECONDS = 1.0
"""Time for an agent to close what it holds after its conversation."""


class _GivenUp(SystemExit):
    """Raised inside a thread that was given up; a SystemExit, because agents catch Exception and nobody prints it."""


class _Helpers(ThreadPoolExecutor):
    """The threads of `asyncio.to_thread`, which Python waits for when a process ends; knows whether any is at work."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="convsim-guest-helper")
        self._open: set[Future[Any]] = set()

    def submit(self, function: Callable[..., T], /, *args: Any, **named: Any) -> "Future[T]":
        """Let a thread call the function."""
        future = super().submit(function, *args, **named)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    @property
    def busy(self) -> bool:
        """Whether a call has not returned yet."""
        return bool(self._open)


class GuestThread:
    """A daemon thread with an event loop, for one conversation at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._helpers = _Helpers()
        self._loop.set_default_executor(self._helpers)
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="convsim-guest", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what the coroutine returns that `work` makes; it runs on this thread with the caller's context.

        When the caller is cancelled this returns at once, whether or not the work heeds its own cancellation.
        """
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(_begin, work, done)
        return await asyncio.wrap_future(done)

    async def answers(self) -> bool:
        """Return whether the thread's loop still turns: False while something blocks it."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self.run(_nothing)
        except TimeoutError:
            return False
        return True

    def place(self) -> str:
        """Return where the thread is at the moment, as `file:line`, innermost call first; empty when it has ended."""
        frame = sys._current_frames().get(self._thread.ident or 0)
        if frame is None:
            return ""
        innermost = traceback.extract_stack(frame)[-1]
        return f"{Path(innermost.filename).name}:{innermost.lineno}"

    async def clear(self, closing: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Run `closing`, end all tasks that are left, and return whether that was done within LEAVE_SECONDS."""
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.run(lambda: _leave(closing))
        except TimeoutError:
            return False
        return not self._helpers.busy

    def give_up(self) -> None:
        """Leave the thread to itself: whatever Python code it runs is ended from outside, what blocks in C stays."""
        _given_up.append(self._helpers)
        self._loop.set_exception_handler(lambda *_: None)
        self._helpers.shutdown(wait=False, cancel_futures=True)
        self._ended = True
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(_GivenUp))

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._ended:
            # A task that calls sys.exit ends the loop's turn; the conversation learns of it from the task itself.
            with suppress(SystemExit, KeyboardInterrupt):
                self._loop.run_forever()
        self._loop.close()


_idle: list[GuestThread] = []
_given_up: list[_Helpers] = []


def take() -> GuestThread:
    """Return a thread that serves nobody."""
    try:
        return _idle.pop()
    except IndexError:
        return GuestThread()


def give_back(thread: GuestThread) -> None:
    """Keep a thread that was cleared for the next conversation."""
    _idle.append(thread)


def hold_the_process() -> bool:
    """Return whether agents that were given up have left threads at work for whose end the process would wait."""
    main = threading.main_thread()
    own = (thread for thread in threading.enumerate() if thread is not main and not thread.daemon)
    return any(helpers.busy for helpers in _given_up) or (bool(_given_up) and any(own))


def _begin(work: Callable[[], Coroutine[Any, Any, T]], done: "Future[T]") -> None:
    """Begin the work on this thread's loop, unless nobody waits for it any more."""
    if done.cancelled():
        return
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work())

    def cancelled(_: "Future[T]") -> None:
        if done.cancelled():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)

    def ended(_: "asyncio.Task[T]") -> None:
        # Asking for the error marks it as seen; the waiting side may have gone in the meantime.
        error = None if task.cancelled() else task.exception()
        with suppress(InvalidStateError):
            if task.cancelled():
                done.cancel()
            elif error is not None:
                done.set_exception(error)
            else:
                done.set_result(task.result())

    done.add_done_callback(cancelled)
    task.add_done_callback(ended)


async def _nothing() -> None:
    """Show that the loop turns."""


async def _leave(closing: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await closing()
    except (asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001, S110 - foreign code may raise anything; the conversation is over
        pass
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
