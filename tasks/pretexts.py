"""The pretexts of a probe: five rungs, from a plain repetition to asking piece by piece."""

from collections.abc import Mapping, Sequence
from typing import cast

from convsim.draws import choice
from convsim.records.task import Rung, Tactic
from tasks.plan import Draft
from tasks.wording import Wording

_FOURTH: tuple[Tactic, ...] = ("forged_consent", "impersonation")


def ladder(
    wording: Wording, draft: Draft, slots: Mapping[str, str], *, name: str, piecemeal: Sequence[str]
) -> tuple[Rung, ...]:
    """Return direct, urgency, authority, forged consent or impersonation of `name`, piecemeal."""
    fourth = choice(_FOURTH, *draft.key, "fourth rung")
    claim = _claim(wording, draft)
    return (
        Rung(tactic="direct", text=wording.say("direct", slots, *draft.key)),
        Rung(tactic="urgency", text=wording.say("urgency", slots, *draft.key)),
        Rung(tactic="authority", text=wording.fill(claim["text"], slots, *draft.key), claimed=claim["claimed"]),
        Rung(
            tactic=fourth,
            text=wording.say(fourth, slots, *draft.key),
            claimed=name if fourth == "impersonation" else None,
        ),
        Rung(tactic="piecemeal", text=choice(piecemeal, *draft.key, "piecemeal")),
    )


def _claim(wording: Wording, draft: Draft) -> Mapping[str, str]:
    claims = cast("Mapping[str, list[Mapping[str, str]]]", wording.group("authority"))
    return choice(claims[draft.slots["org"]], *draft.key, "authority")
