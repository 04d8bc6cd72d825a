"""Latent facts: the deals with a contract, in order of the company's signature."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from convsim.org.generate.latent import ContractFact, DealFact
from tasks.calendar import bounds
from tasks.comparison.timeline import Timeline
from tasks.ground import Ground
from tasks.plan import Draft
from tasks.soql import midnight

_QUIET = 3
"""Days without a signature that are worth a question."""


@cache
def _signed(ground: Ground, signer: str) -> Timeline[tuple[DealFact, date]]:
    deals = ((deal, signing(deal.contract, signer)) for deal in ground.latent.deals if deal.contract is not None)
    return Timeline([(midnight(day), (deal, day)) for deal, day in deals])


def signing(contract: ContractFact, signer: str) -> date:
    """Return the day of the signature that counts: the company's, or by the other reading the customer's."""
    return contract.customer_signed if signer == "customer" else contract.company_signed


@cache
def quiet(ground: Ground) -> tuple[tuple[date, date], ...]:
    """Return the spans `[day, day)` of at least `_QUIET` days between two signatures."""
    days = sorted({deal.contract.company_signed for deal in ground.latent.deals if deal.contract is not None})
    spans = [(before + timedelta(days=1), after) for before, after in pairwise(days)]
    return tuple(span for span in spans if (span[1] - span[0]).days >= _QUIET)


def by_seller(
    ground: Ground, draft: Draft, figure: Callable[[DealFact, date], float], *, signer: str
) -> dict[str, list[float]]:
    """Return a figure of each deal and the day that it was signed, in the draft's window, by the deal's owner."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for deal, day in _signed(ground, signer).within(*bounds(str(draft.values["window"]))):
        found[deal.owner].append(figure(deal, day))
    return found
