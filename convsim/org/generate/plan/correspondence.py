"""E-mails and chats: what customers and agents wrote about cases, and buyers and sellers about deals."""

from datetime import datetime, timedelta

from convsim.org.generate.calendar import MIDNIGHT, wire
from convsim.org.generate.content import remedies
from convsim.org.generate.draw import Draw, ranked, shares
from convsim.org.generate.latent import AgentFact, CaseFact, DealFact, IdentityFact
from convsim.org.generate.texts import talk
from convsim.org.generate.texts.phrases import slots_by_name
from convsim.org.generate.world import Row, World

_CLOSED = ("agent_reply", "customer_answer", "agent_close", "customer_thanks")
_OPEN = ("agent_reply", "customer_answer", "agent_reply", "customer_answer")
_DEAL = ("seller_offer", "buyer_answer", "seller_offer", "buyer_answer", "seller_offer", "buyer_answer")


def make_correspondence(world: World) -> None:
    """Add a chat to some cases, e-mails to the others and to deals."""
    chats = set(ranked([each.id for each in world.cases], world.seed, "chats")[: world.size("LiveChatTranscript")])
    _set_origins(world, chats)
    for case in world.cases:
        if case.id in chats:
            _add_chat(world, case)
    _add_emails(world, [each for each in world.cases if each.id not in chats])
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


def _case_slots(world: World, case: CaseFact, agent: str, draw: Draw) -> dict[str, str]:
    contact, product = world.contact[case.contact], world.product[case.product]
    issue = next(each for each in world.issues if each.id == case.issue)
    remedy = draw.pick(remedies(world.org_type)[issue.key], "remedy")
    return {
        **slots_by_name(world.org_type)[product.name],
        **people(world, contact, world.agent[agent]),
        "number": case.number,
        "order": world.order_number[case.order],
        "remedy": remedy,
        "remedy_cap": remedy[0].upper() + remedy[1:],
    }


def _add_chat(world: World, case: CaseFact) -> None:
    rows = world.rows["LiveChatTranscript"]
    draw = world.draw("chat", case.id)
    issue = next(each.key for each in world.issues if each.id == case.issue)
    start = case.owners[0].since
    end = min(start + timedelta(minutes=draw.between(6, 31, "minutes")), MIDNIGHT - timedelta(seconds=1))
    rows.append(
        {
            "Id": world.new_id("LiveChatTranscript", len(rows)),
            "Name": f"{len(rows) + 1:08d}",
            "CaseId": case.id,
            "AccountId": case.account,
            "ContactId": case.contact,
            "OwnerId": case.owners[0].agent,
            "Body": talk.chat(
                world.org_type, issue, draw=draw, slots=_case_slots(world, case, case.owners[0].agent, draw)
            ),
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
    rules = _CLOSED if case.closed is not None else _OPEN
    rules = (rules * (1 + number // len(rules)))[:number] if number > len(rules) else rules[:number]
    end = case.closed or min(MIDNIGHT, case.created + timedelta(days=3))
    draw = world.draw("thread", case.id)

    def owner(moment: datetime) -> str:
        return next((each.agent for each in reversed(case.owners) if each.since <= moment), case.owners[0].agent)

    def slots(moment: datetime) -> dict[str, str]:
        return _case_slots(world, case, owner(moment), draw)

    subject = f"{case.subject} [{case.number}]"
    for place, (rule, moment) in enumerate(zip(rules, _moments(case.created, end, number, draw), strict=True)):
        _add_email(world, rule, Draw(draw.key, place), slots=slots(moment), subject=subject if place == 0 else f"Re: {subject}",
                   moment=moment, ends=(case.contact, owner(moment)), related=(case.id, case.id))  # fmt: skip


def _deal_thread(world: World, deal: DealFact, number: int) -> None:
    draw = world.draw("thread", deal.id)
    product = world.product[deal.quotes[0].lines[0].product]
    contact, agent = world.contact[deal.contact], world.agent[deal.owner]
    slots = {**slots_by_name(world.org_type)[product.name], **people(world, contact, agent)}
    start = deal.created
    end = min(MIDNIGHT, datetime(deal.close.year, deal.close.month, deal.close.day, tzinfo=MIDNIGHT.tzinfo))
    subject = draw.pick((product.name, f"Your interest in {product.name}", f"{product.name} for you"), "subject")
    for place, moment in enumerate(_moments(start, max(end, start + timedelta(hours=6)), number, draw)):
        _add_email(world, _DEAL[place % len(_DEAL)], Draw(draw.key, place), slots=slots,
                   subject=subject if place == 0 else f"Re: {subject}", moment=moment,
                   ends=(deal.contact, deal.owner), related=(deal.id, None))  # fmt: skip


def _moments(start: datetime, end: datetime, number: int, draw: Draw) -> list[datetime]:
    """Return instants between two others, in order."""
    whole = min((end - start).total_seconds(), (MIDNIGHT - start).total_seconds() - 60)
    marks = sorted(0.04 + 0.9 * draw.unit(("moment", place)) for place in range(number))
    return [start + timedelta(seconds=int(whole * mark) + place) for place, mark in enumerate(marks)]


def _add_email(
    world: World, rule: str, draw: Draw, *, slots: dict[str, str], subject: str, moment: datetime,
    ends: tuple[str, str], related: tuple[str, str | None],
) -> None:  # fmt: skip
    contact, agent = world.contact[ends[0]], world.agent[ends[1]]
    incoming = rule.startswith(("customer", "buyer"))
    sender, receiver = (contact, agent) if incoming else (agent, contact)
    row: Row = {
        "Subject": subject,
        "TextBody": talk.email(world.org_type, rule, draw=draw, slots=slots),
        "FromAddress": sender.email,
        "FromName": sender.name,
        "ToAddress": receiver.email,
        "ToIds": receiver.id,
        "MessageDate": wire(moment),
        "Incoming": incoming,
        "ParentId": related[1],
        "RelatedToId": related[0],
        "CreatedDate": wire(moment),
    }
    world.rows["EmailMessage"].append(row)
