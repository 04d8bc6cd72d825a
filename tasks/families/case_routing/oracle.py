"""Both oracles of case_routing: by the plan of the cases, and by SQL."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from convsim.org.generate.drafts import can_have
from tasks.ground import Ground


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is left after the steps, and which step decided."""

    agents: tuple[str, ...]
    step: int
    """1, 2 or 3."""
    reason: str


@dataclass(frozen=True, slots=True)
class _Experience:
    by_issue: Mapping[str, Counter[str]]
    by_product: Mapping[str, Counter[str]]
    not_closed: Counter[str]


@cache
def _experience(ground: Ground) -> _Experience:
    by_issue: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_product: defaultdict[str, Counter[str]] = defaultdict(Counter)
    not_closed: Counter[str] = Counter()
    for case in ground.latent.cases:
        if case.status == "Closed":
            by_issue[case.issue][case.owner] += 1
            by_product[case.product][case.owner] += 1
        else:
            not_closed[case.owner] += 1
    return _Experience(by_issue, by_product, not_closed)


def route(ground: Ground, issue: str, product: str) -> Standing:
    """Return who gets a case of this issue and product."""
    seen = _experience(ground)
    first = _most(seen.by_issue[issue], sorted(seen.by_issue[issue]))
    if not first:
        return Standing((), 1, "nobody has closed a case of the issue")
    if len(first) == 1:
        return Standing(first, 1, f"most closed cases of the issue ({seen.by_issue[issue][first[0]]})")
    counts = seen.by_product[product]
    second = _most(counts, first)
    if len(second) == 1:
        return Standing(second, 2, f"{len(first)} tied on the issue, {counts[second[0]]} closed cases of the product")
    fewest = min(seen.not_closed[agent] for agent in second)
    third = tuple(agent for agent in second if seen.not_closed[agent] == fewest)
    return Standing(third, 3, f"{len(second)} tied on issue and product, {fewest} cases not closed")


def _most(counts: Counter[str], candidates: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    most = max((counts[agent] for agent in candidates), default=0)
    return tuple(agent for agent in candidates if counts[agent] == most)


@cache
def pairs(ground: Ground) -> dict[int, list[tuple[str, str]]]:
    """Return the pairs of issue and product that one agent wins, by the step that decides."""
    found: dict[int, list[tuple[str, str]]] = {1: [], 2: [], 3: []}
    for product in ground.latent.products:
        for issue in troubles(ground, product.id):
            standing = route(ground, issue, product.id)
            if len(standing.agents) == 1:
                found[standing.step].append((issue, product.id))
    return found


@cache
def troubles(ground: Ground, product: str) -> tuple[str, ...]:
    """Return the issues that the product can have: software does not arrive dented."""
    issues = [each.id for each in ground.latent.issues]
    return tuple(each for each in issues if can_have(ground.latent, issue=each, product=product))


_ROUTE = """
WITH figures AS (
  SELECT c."OwnerId" AS agent,
    SUM(c."Status" = 'Closed' AND c."IssueId__c" = :issue) AS issue,
    SUM(c."Status" = 'Closed' AND i."Product2Id" = :product) AS product,
    SUM(c."Status" <> 'Closed') AS load
  FROM "Case" c LEFT JOIN "OrderItem" i ON i."Id" = c."OrderItemId__c" GROUP BY c."OwnerId"
), ranks AS (
  SELECT agent, RANK() OVER (ORDER BY issue DESC, product DESC, load) AS place FROM figures
)
SELECT agent FROM ranks WHERE place = 1 ORDER BY agent"""


def by_tables(ground: Ground, issue: str, product: str) -> tuple[str, ...]:
    """Return the same by SQL: one agent, or several in a tie."""
    rows = ground.store.connection().execute(_ROUTE, {"issue": issue, "product": product})
    return tuple(row[0] for row in rows)
