"""What people write and say to each other: e-mails, chats, calls, and the notes of tasks and events."""

from collections.abc import Mapping, Sequence
from functools import cache

from convsim.org.generate.content import DOMAINS, grammar
from convsim.org.generate.draw import Draw, ranked
from convsim.org.generate.grammar import tidy
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
_TURN = " // "
"""Stands in a rule where the other one begins to speak."""
_ASIDES = ("decide", "trial", "people")
_NO_OFFER = {"chat_offer": "chat_no_offer", "chat_accept": "chat_fine"}
"""Rules of a chat in which the agent has nothing to offer yet, by those that they stand for."""


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
    rules = [(who, rule if offers else _NO_OFFER.get(rule, rule)) for who, rule in _CHAT]
    other = {"agent": "customer", "customer": "agent"}
    lines = [(other[who] if place % 2 else who, tidy(text))
             for who, rule in rules for place, text in enumerate(said.raw(rule, draw, full).split(_TURN))]  # fmt: skip
    return "\n".join(f"{spoken[who]}: {text}" for who, text in lines)


def call(org_type: OrgType, *, draw: Draw, slots: Mapping[str, str], told: Sequence[tuple[str, str]]) -> str:
    """Return a call about a deal, one line per turn with the speaker's full name; `told` are the turns that matter."""
    said = grammar(f"{org_type}_talk")
    turns: list[tuple[str, str]] = [
        ("agent", said.say("call_open_agent", draw, slots)),
        ("customer", said.say("call_open_customer", draw, slots)),
    ]
    if draw.chance(0.55, "small talk"):
        turns += exchange(org_type, "call_small", draw=draw, slots=slots)
    turns += [
        ("agent", said.say("call_deal_agent", draw, slots)),
        ("customer", said.say("call_deal_customer", draw, slots)),
    ]
    turns += told
    for rule in ranked(_ASIDES, draw.key, "asides")[: 2 - draw.chance(0.5, "short")]:
        turns += exchange(org_type, rule, draw=draw, slots=slots)
    turns.append(("agent", said.say("call_close_agent", draw, slots)))
    turns.append(("customer", said.say("call_close_customer", draw, slots)))
    names = {"agent": slots["agent"], "customer": slots["name"]}
    return "\n".join(f"{names[who]}: {text}" for who, text in turns)


def exchange(
    org_type: OrgType, rule: str, *, draw: Draw, slots: Mapping[str, str], grammar_of: str = "talk"
) -> list[tuple[str, str]]:
    """Return the turns of a rule that words them all, the agent's first: what is answered fits what was asked."""
    texts = grammar(f"{org_type}_{grammar_of}").raw(rule, draw, slots).split(_TURN)
    return [("customer" if place % 2 else "agent", tidy(text)) for place, text in enumerate(texts)]


@cache
def mailbox(org_type: OrgType) -> str:
    """Return the address of the service desk."""
    return f"service@{DOMAINS[org_type]}"
