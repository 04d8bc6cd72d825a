"""Ctrl-C and SIGTERM outside of conversations: both end a command in the same words, with exit code 3."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click


class _Interrupts:
    """The handler of both signals: raises KeyboardInterrupt, and remembers it where some library swallows that."""

    def __init__(self) -> None:
        self.heard = False

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of signal handlers
        self.heard = True
        raise KeyboardInterrupt


@contextmanager
def heard() -> Iterator[None]:
    """Take SIGTERM like Ctrl-C; whatever error follows one of them becomes `click.Abort`.

    A signal that the process was begun to pass over (`nohup`, a job in the background) stays passed over. Outside the
    main thread signals are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupts = _Interrupts()
    both = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupts) for number in both}
    try:
        yield
    except KeyboardInterrupt:
        raise click.Abort from None
    except Exception as error:
        if interrupts.heard and not isinstance(error, click.Abort):
            raise click.Abort from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def resumable() -> Iterator[None]:
    """Tell of a run that is interrupted while it is prepared or summed up that the same command goes on with it."""
    try:
        yield
    except KeyboardInterrupt:
        told = "interrupted: what is stored stays; the same command goes on with what is missing"
        raise click.Abort(told) from None


def check_interrupted() -> None:
    """Raise the KeyboardInterrupt that was swallowed, if one was: the last moment before paid models are asked."""
    if getattr(signal.getsignal(signal.SIGTERM), "heard", False):
        raise KeyboardInterrupt
