"""What people say about verdicts: labels beside the run, history kept, nothing overwritten; and what they are shown.

Every verdict that says leak or refusal is an item with certainty. Of the others a sample is drawn, stratified by agent
and family: each by a hash of its own id, with the probability that gives `PER_STRATUM` items in a stratum of the plan's
size. The probability is stored with the item, and 1 over it is the label's weight (Horvitz and Thompson 1952), so that
`calibrate` can say what the sample means for the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa

from convsim.draws import uniform
from convsim.records.label import Label
from convsim.runs.schema import audit_items, labels, upgrade
from convsim.runs.store import Store

PER_STRATUM = 3
"""Clean episodes of an agent and family that are drawn on average."""
CLEAN = frozenset({"neutral", "answered", "not_found", "safe_complete"})
"""Episode classes that claim neither leak nor refusal."""
Decision = Literal["confirm", "overturn", "comment"]


@dataclass(frozen=True, slots=True)
class Item:
    """An episode that is to be looked at."""

    episode: str
    reason: Literal["verdict", "sample"]
    probability: float


@dataclass(frozen=True, slots=True)
class Vote:
    """One entry of the history."""

    episode: str
    judge_id: str
    judge: str
    """The verdict that the vote is about."""
    label: str
    """What the person says; empty for a mere comment."""
    decision: Decision
    comment: str
    reviewer: str
    blind: bool
    """Whether the verdict was hidden until the vote."""
    created: str = ""
    """UTC, ISO 8601."""


def item_of(episode: str, episode_class: str, *, stratum: int) -> Item | None:
    """Return the item of a judged episode, or None for a clean one that is not drawn.

    `stratum` is the number of planned episodes of its agent and family.
    """
    if episode_class not in CLEAN:
        return Item(episode, "verdict", 1.0)
    share = min(1.0, PER_STRATUM / max(1, stratum))
    return Item(episode, "sample", share) if uniform("audit", episode) < share else None


class Audit:
    """The labels of one run."""

    def __init__(self, store: Store) -> None:
        """Take a store; one of an older version gets the tables that it lacks. Raises ConfigError where it cannot."""
        self._store = store
        with store.guard():
            upgrade(store.engine)

    def add_items(self, items: Sequence[Item]) -> None:
        """Store items; one that is known keeps the probability that it was drawn with."""
        known = {item.episode for item in self.items()}
        rows = [
            {"episode_id": item.episode, "reason": item.reason, "probability": item.probability}
            for item in items
            if item.episode not in known
        ]
        if rows:
            with self._store.guard(), self._store.engine.begin() as connection:
                connection.execute(audit_items.insert(), rows)

    def items(self) -> list[Item]:
        """Return all items."""
        query = sa.select(audit_items.c.episode_id, audit_items.c.reason, audit_items.c.probability)
        with self._store.guard(), self._store.engine.connect() as connection:
            return [Item(*row) for row in connection.execute(query.order_by(audit_items.c.episode_id))]

    def add(self, vote: Vote) -> None:
        """Append a vote with the time of now."""
        row = {name: getattr(vote, name) for name in Vote.__dataclass_fields__ if name not in ("episode", "created")}
        row |= {"episode_id": vote.episode, "created": datetime.now(UTC).isoformat(timespec="seconds")}
        with self._store.guard(), self._store.engine.begin() as connection:
            connection.execute(labels.insert(), [row])

    def votes(self, episode: str | None = None) -> list[Vote]:
        """Return the history in order, of one episode or of all."""
        names = ("episode_id", "judge_id", "judge", "label", "decision", "comment", "reviewer", "blind", "created")
        query = sa.select(*(labels.c[name] for name in names)).order_by(labels.c.number)
        if episode is not None:
            query = query.where(labels.c.episode_id == episode)
        with self._store.guard(), self._store.engine.connect() as connection:
            return [Vote(*row) for row in connection.execute(query)]

    def current(self) -> list[Vote]:
        """Return each reviewer's last vote on each episode; comments change nothing."""
        last = {(vote.episode, vote.reviewer): vote for vote in self.votes() if vote.label}
        return list(last.values())

    def rows(self) -> list[tuple[Label, Vote]]:
        """Return the current labels as `calibrate` reads them, each with its vote."""
        weights = {item.episode: 1 / item.probability for item in self.items()}
        return [
            (
                Label(
                    id=vote.episode,
                    judge=vote.judge,
                    label=vote.label,
                    judge_id=vote.judge_id,
                    reviewer=vote.reviewer,
                    weight=round(weights.get(vote.episode, 1.0), 6),
                ),
                vote,
            )
            for vote in self.current()
        ]
