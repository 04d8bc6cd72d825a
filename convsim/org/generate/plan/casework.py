"""Who works on each case: specialists by issue, hand-overs, and the history rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from convsim.org.generate.calendar import MIDNIGHT, wire
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import AgentFact, CaseFact, IssueFact, Ownership
from convsim.org.generate.plan.staff import service_agents
from convsim.org.generate.plan.support import CasePlan, closing, plan_cases
from convsim.org.generate.texts import cases
from convsim.org.generate.texts.cases import Reporter
from convsim.org.generate.world import World

_ORIGINS = ("Email", "Email", "Web", "Phone", "Chat")
_PRIORITIES = ("Low", "Medium", "Medium", "Medium", "High")
_OPEN: tuple[Literal["New", "Working", "Waiting on Customer", "Escalated"], ...] = (
    "New",
    "Working",
    "Working",
    "Waiting on Customer",
    "Escalated",
)


@dataclass(frozen=True, slots=True)
class Handled:
    """A case with its last owner and closing time."""

    plan: CasePlan
    owner: str
    closed: datetime | None


def make_cases(world: World) -> None:
    """Add the cases in order of creation with their history."""
    handled = _handled(world, plan_cases(world))
    moved = _moved(world, handled)
    for number, each in enumerate(handled):
        fact = _fact(world, each, number=number, moves=moved.get(each.plan.index, 0))
        world.cases.append(fact)
        _add_case(world, fact, each.plan)
    _number_history(world)


def _handled(world: World, plans: list[CasePlan]) -> list[Handled]:
    """Return the cases with owners: per issue a fixed number goes to each agent."""
    by_issue: dict[str, list[CasePlan]] = {each.id: [] for each in world.issues}
    for plan in plans:
        by_issue[plan.issue.id].append(plan)
    owners: dict[int, str] = {}
    for place, issue in enumerate(world.issues):
        own = ranked(by_issue[issue.id], world.seed, "owners", issue.id)
        pool = [agent.id for agent, number in _quotas(world, place, issue, total=len(own)) for _ in range(number)]
        owners.update(zip((each.index for each in own), pool, strict=True))
    found = []
    for each in plans:
        closed = closing(world, each, agent=owners[each.index], draw=world.draw("closing", each.index))
        found.append(Handled(each, owners[each.index], closed))
    return found


def _quotas(world: World, place: int, issue: IssueFact, *, total: int) -> list[tuple[AgentFact, int]]:
    """Return how many cases of an issue each agent gets: a few specialists lead, for every second issue level.

    Every issue has other specialists, so that no agent is best at everything.
    """
    agents = service_agents(world)
    leaders = [agents[(place * 3 + step * 5) % len(agents)] for step in range(3)]
    draw = world.draw("specialists", issue.id)
    level = place % 2 == 1
    weights = []
    for rank, agent in enumerate(agents):
        lead = leaders.index(agent) if agent in leaders else -1
        base = (0.5 + draw.unit(agent.id)) * 12 / (6 + rank)
        weights.append((9.0, 8.6 if level else 6.2, 8.2 if level else 4.6)[lead] if lead >= 0 else min(base, 3.0))
    return list(zip(agents, shares(total, weights), strict=True))


def _moved(world: World, handled: list[Handled]) -> dict[int, int]:
    """Return the number of hand-overs of each case that has any, so that the history gets its count of rows."""
    closed = sum(each.closed is not None for each in handled)
    target = world.size("CaseHistory__c") - 2 * len(handled) - closed
    draws = sorted((world.draw("hand over", each.plan.index).unit("rank"), each.plan.index) for each in handled)
    twice = target // 8
    movable = [index for _, index in draws]
    moves = dict.fromkeys(movable[: max(0, min(target - twice, len(movable)))], 1)
    for index in movable[: min(twice, len(moves))]:
        moves[index] += 1
    return moves


def _fact(world: World, handled: Handled, *, number: int, moves: int) -> CaseFact:
    plan, draw = handled.plan, world.draw("casework", handled.plan.index)
    order = plan.purchase.order
    account, contact = world.account[order.account], world.contact[plan.contact]
    product = world.product[plan.purchase.item.product]
    reporter = Reporter(contact.first, contact.name, account.name, account.city, order.number)
    return CaseFact(
        id=world.new_id("Case", number),
        number=f"{number + 1001:08d}",
        subject=cases.subject(world.org_type, issue=plan.issue.key, product=product.name, reporter=reporter, draw=draw),
        issue=plan.issue.id,
        product=product.id,
        order_item=plan.purchase.item.id,
        order=order.id,
        account=account.id,
        contact=contact.id,
        state=account.state,
        created=plan.created,
        closed=handled.closed,
        status=draw.pick(_OPEN, "status") if handled.closed is None else "Closed",
        owners=_owners(world, handled, draw=draw, moves=moves),
    )


def _owners(world: World, handled: Handled, *, draw: Draw, moves: int) -> tuple[Ownership, ...]:
    """Return the owners in order: those who like to pass cases on come first, the last one keeps it."""
    start, end = handled.plan.created, handled.closed or min(MIDNIGHT, handled.plan.created + timedelta(days=4))
    chain = [handled.owner]
    for step in range(moves):
        chain.insert(0, _passer(world, draw, step, but=chain[0]))
    whole = (end - start).total_seconds()
    marks = sorted(0.03 + 0.6 * draw.unit(("handed over", step)) for step in range(moves))
    instants = [start, *(start + timedelta(seconds=int(whole * mark) + place + 1) for place, mark in enumerate(marks))]
    return tuple(Ownership(agent, since) for agent, since in zip(chain, instants, strict=True))


def _passer(world: World, draw: Draw, step: int, *, but: str) -> str:
    agents = [each for each in service_agents(world) if each.id != but]
    weights = [each.skill * each.skill / (4 + rank) for rank, each in enumerate(agents)]
    place = draw.unit(("passer", step)) * sum(weights)
    for agent, weight in zip(agents, weights, strict=True):
        place -= weight
        if place < 0:
            return agent.id
    return agents[-1].id


def _add_case(world: World, fact: CaseFact, plan: CasePlan) -> None:
    draw = world.draw("casework", plan.index)
    contact, account = world.contact[fact.contact], world.account[fact.account]
    reporter = Reporter(contact.first, contact.name, account.name, account.city, plan.purchase.order.number)
    said = cases.description(
        world.org_type,
        issue=plan.issue.key,
        product=world.product[fact.product].name,
        reporter=reporter,
        draw=draw,
    )
    world.rows["Case"].append(
        {
            "Id": fact.id,
            "CaseNumber": fact.number,
            "Subject": fact.subject,
            "Description": said,
            "Status": fact.status,
            "Priority": draw.pick(_PRIORITIES, "priority"),
            "Origin": draw.pick(_ORIGINS, "origin"),
            "IsClosed": fact.closed is not None,
            "ClosedDate": wire(fact.closed) if fact.closed else None,
            "AccountId": fact.account,
            "ContactId": fact.contact,
            "OwnerId": fact.owner,
            "IssueId__c": fact.issue,
            "OrderItemId__c": fact.order_item,
            "CreatedDate": wire(fact.created),
            "LastModifiedDate": wire(fact.closed or fact.owners[-1].since),
        }
    )
    _add_history(world, fact)


def _add_history(world: World, fact: CaseFact) -> None:
    rows = world.rows["CaseHistory__c"]
    rows.append({"CaseId__c": fact.id, "Field__c": "Case Creation", "CreatedDate": wire(fact.created)})
    before = None
    for owner in fact.owners:
        row = {"CaseId__c": fact.id, "Field__c": "Owner Assignment", "CreatedDate": wire(owner.since)}
        rows.append({**row, "OldValue__c": before, "NewValue__c": owner.agent})
        before = owner.agent
    if fact.closed is not None:
        rows.append({"CaseId__c": fact.id, "Field__c": "Case Closed", "CreatedDate": wire(fact.closed)})


def _number_history(world: World) -> None:
    rows = world.rows["CaseHistory__c"]
    rows.sort(key=lambda row: row["CreatedDate"])
    for index, row in enumerate(rows):
        row["Id"] = world.new_id("CaseHistory__c", index)
        row["Name"] = f"CH-{index + 1:07d}"
