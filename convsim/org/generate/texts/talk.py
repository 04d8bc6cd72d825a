"""What people write and say to each other: e-mails, chats, calls, and the notes of tasks and events."""

from collections.abc import Mapping, Sequence
from functools import cache

from convsim.org.generate.content import DOMAINS, grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import OrgType

_ON_A_THING = frozenset(
    ("network", "battery", "readings", "update", "damaged", "housing", "alarms", "replacement", "dead", "noise",
     "smell", "charge", "app", "leak", "finish", "broken", "wrong", "warranty")
)  # fmt: skip
"""Issues for which a number or a photo helps."""
_LASTING = frozenset(
    ("network", "battery", "sync", "license", "readings", "update", "lockout", "slow", "alarms", "interface", "dead",
     "noise", "smell", "charge", "app", "leak", "finish")
)  # fmt: skip
"""Issues that began at some time and go on."""
_CHAT = (
    ("agent", "chat_open_agent"),
    ("customer", "chat_open_customer"),
    ("agent", "chat_ask"),
    ("customer", "chat_answer"),
    ("agent", "chat_wait"),
    ("agent", "chat_offer"),
    ("customer", "chat_accept"),
    ("customer", "chat_end_customer"),
    ("agent", "chat_end_agent"),
)
_DEAL_CALL = (
    ("agent", "call_deal_agent", "customer", "call_deal_customer"),
    ("agent", "sell_delivery", "customer", "buy_delivery"),
    ("agent", "sell_decide", "customer", "buy_decide"),
    ("agent", "sell_trial", "customer", "buy_trial"),
    ("agent", "sell_people", "customer", "buy_people"),
)


def email(org_type: OrgType, rule: str, *, draw: Draw, slots: Mapping[str, str]) -> str:
    """Return the text of an e-mail; slots `ask` and `answer` come from `question`."""
    return grammar(f"{org_type}_talk").say(rule, draw, slots)


def question(org_type: OrgType, issue: str, *, draw: Draw, slots: Mapping[str, str]) -> dict[str, str]:
    """Return a question that fits the issue (its key) as slot `ask`, and the customer's answer as slot `answer`."""
    kinds = ["call"]
    if issue in _ON_A_THING and slots["family"] != "Software":
        kinds.append("serial")
    if issue in _LASTING:
        kinds.append("since")
    said, kind = grammar(f"{org_type}_talk"), draw.pick(kinds, "question")
    return {"ask": said.raw(f"ask_{kind}", draw, slots), "answer": said.raw(f"answer_{kind}", draw, slots)}


def line(org_type: OrgType, rule: str, *, draw: Draw, slots: Mapping[str, str]) -> str:
    """Return one line: a subject, a note."""
    return grammar(f"{org_type}_talk").say(rule, draw, slots)


def chat(org_type: OrgType, issue: str, *, draw: Draw, slots: Mapping[str, str], offers: bool) -> str:
    """Return a chat about an issue (its key), one line per message with the speaker's first name.

    The agent offers what slot `remedy` says, or promises to come back.
    """
    said, cases = grammar(f"{org_type}_talk"), grammar(f"{org_type}_cases")
    full = {**slots, "sym": cases.raw(f"sym_{issue}", draw, slots), "more": cases.raw(f"more_{issue}", draw, slots)}
    full |= question(org_type, issue, draw=draw, slots=slots)
    spoken = {"agent": slots["agent_first"], "customer": slots["first"]}
    rules = [(who, "chat_no_offer" if rule == "chat_offer" and not offers else rule) for who, rule in _CHAT]
    lines = [(who, said.say(rule, draw, full)) for who, rule in rules]
    return "\n".join(f"{spoken[who]}: {text}" for who, text in lines)


def call(org_type: OrgType, *, draw: Draw, slots: Mapping[str, str]) -> str:
    """Return a call about a deal, one line per turn with the speaker's full name."""
    said = grammar(f"{org_type}_talk")
    turns: list[tuple[str, str]] = [
        ("agent", said.say("call_open_agent", draw, slots)),
        ("customer", said.say("call_open_customer", draw, slots)),
    ]
    if draw.chance(0.55, "small talk"):
        asked, answered = said.say("call_small", draw, slots).split(" // ")
        turns += [("agent", asked), ("customer", answered)]
    for asker, question, answerer, answer in _order(draw, _DEAL_CALL):
        turns += [(asker, said.say(question, draw, slots)), (answerer, said.say(answer, draw, slots))]
    turns.append(("agent", said.say("call_close_agent", draw, slots)))
    turns.append(("customer", said.say("call_close_customer", draw, slots)))
    names = {"agent": slots["agent"], "customer": slots["name"]}
    return "\n".join(f"{names[who]}: {text}" for who, text in turns)


def _order(draw: Draw, parts: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    """Return the parts with the first one in front and the others in drawn order, sometimes without the last."""
    rest = [part for _, part in sorted((draw.number(("order", part[1])), part) for part in parts[1:])]
    return [parts[0], *rest[: 3 - draw.chance(0.35, "short")]]


@cache
def mailbox(org_type: OrgType) -> str:
    """Return the address of the service desk."""
    return f"service@{DOMAINS[org_type]}"
