"""Both oracles of lead_routing: by the plan of deals and leads, and by SQL."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from tasks.ground import Ground


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the steps had to go: the agents left after each, and the figures."""

    agents: tuple[str, ...]
    quotes: int
    leads: int
    step: int
    """2 when quotes decided, 3 when leads did."""


@dataclass(frozen=True, slots=True)
class _Sales:
    accepted: Mapping[str, list[datetime]]
    """Days of creation of the accepted quotes by owner, in order."""
    unconverted: Mapping[str, int]
    users: Mapping[str, tuple[str, ...]]
    """Users of the territory by state."""


@cache
def _sales(ground: Ground) -> _Sales:
    latent = ground.latent
    accepted: defaultdict[str, list[datetime]] = defaultdict(list)
    for deal in latent.deals:
        accepted[deal.owner] += [quote.created for quote in deal.quotes if quote.status == "Accepted"]
    return _Sales(
        {owner: sorted(days) for owner, days in accepted.items()},
        Counter(lead.owner for lead in latent.leads if lead.converted is None),
        {state: each.users for each in latent.territories for state in each.states},
    )


def states(ground: Ground) -> tuple[str, ...]:
    """Return the states that some territory covers, in order."""
    return tuple(sorted(_sales(ground).users))


def route(ground: Ground, state: str, end: date) -> Standing:
    """Return who gets a lead of this state when quotes created before `end` 00:00Z count."""
    sales, cut = _sales(ground), datetime.combine(end, time(), UTC)
    quotes = {user: bisect_left(sales.accepted.get(user, []), cut) for user in sales.users[state]}
    most = max(quotes.values())
    tied = [user for user in sorted(quotes) if quotes[user] == most]
    fewest = min(sales.unconverted.get(user, 0) for user in tied)
    last = tuple(user for user in tied if sales.unconverted.get(user, 0) == fewest)
    return Standing(last, most, fewest, 2 if len(tied) == 1 else 3)


@cache
def openings(ground: Ground) -> dict[str, list[tuple[str, date]]]:
    """Return where each agent wins alone: pairs of a state and the day after the last day that counts.

    The days are the ends of months and every fifth day in between, after the first year of history.
    """
    first, today = ground.latent.history_start + timedelta(days=_WARM_UP), ground.today
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    won: defaultdict[str, list[tuple[str, date]]] = defaultdict(list)
    for day in days:
        if day.day != 1 and day.toordinal() % 5:
            continue
        for territory in ground.latent.territories:
            standing = route(ground, territory.states[0], day)
            if len(standing.agents) == 1:
                won[standing.agents[0]] += [(state, day) for state in territory.states]
    return dict(won)


_WARM_UP = 400
"""Days of history before the earliest cut-off: with too few quotes everybody ties."""
_ROUTE = """
WITH users AS (
  SELECT a."UserId" AS id FROM "UserTerritory2Association" a JOIN "Territory2" t ON t."Id" = a."Territory2Id"
  WHERE ',' || replace(t."Description", ' ', '') || ',' LIKE '%,' || :state || ',%'
), figures AS (
  SELECT id,
    (SELECT COUNT(*) FROM "Quote" q JOIN "Opportunity" o ON o."Id" = q."OpportunityId"
     WHERE o."OwnerId" = users.id AND q."Status" = 'Accepted'
       AND q."CreatedDate" >= :start AND q."CreatedDate" < :end) AS quotes,
    (SELECT COUNT(*) FROM "Lead" l WHERE l."OwnerId" = users.id AND l."IsConverted" = 0) AS leads
  FROM users
), best AS (SELECT * FROM figures WHERE quotes = (SELECT MAX(quotes) FROM figures))
SELECT id FROM best WHERE leads = (SELECT MIN(leads) FROM best) ORDER BY id"""


def by_tables(ground: Ground, state: str, window: tuple[date, date]) -> tuple[str, ...]:
    """Return the same by SQL: one agent, or several in a tie."""
    start, end = (f"{day}T00:00:00.000+0000" for day in window)
    parameters = {"state": state, "start": start, "end": end}
    return tuple(row[0] for row in ground.store.connection().execute(_ROUTE, parameters))
