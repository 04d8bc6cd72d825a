"""Ctrl-C and SIGTERM: before the first conversation, in another thread than the main one, between two steps."""

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchery import hatch

from convsim.runs.signals import ENDING, ending_signals, held_back, own_handlers, woken_by_signals


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


class HeardError(Exception):
    """A handler answered."""


def raising(number: int, frame: object) -> None:
    raise HeardError(number)


@pytest.fixture
def handlers() -> Iterator[None]:
    before = {number: signal.signal(number, raising) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_a_signal_between_steps_that_belong_together_is_heard_after_them() -> None:
    steps = []
    with pytest.raises(HeardError), held_back():  # noqa: PT012 - the second step is the point
        signal.raise_signal(signal.SIGTERM)
        steps.append("done")
    assert steps == ["done"]
    assert signal.getsignal(signal.SIGTERM) is raising


@pytest.mark.usefixtures("handlers")
def test_a_library_takes_no_signal_for_itself() -> None:
    with own_handlers():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert signal.getsignal(signal.SIGTERM) is raising


LEAVING = """
import os, signal
from contextlib import suppress

if number := int(os.environ.get("CONVSIM_TEST_SIGNAL", 0)):
    with suppress(KeyboardInterrupt if "CONVSIM_TEST_SWALLOWED" in os.environ else ()):
        os.kill(os.getpid(), number)

from slow_agent import factory as agent
"""
"""An agent whose module, which is imported while the run is prepared, interrupts its own process."""


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize("swallowed", [{}, {"CONVSIM_TEST_SWALLOWED": "1"}], ids=["raised", "swallowed"])
def test_a_signal_before_the_first_conversation_ends_in_good_order(
    tmp_path: Path, number: signal.Signals, swallowed: dict[str, str]
) -> None:
    (tmp_path / "leaving.py").write_text(LEAVING)
    words = "run --families handle_time --per-family 1 --org b2b --agent leaving:agent --no-baselines --out run.sqlite"
    with hatch(*words.split(), cwd=tmp_path, CONVSIM_TEST_SIGNAL=str(int(number)), **swallowed) as process:
        out, err = process.communicate()
    assert (process.returncode, out) == (3, "")
    assert err.strip() == "convsim: interrupted: what is stored stays; the same command goes on with what is missing"
    with hatch(*words.split(), cwd=tmp_path) as process:
        _, err = process.communicate()
    assert process.returncode == 0
    assert "run.sqlite: 1 of 1 episodes stored" in err
