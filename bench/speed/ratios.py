"""Each query against its limit: same answer first, then both timed in turns; the cold cost apart."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from convsim.org.bundle import Bundle
from convsim.org.engine import OrgEngine
from convsim.org.soql import engine as soql_engine

from speed.queries import Bench, queries

ROUNDS = 9
ROUND_SECONDS = 0.004
_STATEMENTS = 520
"""More than a connection keeps prepared."""


@dataclass(frozen=True)
class Ratio:
    """What one query takes, in microseconds."""

    kind: str
    text: str
    rows: int
    ours: float
    limit: float
    cold: float
    """What the first time takes more than the next ones: parse, check, compile, prepare."""

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


def asked(engine: OrgEngine, text: str, *, user_id: str = "") -> list[dict[str, Any]]:
    """Return the records of a SOQL or SOSL text."""
    if text.startswith("FIND"):
        return engine.search(text, version="59.0")
    return engine.query(text, include_deleted=False, version="59.0", user_id=user_id).records


def measured(bundle: Bundle) -> list[Ratio]:
    """Return the ratios of all bench queries; raises AssertionError when a peer's answer is another one."""
    engine = OrgEngine(bundle.store, bundle.clock)
    return [_measured(bundle, engine, each) for each in queries(bundle)]


def _measured(bundle: Bundle, engine: OrgEngine, bench: Bench) -> Ratio:
    db, today = bundle.store.connection(), bundle.clock.today

    def ours() -> list[dict[str, Any]]:
        return asked(engine, bench.text)

    def limit() -> list[dict[str, Any]]:
        return bench.peer(db, today)

    found, expected = ours(), limit()
    assert _same(found, expected, ordered=bench.ordered), f"{bench.text}\nours  {found[:2]}\npeer  {expected[:2]}"
    mine, theirs = _in_turns(ours, limit)
    cold = min(_cold(bundle, engine, bench.text) for _ in range(5)) - mine
    return Ratio(bench.kind, bench.text, len(found), mine * 1e6, theirs * 1e6, max(0.0, cold) * 1e6)


def _same(found: list[dict[str, Any]], expected: list[dict[str, Any]], *, ordered: bool) -> bool:
    return found == expected if ordered else sorted(map(repr, found)) == sorted(map(repr, expected))


def _in_turns(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds of one call of each: the best of several rounds, taken in turns."""
    repeats = [max(1, int(ROUND_SECONDS / _once(each))) for each in (first, second)]
    gc.collect()
    gc.disable()
    try:
        rounds = [(_timed(first, repeats[0]), _timed(second, repeats[1])) for _ in range(ROUNDS)]
    finally:
        gc.enable()
    return min(each[0] for each in rounds), min(each[1] for each in rounds)


def _once(call: Callable[[], Any]) -> float:
    call()
    return max(1e-6, min(_timed(call, 1) for _ in range(3)))


def _timed(call: Callable[[], Any], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def _cold(bundle: Bundle, engine: OrgEngine, text: str) -> float:
    """Return the seconds of a call that finds neither plan nor prepared statement."""
    db = bundle.store.connection()
    for number in range(_STATEMENTS):
        db.execute(f"SELECT {number}")
    soql_engine._plan.cache_clear()
    engine._sosl._plans.clear()
    return _timed(lambda: asked(engine, text), 1)


def summary(rows: list[Ratio]) -> dict[str, float]:
    """Return the figures that have a limit."""
    ratios = [row.ratio for row in rows]
    colds = [row.cold for row in rows]
    return {"median": median(ratios), "worst": max(ratios), "cold": median(colds), "cold_worst": max(colds)}
