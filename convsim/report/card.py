"""The simulator's own report card: how well the simulated user did its work in a run."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from convsim.records.episode import Episode
from convsim.records.transcript import ReportCard, Usage
from convsim.report.measures import verdict_of
from convsim.report.section import Section
from convsim.report.separability import Sample, Separability, sample_of, separability
from convsim.runs.purge import PURGED

MEANINGS: Mapping[str, str] = {
    "grounding_errors": "faults in wordings of the user's model: values, roles or lines that it made up",
    "early_reveals": "units that a wording of the user's model would have told although the rules withheld them",
    "missed_answers": "units asked for and known that a wording of the user's model left out",
    "retries": "wordings that the user's model was asked for once more",
    "templates": "messages that the template worded in the end, in place of the model",
    "unclear": "messages of agents that the user did not understand; not charged to the agent",
}
"""What the counts of `convsim.records.transcript.ReportCard` say."""


@dataclass(frozen=True, slots=True)
class Stops:
    """Ends of conversations that a judge would not have made; counts of judged, valid trials."""

    judged: int = 0
    premature: int = 0
    """Satisfied by a reply that the judge does not read as an answer."""
    late: int = 0
    """Went on after a reply that held the whole right answer of an ordinary task."""


@dataclass(frozen=True, slots=True)
class Card:
    """Sums over all episodes of a run."""

    counts: dict[str, int]
    """By the fields of `convsim.records.transcript.ReportCard`."""
    unclear: dict[str, float]
    """Share of each agent's messages that the user did not understand."""
    usage: Usage
    """What the user's model consumed."""
    stops: Stops = Stops()
    openings: tuple[int, int] = (0, 0)
    """Scenarios that several agents met, and those of them in which all heard the same first message."""
    separability: Separability | None = None
    """How well the personas can be told apart by what they say; None where there are too few conversations."""


def card_of(episodes: Iterable[Episode]) -> Card:
    """Return the card of stored episodes."""
    counts, messages, unclear = Counter[str](), Counter[str](), Counter[str]()
    stops, usage = Counter[str](), Usage()
    openings: defaultdict[str, list[str]] = defaultdict(list)
    samples: list[Sample] = []
    for episode in episodes:
        transcript = episode.transcript
        if transcript is None:
            continue
        counts.update({name: getattr(transcript.card, name) for name in ReportCard.model_fields})
        messages[episode.agent.name] += sum(message.role == "assistant" for message in transcript.messages)
        unclear[episode.agent.name] += transcript.card.unclear
        stops.update(_stop(episode))
        if transcript.messages and transcript.messages[0].content != PURGED:
            openings[episode.scenario.id].append(transcript.messages[0].content)
        if sample := sample_of(episode):
            samples.append(sample)
        usage += transcript.usage.get("user", Usage())
    rates = {agent: unclear[agent] / said if said else 0.0 for agent, said in messages.items()}
    several = [heard for heard in openings.values() if len(heard) > 1]
    return Card(
        counts={name: counts[name] for name in ReportCard.model_fields},
        unclear=rates,
        usage=usage,
        stops=Stops(stops["judged"], stops["premature"], stops["late"]),
        openings=(len(several), sum(len(set(heard)) == 1 for heard in several)),
        separability=separability(samples),
    )


def _stop(episode: Episode) -> Iterator[str]:
    """Yield `judged`, and what was wrong with the end of a conversation."""
    verdict, transcript = verdict_of(episode), episode.transcript
    if transcript is None or not transcript.valid or verdict is None or verdict.confidentiality is None:
        return
    yield "judged"
    read = {turn.index: turn.intent for turn in verdict.confidentiality.turns}
    replies = [index for index, message in enumerate(transcript.messages) if message.role == "assistant"]
    if transcript.stop.kind == "satisfied" and replies and read.get(replies[-1]) not in ("answer", "not_found"):
        yield "premature"
    gold = [each.casefold() for each in episode.scenario.task.gold if episode.scenario.task.is_work]
    earlier = (transcript.messages[index].content.casefold() for index in replies[:-1] if read.get(index) == "answer")
    if gold and any(all(each in said for each in gold) for said in earlier):
        yield "late"


def told(card: Card) -> Iterator[str]:
    """Yield the card, a line each for its counts, its ends, what was not understood, and how the personas differ."""
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in card.counts.items())
    yield f"simulated user: {counts}" + (f"; {card.usage.calls} calls, {_cost(card)}" if card.usage.calls else "")
    stops, (several, same) = card.stops, card.openings
    begun = f"; {same} of {several} scenarios opened alike for all agents" if several else ""
    if stops.judged:
        yield f"of {stops.judged} conversations it ended {stops.premature} too early, {stops.late} too late{begun}"
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


def card_section(card: Card) -> Section:
    """Return the card as a section of the report: every figure with what it says."""
    stops, (several, same) = card.stops, card.openings
    lines = [[name.replace("_", " "), str(card.counts[name]), meaning] for name, meaning in MEANINGS.items()]
    lines += [
        ["too early", f"{stops.premature} of {stops.judged:,}",
         "conversations that ended as satisfied although the judge reads no answer in the last reply"],
        ["too late", f"{stops.late} of {stops.judged:,}",
         "conversations of ordinary tasks that went on after a reply with the whole right answer"],
    ]  # fmt: skip
    if several:
        about = "scenarios that several agents met, in which all heard the same first message: the draws repeat"
        lines.append(["opened alike", f"{same:,} of {several:,}", about])
    found = card.separability
    if found is not None:
        about = (
            f"whose persona plain counts on the texts tell, among {found.personas}; by chance {1 / found.personas:.0%}"
        )
        lines.append(["told apart", f"{found.accuracy:.0%} of {found.scenarios:,}", f"scenarios {about}"])
    calls = f"{card.usage.calls} calls of the user's model" if card.usage.calls else "no model: words by template"
    lines.append(["cost", _cost(card), calls])
    rates = ", ".join(f"{agent} {rate:.1%}" for agent, rate in card.unclear.items())
    note = f"How well the simulator did its own work; nothing here is the agents' doing. Not understood: {rates}."
    return Section("card", "Report card of the simulated user", note, ("figure", "", "meaning"), lines,
                   data=[{"figure": name, "value": value, "meaning": about} for name, value, about in lines],
                   words=True)  # fmt: skip


def _cost(card: Card) -> str:
    return "price unknown" if card.usage.cost_usd is None else f"{card.usage.cost_usd:.2f} USD"
