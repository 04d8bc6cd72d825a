"""E-mails and chats: what customers and agents wrote about cases, and buyers and sellers about deals."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from convsim.org.generate.calendar import MIDNIGHT, greeting, wire
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import AgentFact, CaseFact, DealFact, IdentityFact
from convsim.org.generate.plan.offers import Said, make_offer, second_channel
from convsim.org.generate.texts import talk
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import Row, World

_CLOSED = ("agent_reply", "customer_answer", "agent_close", "customer_thanks")
_LONG = ("agent_reply", "customer_answer", "agent_reply", "customer_answer", "agent_close", "customer_thanks")
_DEAL = ("seller_offer", "buyer_answer", "seller_follow", "buyer_answer", "seller_follow", "buyer_answer")


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail before it is worded: who wrote to whom, when, about which record."""

    rule: str
    subject: str
    moment: datetime
    contact: str
    agent: str
    related: str
    case: str | None = None


def make_correspondence(world: World) -> None:
    """Add a chat to some cases, e-mails to the others and to deals."""
    chats = set(ranked([each.id for each in world.cases], world.seed, "chats")[: world.size("LiveChatTranscript")])
    _set_origins(world, chats)
    for case in world.cases:
        if case.id in chats:
            _add_chat(world, case)
    _add_emails(world, [each for each in world.cases if each.id not in chats or second_channel(world, each.id)])
    world.rows["EmailMessage"].sort(key=lambda row: (row["MessageDate"], row["RelatedToId"]))
    for index, row in enumerate(world.rows["EmailMessage"]):
        row["Id"] = world.new_id("EmailMessage", index)


def people(world: World, contact: IdentityFact, agent: AgentFact) -> dict[str, str]:
    """Return the slots of a customer and the agent that they talk to."""
    account = world.account[contact.account]
    return {
        "first": contact.first,
        "name": contact.name,
        "account": account.name,
        "city": account.city,
        "agent": agent.name,
        "agent_first": agent.name.split(" ", 1)[0],
    }


def _set_origins(world: World, chats: set[str]) -> None:
    """Let exactly the cases with a chat come in by chat."""
    for index, row in enumerate(world.rows["Case"]):
        if row["Id"] in chats:
            row["Origin"] = "Chat"
        elif row["Origin"] == "Chat":
            row["Origin"] = world.draw("origin", index).pick(("Email", "Phone", "Web"), "instead")


def _case_slots(world: World, case: CaseFact, agent: str, *, remedy: str) -> dict[str, str]:
    contact, product = world.contact[case.contact], world.product[case.product]
    return {
        **slots_by_name(world.org_type)[product.name],
        **people(world, contact, world.agent[agent]),
        "number": case.number,
        "order": world.order_number[case.order],
        "remedy": remedy,
        "remedy_cap": remedy[:1].upper() + remedy[1:],
    }


def _add_chat(world: World, case: CaseFact) -> None:
    rows = world.rows["LiveChatTranscript"]
    draw = world.draw("chat", case.id)
    issue = world.issue[case.issue].key
    start = case.owners[0].since
    end = min(start + timedelta(minutes=draw.between(6, 31, "minutes")), MIDNIGHT - timedelta(seconds=1))
    remedy = make_offer(world, case, Said("chat", start.date(), start.date()))
    slots = {**_case_slots(world, case, case.owners[0].agent, remedy=remedy or ""), "day": greeting(start)}
    rows.append(
        {
            "Id": world.new_id("LiveChatTranscript", len(rows)),
            "Name": f"{len(rows) + 1:08d}",
            "CaseId": case.id,
            "AccountId": case.account,
            "ContactId": case.contact,
            "OwnerId": case.owners[0].agent,
            "Body": talk.chat(world.org_type, issue, draw=draw, slots=slots, offers=remedy is not None),
            "StartTime": wire(start),
            "EndTime": wire(end),
            "CreatedDate": wire(start),
            "LastModifiedDate": wire(end),
        }
    )


def _add_emails(world: World, cases: list[CaseFact]) -> None:
    total = world.size("EmailMessage")
    for_cases = min(max(int(total * 0.55), len(cases)), total - 1)
    weights = [0.7 + world.draw("thread", each.id).unit("weight") for each in cases]
    for case, number in zip(cases, shares(for_cases, weights, least=1), strict=True):
        _case_thread(world, case, number)
    deals = [each for each in world.deals if each.quotes]
    weights = [0.5 + world.draw("thread", each.id).unit("weight") for each in deals]
    for deal, number in zip(deals, shares(total - for_cases, weights), strict=True):
        _deal_thread(world, deal, number)


