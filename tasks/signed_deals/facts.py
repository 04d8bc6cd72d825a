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
def _signed(ground: Ground) -> Timeline[tuple[DealFact, ContractFact]]:
    deals = ((deal, deal.contract) for deal in ground.latent.deals if deal.contract is not None)
    return Timeline([(midnight(contract.company_signed), (deal, contract)) for deal, contract in deals])


@cache
def quiet(ground: Ground) -> tuple[tuple[date, date], ...]:
    """Return the spans `[day, day)` of at least `_QUIET` days between two signatures."""
    days = sorted({deal.contract.company_signed for deal in ground.latent.deals if deal.contract is not None})
    spans = [(before + timedelta(days=1), after) for before, after in pairwise(days)]
    return tuple(span for span in spans if (span[1] - span[0]).days >= _QUIET)


def by_seller(
    ground: Ground, draft: Draft, figure: Callable[[DealFact, ContractFact], float]
) -> dict[str, list[float]]:
    """Return a figure of each deal that was signed in the draft's window, by the deal's owner."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for deal, contract in _signed(ground).within(*bounds(str(draft.values["window"]))):
        found[deal.owner].append(figure(deal, contract))
    return found
