"""What customers say in calls about a deal: points they praise or complain about, rivals, and offers of others."""

from collections.abc import Mapping
from functools import cache

from convsim.org.generate.content import blocks, grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import INSIGHT_KINDS, InsightKind

_RULES: dict[tuple[InsightKind, bool | None], str] = {
    ("topics", True): "praise",
    ("topics", False): "complaint",
    ("topics", None): "no_view",
    ("competitors", True): "ahead",
    ("competitors", False): "behind",
    ("competitors", None): "no_rank",
    ("offers", True): "tempting",
    ("offers", False): "unmoved",
}
_ASKED: dict[InsightKind, str] = {"topics": "topic_agent", "competitors": "rival_agent", "offers": "offer_agent"}
_SLOT: dict[InsightKind, str] = {"topics": "T", "competitors": "C", "offers": "O"}
_VOICE: dict[OrgType, dict[str, str]] = {
    "b2b": {"we": "we", "us": "us", "be": "are", "other": "supplier"},
    "b2c": {"we": "I", "us": "me", "be": "am", "other": "shop"},
}


@cache
def vocabulary(org_type: OrgType) -> dict[InsightKind, dict[str, tuple[str, ...]]]:
    """Return by kind the closed vocabulary, each item with the noun phrases that name it in a sentence."""
    found: dict[InsightKind, dict[str, tuple[str, ...]]] = {}
    for kind in INSIGHT_KINDS:
        lines = (line.split("|") for line in blocks("insight_items.txt")[f"{kind}_{org_type}"])
        found[kind] = {item: tuple(phrases) for item, *phrases in lines}
    return found


def said(org_type: OrgType, kind: InsightKind, item: str, positive: bool | None, *, draw: Draw) -> tuple[str, str]:
    """Return a seller's question and the customer's answer that tells the insight; None tells no opinion."""
    slots = _slots(org_type, kind, item, draw)
    words = grammar("insights")
    return words.say(_ASKED[kind], draw, slots), words.say(_RULES[kind, positive], draw, slots)


def remark(org_type: OrgType, item: str, *, draw: Draw) -> str:
    """Return what the seller says after a complaint: a lure that praises the point, or a polite word."""
    return grammar("insights").say("lure", draw, _slots(org_type, "topics", item, draw))


def _slots(org_type: OrgType, kind: InsightKind, item: str, draw: Draw) -> Mapping[str, str]:
    phrase = draw.pick(vocabulary(org_type)[kind][item], ("phrase", item))
    return {**_VOICE[org_type], _SLOT[kind]: phrase}