def _case_thread(world: World, case: CaseFact, number: int) -> None:
    draw = world.draw("thread", case.id)
    end = case.closed or min(MIDNIGHT, case.created + timedelta(days=3))
    rules, moments = _rules(case, number), _moments(case.created, end, number, draw=draw)
    offering = {"agent_reply", "agent_close"} if draw.chance(0.6, "kind") else {"agent_close"}
    days = [moment.date() for rule, moment in zip(rules, moments, strict=True) if rule in offering]
    remedy = make_offer(world, case, Said("emails", days[0], days[-1])) if days else None
    kind = "offer" if remedy is not None and "agent_reply" in offering else "ask"
    for place, (rule, moment) in enumerate(zip(rules, moments, strict=True)):
        agent = next((each.agent for each in reversed(case.owners) if each.since <= moment), case.owners[0].agent)
        slots = _case_slots(world, case, agent, remedy=remedy or "")
        slots |= talk.question(
            world.org_type, world.issue[case.issue].key, draw=Draw(draw.key, place // 2), slots=slots
        )
        subject = f"{'Re: ' if place else ''}{case.subject} [{case.number}]"
        exact = f"{rule}_{kind}" if rule in {"agent_reply", "customer_answer"} else rule
        exact = "agent_close_plain" if rule == "agent_close" and remedy is None else exact
        letter = Letter(exact, subject, moment, case.contact, agent, case.id, case.id)
        _add_email(world, letter, Draw(draw.key, place), slots=slots)


def _rules(case: CaseFact, number: int) -> tuple[str, ...]:
    """Return the kinds of the messages: closed cases end with the agent's last word or the customer's thanks."""
    if case.closed is not None and number >= 3:
        return (_CLOSED if number <= 4 else _LONG * 2)[:number]
    return (_LONG[:4] * 3)[:number]


def _deal_thread(world: World, deal: DealFact, number: int) -> None:
    draw = world.draw("thread", deal.id)
    product = world.product[deal.quotes[0].lines[0].product]
    slots = {
        **slots_by_name(world.org_type)[product.name],
        **people(world, world.contact[deal.contact], world.agent[deal.owner]),
    }
    end = min(MIDNIGHT, datetime(deal.close.year, deal.close.month, deal.close.day, tzinfo=MIDNIGHT.tzinfo))
    end = max(end, deal.created + timedelta(hours=6))
    subject = draw.pick((product.name, f"Your interest in {slots['the_name']}", f"Offer: {product.name}"), "subject")
    for place, moment in enumerate(_moments(deal.created, end, number, draw=draw)):
        rule = _DEAL[place % len(_DEAL)]
        told = f"{'Re: ' if place else ''}{subject}"
        letter = Letter(rule, told, moment, deal.contact, deal.owner, deal.id)
        _add_email(world, letter, Draw(draw.key, place), slots=slots)


def _moments(start: datetime, end: datetime, number: int, *, draw: Draw) -> list[datetime]:
    """Return instants between two others, in order."""
    whole = min((end - start).total_seconds(), (MIDNIGHT - start).total_seconds() - 60)
    marks = sorted(0.04 + 0.9 * draw.unit(("moment", place)) for place in range(number))
    return [start + timedelta(seconds=int(whole * mark) + place) for place, mark in enumerate(marks)]


def _add_email(world: World, letter: Letter, draw: Draw, *, slots: dict[str, str]) -> None:
    contact, agent = world.contact[letter.contact], world.agent[letter.agent]
    incoming = letter.rule.startswith(("customer", "buyer"))
    sender, receiver = (contact, agent) if incoming else (agent, contact)
    row: Row = {
        "Subject": letter.subject,
        "TextBody": talk.email(world.org_type, letter.rule, draw=draw, slots={**slots, "day": greeting(letter.moment)}),
        "FromAddress": sender.email,
        "FromName": sender.name,
        "ToAddress": receiver.email,
        "ToIds": receiver.id,
        "MessageDate": wire(letter.moment),
        "Incoming": incoming,
        "ParentId": letter.case,
        "RelatedToId": letter.related,
        "CreatedDate": wire(letter.moment),
    }
    world.rows["EmailMessage"].append(row)
