"""Parts on trial: how many of them agree with the oracle on drawn arguments of every kind."""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from convsim.draws import choice, digest, shuffled
from convsim.guidance.functions import CallError, GuidanceFunction
from convsim.guidance.query import Query
from tasks.calendar import brief, draw
from tasks.ground import Ground
from tasks.guidance.oracle import expected

TRIALS = 20
"""Drawn arguments for each part in a run's manifest."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the trials of one part, which end at its first mistake."""

    name: str
    passed: bool
    """Whether it was right every time."""


def window(ground: Ground, *key: object) -> tuple[date, date]:
    """Return a drawn window `[start, end)`: of a usual kind, brief, a single day, or before all records."""
    kind, today, begun = digest(*key, "kind") % 8, ground.today, ground.latent.history_start
    if kind == 0:
        return date(2010, 1, 1), date(2011, 1, 1)
    if kind == 1:
        day = begun + timedelta(days=choice(range((today - begun).days), *key, "day"))
        return day, day + timedelta(days=1)
    drawn = None if kind in (2, 3) else draw(today, begun, *key, "window")
    found = drawn or brief(today, begun, *key, "brief")
    return found.start, found.end


def arguments(ground: Ground, name: str, *key: object) -> dict[str, Any]:
    """Return drawn arguments of a part."""
    start, end = window(ground, name, *key)
    product = choice([each.name for each in ground.latent.products], name, *key, "product")
    drawn: dict[str, dict[str, Any]] = {
        "more_than": {"counts": _counts(name, *key), "minimum": digest(name, *key, "minimum") % 6},
        "handle_seconds": _moments(start, name, *key),
        "mean_of_each": {"figures": _groups(name, *key)},
        "extreme": {"figures": _counts(name, *key), "direction": choice(("lowest", "highest"), name, *key, "end")},
        "order_items_of": {"product": product},
    }
    if name == "issues_of":
        items = expected(ground, "order_items_of", {"product": product})
        return {"order_items": items, "start": start, "end": end}
    return drawn.get(name, {"start": start, "end": end})


def tried(
    functions: Sequence[GuidanceFunction], ground: Ground, query: Query, *, trials: int = TRIALS
) -> Iterator[Outcome]:
    """Yield the outcome of each part; what the org's tables cannot tell is left out."""
    for function in functions:
        try:
            passed = all(_right(function, ground, query, number) for number in range(trials))
        except sqlite3.OperationalError:
            continue
        yield Outcome(function.name, passed)


def _right(function: GuidanceFunction, ground: Ground, query: Query, number: int) -> bool:
    from simple_salesforce.exceptions import SalesforceError

    given = arguments(ground, function.name, "trial", number)
    wanted = expected(ground, function.name, given)
    try:
        return same(function.call(query, given), wanted)
    except (CallError, SalesforceError):
        return False


def same(found: Any, wanted: Any) -> bool:
    """Return whether two results are equal, numbers up to rounding; an entry of zero is as good as none."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(same(found.get(key, 0), wanted.get(key, 0)) for key in found.keys() | wanted.keys())
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return math.isclose(found, wanted, rel_tol=1e-9)
    return bool(found == wanted)


def _counts(*key: object) -> dict[str, int]:
    names = shuffled("ABCDEFGH", *key, "names")[: digest(*key, "size") % 8]
    return {name: digest(*key, name) % 6 for name in names}


def _groups(*key: object) -> dict[str, list[float]]:
    return {name: [digest(*key, name, n) % 1000 / 8 for n in range(size)] for name, size in _counts(*key).items()}


def _moments(day: date, *key: object) -> dict[str, Any]:
    minutes, days = digest(*key, "minutes") % 1440, digest(*key, "days") % 4
    later = day + timedelta(days=days + 1)
    return {
        "opened": f"{day}T{minutes // 60:02}:{minutes % 60:02}:00.000+0000",
        "closed": f"{later}T{digest(*key, 'hour') % 24:02}:30:00.000+0000",
    }
