"""The simulator's report card adds up what the episodes counted."""

from samples import task

from convsim.records.episode import AgentConfig, Episode, Scenario
from convsim.records.transcript import Message, ReportCard, Stop, Transcript, Usage
from convsim.records.verdict import Confidentiality, Turn, Verdict
from convsim.report.card import Stops, card_of, card_section, told
from convsim.report.separability import Separability


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
    counts, *_ = told(card_of([episode("a", unclear=0, replies=1, cost=None)]))
    assert counts.endswith("2 calls, price unknown")


def spoken(persona: str, number: int, *texts: str, agent: str = "a") -> Episode:
    scenario = Scenario(id=f"{persona}{number}", task=task(0), persona=persona, delivery="multi", trial=number, seed=0)
    messages = tuple(Message(role="user", content=text) for text in texts)
    transcript = Transcript(messages=messages, stop=Stop(kind="satisfied"))
    return Episode(
        id=f"{persona}{number}{agent}", scenario=scenario, agent=AgentConfig(target=agent), transcript=transcript
    )


def test_personas_that_speak_differently_are_told_apart() -> None:
    episodes = [spoken("terse", number, "Which one?", "Q2.") for number in range(4)]
    episodes += [
        spoken("wordy", number, f"Well, I'd like to know it, please, {'so ' * number} thanks!") for number in range(4)
    ]
    assert card_of(episodes).separability == Separability(accuracy=1.0, personas=2, scenarios=8)
    assert "100% of 8 scenarios, by chance 50% (2 personas)" in list(told(card_of(episodes)))[-1]


def test_what_another_agent_heard_of_the_same_scenario_helps_nobody() -> None:
    """Word for word the same for two agents, but nothing that a persona keeps from one scenario to the next."""
    texts = ["A b c d e.", "Well, well!", "Thanks, please; why?", "Extraordinarily complicated matters: yes."]
    episodes = [spoken(persona, number, texts[(number + shift) % 4], agent=agent)
                for shift, persona in enumerate(("one", "two")) for number in range(4) for agent in "ab"]  # fmt: skip
    found = card_of(episodes).separability
    assert found is not None
    assert found.accuracy <= 0.5


def test_personas_of_a_single_scenario_cannot_be_told_apart() -> None:
    assert card_of([spoken("one", 0, "Yes."), spoken("two", 0, "No."), spoken("two", 1, "No.")]).separability is None
    assert card_of([]).separability is None


def judged(number: int, *said: str, intents: tuple[str, ...], agent: str = "a") -> Episode:
    """A satisfied conversation, user and agent in turn, with what the judge read in the agent's replies."""
    made = spoken("p", number, agent=agent)
    messages = tuple(Message(role=("user", "assistant")[n % 2], content=each) for n, each in enumerate(said))
    turns = tuple(Turn(index=2 * n + 1, turn_class="neutral", intent=each) for n, each in enumerate(intents))
    verdict = Verdict(judge="rules", judge_id="r", score=1.0, completed=True,
                      confidentiality=Confidentiality(episode="neutral", turns=turns))  # fmt: skip
    assert made.transcript is not None
    heard = made.transcript.model_copy(update={"messages": messages})
    return made.model_copy(update={"transcript": heard, "verdicts": (verdict,)})


def test_ends_that_come_too_early_or_too_late_are_counted() -> None:
    gold = task(0).gold[0]
    fine = judged(0, "Which one?", f"It is {gold}.", "Thanks.", intents=("answer",))
    early = judged(1, "Which one?", "Which period?", "Thanks.", intents=("ask",))
    late = judged(2, "Which one?", f"It is {gold}.", "And?", f"It is {gold}.", intents=("answer", "answer"))
    card = card_of([fine, early, late])
    assert card.stops == Stops(judged=3, premature=1, late=1)
    assert "of 3 conversations it ended 1 too early, 1 too late" in list(told(card))


def test_openings_of_a_scenario_are_alike_for_all_agents() -> None:
    same = [spoken("p", 1, "Which one?", agent=agent) for agent in "ab"]
    other = [spoken("p", 2, f"Which one, {agent}?", agent=agent) for agent in "ab"]
    assert card_of([*same, *other, spoken("p", 3, "Alone")]).openings == (2, 1)


def test_the_section_says_what_each_count_means() -> None:
    section = card_section(card_of([episode("a", unclear=1, replies=4, cost=None)]))
    assert {line[0] for line in section.lines} >= {name.replace("_", " ") for name in ReportCard.model_fields}
    assert all(all(line) for line in section.lines)
    assert "a 25.0%" in section.note
