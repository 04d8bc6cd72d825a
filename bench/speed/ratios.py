"""Each query against its limit: same answer first, then both timed in turns; the cold cost apart."""

import gc
import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import Any

from convsim.org.bundle import Bundle
from convsim.org.engine import OrgEngine
from convsim.org.soql import engine as soql_engine
from convsim.org.sosl import engine as sosl_engine
from speed.queries import Bench, queries

ROUNDS, COLD_ROUNDS = 15, 9
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
    ratio: float
    """Median over rounds in which both were timed one after the other."""
    cold: float
    """What the first time takes more than the next ones: parse, check, compile, prepare."""


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
    rounds = _in_turns(ours, limit)
    mine, theirs = (min(each[side] for each in rounds) for side in (0, 1))
    ratio = median(each[0] / each[1] for each in rounds)
    cold = _cold_cost(bundle, bench.text)
    return Ratio(bench.kind, bench.text, len(found), mine * 1e6, theirs * 1e6, ratio, cold * 1e6)


def _same(found: list[dict[str, Any]], expected: list[dict[str, Any]], *, ordered: bool) -> bool:
    return found == expected if ordered else sorted(map(repr, found)) == sorted(map(repr, expected))


def _in_turns(first: Callable[[], Any], second: Callable[[], Any]) -> list[tuple[float, float]]:
    """Return the CPU seconds of one call of each for several rounds, in which they take turns."""
    repeats = [max(1, int(ROUND_SECONDS / _once(each))) for each in (first, second)]
    gc.collect()
    gc.disable()
    try:
        return [(_timed(first, repeats[0]), _timed(second, repeats[1])) for _ in range(ROUNDS)]
    finally:
        gc.enable()


def _once(call: Callable[[], Any]) -> float:
    call()
    return max(1e-6, min(_timed(call, 1) for _ in range(3)))


def _timed(call: Callable[[], Any], repeats: int) -> float:
    start = time.thread_time()
    for _ in range(repeats):
        call()
    return (time.thread_time() - start) / repeats


def _cold_cost(bundle: Bundle, text: str) -> float:
    """Return the seconds that the first call of a text takes more than the next ones: to plan it and prepare its SQL.

    Timed apart from the rows, whose noise is larger; right after other work, so that the processor's caches are cold.
    """
    db = bundle.store.connection()
    found = inf
    for _ in range(COLD_ROUNDS):
        _fill(db)
        soql_engine._plan.cache_clear()
        found = min(found, _timed(lambda: _prepared(bundle, text), 1))
    return found


def _prepared(bundle: Bundle, text: str) -> None:
    """Plan a text and prepare its statements without running them."""
    if text.startswith("FIND"):
        plans: list[Any] = [each.plan for each in sosl_engine._compiled(text, bundle.schema).targets]
    else:
        plans = [soql_engine.plan_of(text, bundle.schema, include_deleted=False)]
    db = bundle.store.connection()
    for plan in plans:
        inner = [each.plan for each in getattr(plan, "children", {}).values()]
        for each in (plan, *inner):
            sql = each.statement.sql
            db.execute(f"EXPLAIN {sql}", [None] * max(map(int, re.findall(r"\?(\d+)", sql)), default=0))


def _fill(db: sqlite3.Connection) -> None:
    for number in range(_STATEMENTS):
        db.execute(f"SELECT {number}")


def summary(rows: list[Ratio]) -> dict[str, float]:
    """Return the figures that have a limit."""
    ratios = [row.ratio for row in rows]
    colds = [row.cold for row in rows]
    return {"median": median(ratios), "worst": max(ratios), "cold": median(colds), "cold_worst": max(colds)}
