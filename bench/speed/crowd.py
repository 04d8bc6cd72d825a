"""Many at once: threads on one store, processes beside each other, and what a session weighs."""

import multiprocessing
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from convsim.org.bundle import generated_bundle
from convsim.org.engine import OrgEngine
from convsim.org.org import Org
from speed.queries import queries
from speed.ratios import asked

PASSES = 12
"""How often the mix of all bench queries is asked in one measurement."""
ROUNDS = 5
SESSIONS = 500


def _mix() -> tuple[OrgEngine, list[str]]:
    bundle = generated_bundle("b2b")
    return OrgEngine(bundle.store, bundle.clock), [each.text for each in queries(bundle)]


def threads_ratio(count: int) -> float:
    """Return the throughput of so many threads by that of one; raises AssertionError when an answer differs."""
    engine, texts = _mix()
    expected = {text: orjson.dumps(asked(engine, text)) for text in texts}
    wrong: list[str] = []

    def verify(own: Sequence[str]) -> None:
        wrong.extend(text for text in own if orjson.dumps(asked(engine, text)) != expected[text])

    _together([lambda: verify(texts)] * count)
    assert not wrong, wrong[:3]

    def ask() -> None:
        for text in texts:
            asked(engine, text)

    rounds = [
        (
            _together([lambda: [ask() for _ in range(PASSES)]]),
            _together([lambda: [ask() for _ in range(PASSES)]] * count),
        )
        for _ in range(ROUNDS)
    ]
    return count * min(each[0] for each in rounds) / min(each[1] for each in rounds)


def _together(calls: Sequence[Callable[[], Any]]) -> float:
    """Return the seconds until all calls, each in a thread of its own, have ended; passes on what they raised."""
    failures: list[BaseException] = []

    def guarded(call: Callable[[], Any]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    started = [threading.Thread(target=guarded, args=(call,)) for call in calls]
    start = time.perf_counter()
    for each in started:
        each.start()
    for each in started:
        each.join()
    if failures:
        raise failures[0]
    return time.perf_counter() - start


def processes_ratio(count: int) -> tuple[float, float]:
    """Return the throughput of so many processes by that of one: by the clock, and by the CPU that each spends.

    The first needs as many free cores; where other work runs, the second still tells what they cost each other.
    """
    context = multiprocessing.get_context("spawn")
    alone = [_processes(context, 1) for _ in range(ROUNDS)]
    crowd = [_processes(context, count) for _ in range(ROUNDS)]
    clock, cpu = (count * min(each[k] for each in alone) / min(each[k] for each in crowd) for k in (0, 1))
    return clock, cpu


def _processes(context: Any, count: int) -> tuple[float, float]:
    """Return the seconds by clock and CPU that so many processes, begun together, take for the same work each."""
    gate, times = context.Barrier(count), context.Queue()
    started = [context.Process(target=_work, args=(gate, times)) for _ in range(count)]
    for each in started:
        each.start()
    found = [times.get() for _ in started]
    for each in started:
        each.join()
    return max(each[0] for each in found), max(each[1] for each in found)


def _work(gate: Any, times: Any) -> None:
    engine, texts = _mix()
    for text in texts:
        asked(engine, text)
    gate.wait()
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(PASSES):
        for text in texts:
            asked(engine, text)
    times.put((time.perf_counter() - start, time.process_time() - cpu))


def session_bytes() -> float:
    """Return the bytes that an open session with one logged query holds, apart from its client."""
    org = Org.of(generated_bundle("b2b"))
    first = org.open_session()
    first.salesforce.query("SELECT Id FROM Case LIMIT 1")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = []
    for _ in range(SESSIONS):
        session = org.open_session()
        session.begin_turn(0, max_actions=20)
        session.salesforce.query("SELECT Id, Subject FROM Case LIMIT 5")
        del session.__dict__["salesforce"]
        kept.append(session)
    held = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    tracemalloc.stop()
    return held
