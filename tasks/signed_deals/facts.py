"""Latent facts: the deals with a contract, in order of the company's signature."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache

from convsim.org.generate.latent import ContractFact, DealFact
from tasks.calendar import bounds
from tasks.comparison.timeline import Timeline
from tasks.ground import Ground
from tasks.plan import Draft
from tasks.soql import midnight


@cache
def _signed(ground: Ground) -> Timeline[tuple[DealFact, ContractFact]]:
    deals = ((deal, deal.contract) for deal in ground.latent.deals if deal.contract is not None)
    return Timeline([(midnight(contract.company_signed), (deal, contract)) for deal, contract in deals])


def by_seller(
    ground: Ground, draft: Draft, figure: Callable[[DealFact, ContractFact], float]
) -> dict[str, list[float]]:
    """Return a figure of each deal that was signed in the draft's window, by the deal's owner."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for deal, contract in _signed(ground).within(*bounds(str(draft.values["window"]))):
        found[deal.owner].append(figure(deal, contract))
    return found
