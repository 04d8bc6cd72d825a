"""Latent oracle: what became of the leads that were created in a window, by their owner."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache

from convsim.org.generate.latent import LeadFact
from tasks.comparison.timeline import Timeline
from tasks.ground import Ground
from tasks.soql import midnight

Leads = Sequence[LeadFact]
"""Leads of one agent, those apart that count as converted."""


def ranked(
    ground: Ground, window: tuple[date, date], *, measure: str, minimum: int, earlier: bool = False
) -> Mapping[str, float]:
    """Return the measure of the agents with enough leads created in the window.

    Those of them count as converted that were so in the window; with `earlier`, also leads from before it.
    """
    start, end = window
    created: defaultdict[str, list[LeadFact]] = defaultdict(list)
    for lead in _leads(ground).within(start, end):
        created[lead.owner].append(lead)
    won: defaultdict[str, list[LeadFact]] = defaultdict(list)
    for lead in _conversions_in(ground).within(start, end):
        if earlier or lead.created >= midnight(start):
            won[lead.owner].append(lead)
    found = {agent: (own, won[agent]) for agent, own in created.items() if len(own) >= minimum}
    figure = _MEASURES[measure]
    return {agent: figure(*leads) for agent, leads in found.items() if leads[1] or measure != "conversion_time"}


def most_leads(ground: Ground, window: tuple[date, date]) -> int:
    """Return the largest number of leads that one agent got in the window."""
    return int(max(ranked(ground, window, measure="lead_count", minimum=1).values(), default=0))


@cache
def _conversions_in(ground: Ground) -> Timeline[LeadFact]:
    return Timeline([(midnight(lead.converted), lead) for lead in ground.latent.leads if lead.converted])


@cache
def _leads(ground: Ground) -> Timeline[LeadFact]:
    return Timeline([(lead.created, lead) for lead in ground.latent.leads])


def _rate(own: Leads, converted: Leads) -> float:
    return len(converted) / len(own)


def _time(own: Leads, converted: Leads) -> float:
    del own
    return sum(_days(lead) for lead in converted) / len(converted)


def _days(lead: LeadFact) -> int:
    return 0 if lead.converted is None else (lead.converted - lead.created.date()).days


def _count(own: Leads, converted: Leads) -> float:
    del converted
    return len(own)


def _conversions(own: Leads, converted: Leads) -> float:
    del own
    return len(converted)


_MEASURES: Mapping[str, Callable[[Leads, Leads], float]] = {
    "conversion_rate": _rate,
    "conversion_time": _time,
    "lead_count": _count,
    "conversions": _conversions,
}
