"""What a customer says in a call about a deal: planned before it is worded, kept as facts."""

from convsim.org.generate.draw import Draw, ranked
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import InsightKind, Opinion
from convsim.org.generate.texts.insights import remark, said, vocabulary

_COMPETITOR, _OFFER, _NOTHING = 0.5, 0.45, 0.25
"""Shares of the calls that rank a competitor, tell of an offer, and name a point without an opinion on it."""
_ATTEMPTS = 12
"""Draws of a question before one is asked again."""


def plan_insights(org_type: OrgType, draw: Draw) -> tuple[Opinion, ...]:
    """Return the insights of a call: one or two points, often a competitor or an offer of another supplier."""
    topics = ranked(sorted(vocabulary(org_type)["topics"]), draw.key, "topics")[: draw.between(1, 2, "topics")]
    rows: list[Opinion] = [("topics", item, draw.chance(0.5, ("praise", item))) for item in topics]
    kinds: tuple[tuple[InsightKind, float], ...] = (("competitors", _COMPETITOR), ("offers", _OFFER))
    for kind, share in kinds:
        if draw.chance(share, kind):
            item = draw.pick(sorted(vocabulary(org_type)[kind]), ("item", kind))
            rows.append((kind, item, draw.chance(0.5, ("positive", kind))))
    return tuple(rows)


def turns(org_type: OrgType, rows: tuple[Opinion, ...], draw: Draw) -> list[tuple[str, str]]:
    """Return the turns that tell the insights in drawn order, sometimes beside points that tell nothing."""
    told: list[tuple[InsightKind, str, bool | None]] = [*rows, *_idle(org_type, rows, draw)]
    found: list[tuple[str, str]] = []
    word = ""
    for place, (kind, item, positive) in enumerate(ranked(told, draw.key, "insights")):
        own, asked, answered = _new_turn(org_type, (kind, item, positive), Draw(draw.key, "insight", place), found)
        found += [("agent", f"{word} {asked}".strip()), ("customer", answered)]
        complaint = kind == "topics" and positive is False
        word = remark(org_type, item, draw=own) if complaint and draw.chance(0.5, ("remark", place)) else ""
    return found


def _new_turn(
    org_type: OrgType, told: tuple[InsightKind, str, bool | None], draw: Draw, before: list[tuple[str, str]]
) -> tuple[Draw, str, str]:
    """Return the turn's draws, a question that was not asked before in the call, and the answer."""
    spoken = " ".join(text for _, text in before)
    for attempt in range(_ATTEMPTS):
        own = Draw(draw.key, attempt)
        asked, answered = said(org_type, *told, draw=own)
        if asked not in spoken:
            break
    return own, asked, answered


def _idle(org_type: OrgType, rows: tuple[Opinion, ...], draw: Draw) -> list[tuple[InsightKind, str, None]]:
    """Return points and competitors that are named without any opinion."""
    named = {item for _, item, _ in rows}
    found: list[tuple[InsightKind, str, None]] = []
    kinds: tuple[InsightKind, ...] = ("topics", "competitors")
    for kind in kinds:
        free = [each for each in sorted(vocabulary(org_type)[kind]) if each not in named]
        if draw.chance(_NOTHING, ("idle", kind)):
            found.append((kind, draw.pick(free, ("idle item", kind)), None))
    return found
