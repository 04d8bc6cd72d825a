"""A family about signed deals: window and direction are drawn; "none" when nothing was signed in a short window."""

from datetime import date, timedelta

from convsim.draws import chance, choice, digest
from convsim.records.task import Answer
from tasks.calendar import Window, between, brief
from tasks.comparison.plan import ComparisonPlan
from tasks.ground import Ground
from tasks.plan import Draft
from tasks.signed_deals.facts import quiet

SIGNED = {"company": "CompanySignedDate", "customer": "CustomerSignedDate"}
"""The column of the signature that counts, by reading of the policy."""


class SignedDealsPlan(ComparisonPlan):
    """The seller with the highest or lowest figure over deals signed in the window."""

    answer = Answer(kind="id", prefixes=("005",), none=True)

    def window(self, ground: Ground, today: date, key: tuple[object, ...], *, none: bool) -> Window | None:
        """Return any window; for "none" a brief one, or one in which nothing was signed for certain."""
        if not none:
            return super().window(ground, today, key, none=none)
        if chance(0.5, *key, "brief"):
            return brief(today, ground.latent.history_start, *key, "window")
        return _quiet_window(ground, today, key)

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why no seller qualifies."""
        del ground
        return f"nobody qualifies: no contract was signed by the {self.reading(draft.values)} in the period"


def _quiet_window(ground: Ground, today: date, key: tuple[object, ...]) -> Window | None:
    """Return some days, at least two, of a span without any signature; None when there is no such span."""
    spans = [span for span in quiet(ground) if span[1] <= today]
    if not spans:
        return None
    start, end = choice(spans, *key, "quiet")
    late, early = (digest(*key, "trimmed", side) % ((end - start).days // 2) for side in ("start", "end"))
    return between(start + timedelta(days=late), end - timedelta(days=early + 1))
