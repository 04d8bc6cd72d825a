"""Latent facts: the cases of each product in order of time."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from functools import cache
from typing import TypeVar

from convsim.org.generate.latent import CaseFact
from tasks.calendar import bounds
from tasks.comparison.timeline import Timeline
from tasks.ground import Ground
from tasks.plan import Draft

Key = TypeVar("Key", bound=Hashable)


@cache
def _timelines(ground: Ground, counted: str) -> dict[str, Timeline[CaseFact]]:
    latent = ground.latent
    found: dict[str, list[tuple[datetime, CaseFact]]] = {product.id: [] for product in latent.products}
    for case in latent.cases:
        if (when := counting(case, counted)) is not None:
            found[case.product].append((when, case))
    return {product.name: Timeline(found[product.id]) for product in latent.products}


def counting(case: CaseFact, counted: str) -> datetime | None:
    """Return when a case counts: when it was created, or by the other reading when it was closed, if ever."""
    return case.closed if counted == "closed" else case.created


def cases_of(ground: Ground, product: str, *, start: date, end: date, counted: str = "created") -> Sequence[CaseFact]:
    """Return the cases about the product of this name that count in `[start 00:00Z, end 00:00Z)`."""
    return _timelines(ground, counted)[product].within(start, end)


def counts(ground: Ground, draft: Draft, by: Callable[[CaseFact], Key], *, counted: str = "created") -> Counter[Key]:
    """Return how many cases of the draft's product and window fall under each key."""
    start, end = bounds(str(draft.values["window"]))
    cases = cases_of(ground, str(draft.values["product"]), start=start, end=end, counted=counted)
    return Counter(by(case) for case in cases)
