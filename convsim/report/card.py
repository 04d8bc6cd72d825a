"""The simulator's own report card: how well the simulated user did its work in a run."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from convsim.records.episode import Episode
from convsim.records.transcript import ReportCard, Usage
from convsim.report.separability import Sample, Separability, sample_of, separability


@dataclass(frozen=True, slots=True)
class Card:
    """Sums over all episodes of a run."""

    counts: dict[str, int]
    """By the fields of `convsim.records.transcript.ReportCard`."""
    unclear: dict[str, float]
    """Share of each agent's messages that the user did not understand."""
    usage: Usage
    """What the user's model consumed."""
    separability: Separability | None = None
    """How well the personas can be told apart by what they say; None where there are too few conversations."""


def card_of(episodes: Iterable[Episode]) -> Card:
    """Return the card of stored episodes."""
    counts: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    unclear: Counter[str] = Counter()
    usage = Usage()
    samples: list[Sample] = []
    for episode in episodes:
        transcript = episode.transcript
        if transcript is None:
            continue
        counts.update({name: getattr(transcript.card, name) for name in ReportCard.model_fields})
        messages[episode.agent.name] += sum(message.role == "assistant" for message in transcript.messages)
        unclear[episode.agent.name] += transcript.card.unclear
        if sample := sample_of(episode):
            samples.append(sample)
        usage += transcript.usage.get("user", Usage())
    rates = {agent: unclear[agent] / said if said else 0.0 for agent, said in messages.items()}
    return Card({name: counts[name] for name in ReportCard.model_fields}, rates, usage, separability(samples))


def told(card: Card) -> Iterator[str]:
    """Yield the card, a line each for its counts, what was not understood, and how the personas differ."""
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in card.counts.items())
    cost = "price unknown" if card.usage.cost_usd is None else f"{card.usage.cost_usd:.2f} USD"
    yield f"simulated user: {counts}" + (f"; {card.usage.calls} calls, {cost}" if card.usage.calls else "")
    rates = ", ".join(f"{agent} {rate:.1%}" for agent, rate in card.unclear.items())
    yield f"messages that it did not understand: {rates}"
    if card.separability is not None:
        yield apart(card.separability)


def apart(found: Separability) -> str:
    """Return in words how well the personas are told apart."""
    return (
        f"personas told apart by plain counts on their texts: {found.accuracy:.0%} of {found.scenarios} scenarios, "
        f"by chance {1 / found.personas:.0%} ({found.personas} personas)"
    )
