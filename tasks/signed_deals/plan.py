"""A family about signed deals: window and direction are drawn; "none" when nothing was signed in a short window."""

from datetime import date

from convsim.records.task import Answer
from tasks.calendar import Window, brief
from tasks.comparison.plan import ComparisonPlan
from tasks.ground import Ground
from tasks.plan import Draft


class SignedDealsPlan(ComparisonPlan):
    """The seller with the highest or lowest figure over deals signed in the window."""

    answer = Answer(kind="id", prefixes=("005",), none=True)

    def window(self, ground: Ground, today: date, key: tuple[object, ...], *, none: bool) -> Window | None:
        """Return any window; for "none" one so short that nothing may have been signed in it."""
        if none:
            return brief(today, ground.latent.history_start, *key, "window")
        return super().window(ground, today, key, none=none)

    def nobody(self, ground: Ground, draft: Draft) -> str:
        """Return why no seller qualifies."""
        del ground, draft
        return "nobody qualifies: no contract was signed by the company in the period"
