"""Latent facts: the cases of each product in order of time."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import cache
from typing import TypeVar

from convsim.org.generate.latent import CaseFact
from tasks.calendar import bounds
from tasks.comparison.timeline import Timeline
from tasks.ground import Ground
from tasks.plan import Draft

Key = TypeVar("Key", bound=Hashable)


@cache
def _timelines(ground: Ground) -> dict[str, Timeline[CaseFact]]:
    latent = ground.latent
    return {
        product.name: Timeline([(case.created, case) for case in latent.cases if case.product == product.id])
        for product in latent.products
    }


def cases_of(ground: Ground, product: str, *, start: date, end: date) -> Sequence[CaseFact]:
    """Return the cases about the product of this name that were created in `[start 00:00Z, end 00:00Z)`."""
    return _timelines(ground)[product].within(start, end)


def counts(ground: Ground, draft: Draft, by: Callable[[CaseFact], Key]) -> Counter[Key]:
    """Return how many cases of the draft's product and window fall under each key."""
    start, end = bounds(str(draft.values["window"]))
    return Counter(by(case) for case in cases_of(ground, str(draft.values["product"]), start=start, end=end))
