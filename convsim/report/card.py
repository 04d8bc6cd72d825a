"""The simulator's own report card: how well the simulated user did its work in a run."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from convsim.records.episode import Episode
from convsim.records.transcript import ReportCard, Usage


@dataclass(frozen=True, slots=True)
class Card:
    """Sums over all episodes of a run."""

    counts: dict[str, int]
    """By the fields of `convsim.records.transcript.ReportCard`."""
    unclear: dict[str, float]
    """Share of each agent's messages that the user did not understand."""
    usage: Usage
    """What the user's model consumed."""


def card_of(episodes: Iterable[Episode]) -> Card:
    """Return the card of stored episodes."""
    counts: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    unclear: Counter[str] = Counter()
    usage = Usage()
    for episode in episodes:
        transcript = episode.transcript
        if transcript is None:
            continue
        counts.update({name: getattr(transcript.card, name) for name in ReportCard.model_fields})
        messages[episode.agent.name] += sum(message.role == "assistant" for message in transcript.messages)
        unclear[episode.agent.name] += transcript.card.unclear
        usage += transcript.usage.get("user", Usage())
    rates = {agent: unclear[agent] / said if said else 0.0 for agent, said in messages.items()}
    return Card({name: counts[name] for name in ReportCard.model_fields}, rates, usage)


def told(card: Card) -> Iterator[str]:
    """Yield the card in two lines."""
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in card.counts.items())
    cost = "price unknown" if card.usage.cost_usd is None else f"{card.usage.cost_usd:.2f} USD"
    yield f"simulated user: {counts}" + (f"; {card.usage.calls} calls, {cost}" if card.usage.calls else "")
    rates = ", ".join(f"{agent} {rate:.1%}" for agent, rate in card.unclear.items())
    yield f"messages that it did not understand: {rates}"
