"""What the models of a run consumed, apart for agent, user and judge."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from convsim.records.transcript import Usage
from convsim.report.section import Section
from convsim.runs.store import JUDGE, Store

NOTE = (
    "Sums over all conversations, spoiled ones included. Retries: attempts that failed and were repeated. In all: with "
    "what was given up and run again. Foreign agents count what they tell. A cost is unknown as soon as one price is."
)
HEADINGS = ("model of", "calls", "retries", "tokens in", "cached", "tokens out", "reasoning", "USD")


class Spent(NamedTuple):
    """One role's part."""

    role: str
    usage: Usage


def spent_of(stores: Sequence[Store]) -> list[Spent]:
    """Return what agents, users and judges consumed, and everything together; empty where no model was called."""
    whole = _sum(store.spent() for store in stores)
    if not whole.calls:
        return []
    transcripts = [episode.transcript for store in stores for episode in store.episodes() if episode.transcript]
    roles = ("agent", "user")
    parts = [Spent(role, _sum(each.usage.get(role, Usage()) for each in transcripts)) for role in roles]
    return [*parts, Spent("judge", _sum(store.spent(JUDGE) for store in stores)), Spent("in all", whole)]


def told_spent(spent: Sequence[Spent]) -> str:
    """Return it in a line; empty where no model was called."""
    told = (
        f"{role} {usage.calls:,} calls, {usage.input_tokens + usage.output_tokens:,} tokens, {cost(usage)}"
        for role, usage in spent
        if usage.calls
    )
    return f"models: {'; '.join(told)}" if spent else ""


def spent_section(spent: Sequence[Spent]) -> Section:
    """Return it as a section of the report."""
    title = "What the models consumed"
    if not spent:
        return Section("spending", title, NOTE, missing="no model was called")
    lines = [
        [role, f"{usage.calls:,}", f"{usage.retries:,}", f"{usage.input_tokens:,}", f"{usage.cached_tokens:,}",
         f"{usage.output_tokens:,}", f"{usage.reasoning_tokens:,}", cost(usage)]
        for role, usage in spent
    ]  # fmt: skip
    data = [{"role": role, **usage.model_dump()} for role, usage in spent]
    return Section("spending", title, NOTE, HEADINGS, lines, data=data)


def cost(usage: Usage) -> str:
    """Return a cost in words."""
    return "price unknown" if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"


def _sum(usages: Iterable[Usage]) -> Usage:
    return sum(usages, Usage())
