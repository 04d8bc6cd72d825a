"""Calls with leads: one that tells the four facts of a qualification, and the shorter ones around it."""

from collections.abc import Mapping

from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw, ranked
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import BantFact
from convsim.org.generate.texts.talk import exchange

_PARTS = ("need", "money", "who", "when")
_FACTORS = {"need": "Need", "money": "Budget", "who": "Authority", "when": "Timeline"}


def qualifying_call(org_type: OrgType, bant: BantFact, *, draw: Draw, slots: Mapping[str, str]) -> str:
    """Return a call in which the lead tells basket, need, budget, who decides and by when, in drawn order.

    The seller may draw the wrong conclusion aloud.
    """
    said = grammar(f"{org_type}_calls")
    turns: list[tuple[str, str]] = []
    remark = ""
    for part in ("basket", *_order(draw)):
        turns.append(("agent", f"{remark} {said.say(f'{part}_agent', draw, slots)}".strip()))
        turns.append(("customer", said.say(_answer(part, bant), draw, slots)))
        remark = _remark(org_type, part, bant, draw=draw)
    return _framed(org_type, turns, remark, draw=draw, slots=slots)


def follow_up_call(org_type: OrgType, *, draw: Draw, slots: Mapping[str, str]) -> str:
    """Return a call that tells nothing about the qualification."""
    said = grammar(f"{org_type}_calls")
    rule = "wonder_software" if slots["family"] == "Software" else "wonder"
    full = {**slots, "wonder": said.raw(rule, draw, slots) if rule in said else ""}
    turns = exchange(org_type, "follow", draw=draw, slots=full, grammar_of="calls")
    if draw.chance(0.5, "trial"):
        turns += exchange(org_type, "trial", draw=draw, slots=slots)
    return _framed(org_type, turns, "", draw=draw, slots=slots)


def _order(draw: Draw) -> list[str]:
    """Return the parts in drawn order, sometimes with a look back at earlier purchases among them."""
    parts = [*_PARTS, "aside"] if draw.chance(0.4, "aside") else list(_PARTS)
    return ranked(parts, draw.key, "parts")


def _answer(part: str, bant: BantFact) -> str:
    if part == "need":
        return "need_yes" if bant.needs else "need_no"
    if part == "who":
        return "who_yes" if bant.decides else "who_no"
    return f"{part}_customer"


def _remark(org_type: OrgType, part: str, bant: BantFact, *, draw: Draw) -> str:
    """Return what the seller makes of an answer: rosy where it fails, doubtful where it does not, mostly nothing."""
    said = grammar(f"{org_type}_calls")
    if part not in _FACTORS:
        return ""
    if _FACTORS[part] in bant.fails:
        return said.say(f"lure_{_FACTORS[part].lower()}", draw, {}) if draw.chance(0.5, ("lure", part)) else ""
    return said.say("doubt", draw, {}) if part in {"money", "when"} and draw.chance(0.2, ("doubt", part)) else ""


def _framed(
    org_type: OrgType, middle: list[tuple[str, str]], remark: str, *, draw: Draw, slots: Mapping[str, str]
) -> str:
    """Return the whole call, one line per turn with the speaker's full name."""
    said = grammar(f"{org_type}_talk")
    turns = [
        ("agent", said.say("call_open_agent", draw, slots)),
        ("customer", said.say("call_open_customer", draw, slots)),
    ]
    if draw.chance(0.55, "small talk"):
        turns += exchange(org_type, "call_small", draw=draw, slots=slots)
    turns += middle
    turns.append(("agent", f"{remark} {said.say('call_close_agent', draw, slots)}".strip()))
    turns.append(("customer", said.say("call_close_customer", draw, slots)))
    names = {"agent": slots["agent"], "customer": slots["name"]}
    return "\n".join(f"{names[who]}: {text}" for who, text in turns)
