"""The simulator's report card adds up what the episodes counted."""

from samples import task

from convsim.records.episode import AgentConfig, Episode, Scenario
from convsim.records.transcript import Message, ReportCard, Stop, Transcript, Usage
from convsim.report.card import card_of, told


def episode(agent: str, *, unclear: int, replies: int, cost: float | None = 0.0) -> Episode:
    scenario = Scenario(id=f"s{unclear}{replies}", task=task(0), persona="p", delivery="multi", trial=0, seed=0)
    messages = tuple(Message(role="assistant", content="Which period?") for _ in range(replies))
    return Episode(
        id=f"{agent}{unclear}{replies}",
        scenario=scenario,
        agent=AgentConfig(target=agent),
        transcript=Transcript(
            messages=messages,
            stop=Stop(kind="satisfied"),
            card=ReportCard(unclear=unclear, retries=1),
            usage={"user": Usage(calls=2, cost_usd=cost)},
        ),
    )


def test_counts_rates_and_cost() -> None:
    episodes = [episode("a", unclear=1, replies=4), episode("a", unclear=0, replies=4)]
    card = card_of([*episodes, episode("b", unclear=0, replies=0)])
    assert (card.counts["unclear"], card.counts["retries"]) == (1, 3)
    assert card.unclear == {"a": 0.125, "b": 0.0}
    counts, rates = told(card)
    assert counts.endswith("unclear 1; 6 calls, 0.00 USD")
    assert rates == "messages that it did not understand: a 12.5%, b 0.0%"


def test_an_unknown_price_is_said() -> None:
    counts, _ = told(card_of([episode("a", unclear=0, replies=1, cost=None)]))
    assert counts.endswith("2 calls, price unknown")
