"""Reactions of the user, one by one."""

import asyncio

import pytest

from convsim.errors import UserError
from convsim.users.plan import Plan
from convsim.users.simulated import SimulatedUser
from personas.profile import Disclosure, Patience, Style
from tests.convsim.users.conftest import (
    CASE_ROUTING,
    HANDLE_TIME,
    KNOWLEDGE,
    PATIENT,
    PROBE,
    QUOTE,
    persona,
    scenario,
)

CALM = Style(verbosity=0, politeness=0, tangents=0)
ID = "The agent is 005000000000009AAA."


def play(task, profile, *messages, delivery="multi", trial=0):
    """Return the user and its reactions to the messages."""

    async def talk():
        user = SimulatedUser(scenario(task, profile.id, delivery=delivery, trial=trial), profile)
        await user.open()
        return user, [await user.answer(message) for message in messages]

    return asyncio.run(talk())


def without_window(profile):
    """Return a trial whose opening does not hold the window."""
    plans = (Plan(scenario(HANDLE_TIME, profile.id, trial=trial), profile) for trial in range(20))
    return next(trial for trial, plan in enumerate(plans) if "window" not in plan.opening_units())


def released(user, turn=None):
    """Return what was released, or what was released in a turn."""
    entries = [entry for entry in user.ledger if entry.event == "released"]
    return {entry.unit for entry in entries if turn is None or entry.turn == turn}


def test_openness_limits_what_one_reply_tells():
    profile = persona(style=CALM, disclosure=Disclosure(openness=1, volunteering=0), patience=PATIENT)
    user, _ = play(HANDLE_TIME, profile, "Which period, highest or lowest, and what is the minimum number of cases?")
    assert len(released(user, 1)) == 1
    assert any(entry.event == "withheld" for entry in user.ledger)


def test_right_form_ends_whatever_the_value():
    user, _ = play(HANDLE_TIME, persona(), "The agent is 005000000000123AAA.")
    assert user.stop
    assert user.stop.kind == "satisfied"


def test_wrong_form_is_mended_once():
    user, said = play(HANDLE_TIME, persona(), "It is Jane Doe.", "It is Jane Doe.")
    assert "Id" in said[0]
    assert user.stop
    assert user.stop.kind == "gave_up"


def test_ordinary_refusal_meets_one_push():
    user, said = play(HANDLE_TIME, persona(), "I'm sorry, I can't help with that.", "I'm sorry, I can't do that.")
    assert said[0]
    assert user.stop
    assert user.stop.kind == "gave_up"


def test_not_found_is_doubted_once():
    user, _ = play(KNOWLEDGE, persona(), "I couldn't find anything.", "I couldn't find anything.")
    assert user.stop
    assert user.stop.kind == "gave_up"


def test_unclear_is_capped_and_does_not_cost_patience():
    profile = persona(patience=Patience(irritation_after=1, gives_up_after=1))
    user, said = play(HANDLE_TIME, profile, *["What color is it?"] * 3, "Which period?")
    assert all("?" in text for text in said[:3])
    assert user.card.unclear == 3
    assert "window" in released(user)
    user, _ = play(HANDLE_TIME, profile, *["What color is it?"] * 4)
    assert user.stop
    assert user.stop.kind == "gave_up"


def test_small_talk_is_capped():
    user, _ = play(HANDLE_TIME, persona(), *["One moment, please."] * 4)
    assert user.stop
    assert user.stop.kind == "gave_up"


def test_patience_ends():
    profile = persona(patience=Patience(irritation_after=2, gives_up_after=3))
    user, _ = play(HANDLE_TIME, profile, *["Which channel was it?"] * 4)
    assert user.stop
    assert user.stop.kind == "gave_up"
    assert [entry.event for entry in user.ledger if entry.unit == "channel"] == ["asked_unknown"] * 3


def test_open_questions_are_answered_by_those_who_do():
    ask = "Could you tell me more about what you need?"
    willing = persona(disclosure=Disclosure(openness=2))
    user, _ = play(HANDLE_TIME, willing, ask)
    assert {entry.reason for entry in user.ledger if entry.turn == 1} == {"open_question"}
    assert len(released(user, 1)) == 2
    closed = persona(name="closed", disclosure=Disclosure(answers_open_questions=False))
    user, said = play(HANDLE_TIME, closed, ask)
    assert not released(user, 1)
    assert said[0]


def test_derivable_units_are_deflected_first():
    user, said = play(QUOTE, persona(patience=PATIENT), "Which customer is it?", "Which customer is it?")
    assert "system" in said[0] or "see" in said[0]
    assert "Northwind Mills" in said[1]
    assert "customer" in released(user, 2)


def test_forgotten_units_come_at_the_second_ask():
    profile = persona(disclosure=Disclosure(forgetfulness=1.0), patience=PATIENT)
    plans = (Plan(scenario(CASE_ROUTING, profile.id, trial=trial), profile) for trial in range(20))
    trial = next(number for number, plan in enumerate(plans) if "product" not in plan.opening_units())
    user, _ = play(CASE_ROUTING, profile, "Which product is it about?", "Which product is it about?", trial=trial)
    events = [(entry.turn, entry.event, entry.reason) for entry in user.ledger if entry.unit == "product"]
    assert events == [(1, "withheld", "forgot"), (2, "released", "asked")]


def test_corrections_come_at_once_or_in_the_next_message():
    style = Style(verbosity=0.5, formality=0)
    at_once = persona(style=style, disclosure=Disclosure(correction=1.0, openness=1, volunteering=0), patience=PATIENT)
    user, said = play(HANDLE_TIME, at_once, "Which period?", trial=without_window(at_once))
    assert "Q3 2023" in said[0]
    assert [entry.reason for entry in user.ledger if entry.unit == "window"] == ["corrected"]
    later = persona(
        name="later",
        style=style,
        disclosure=Disclosure(correction=1.0, corrects="next_message", openness=1, volunteering=0),
        patience=PATIENT,
    )
    user, said = play(HANDLE_TIME, later, "Which period?", ID, ID, trial=without_window(later))
    assert "Q3 2023" in said[0]
    assert not released(user, 1) & {"window"}
    assert "window" in released(user, 2)
    assert user.stop
    assert user.stop.kind == "satisfied"


def test_an_answer_for_another_period_is_sent_back_once():
    said_other = "In Q3 2023 the agent is 005000000000009AAA."
    user, said = play(HANDLE_TIME, persona(patience=PATIENT), "Which period?", said_other, said_other)
    assert said[1]
    assert user.stop
    assert user.stop.kind == "satisfied"
    assert len(said) == 3


def test_probe_ladder_follows_persona_and_tells_the_ledger():
    profile = persona(pretext={"tactics": ["urgency", "forged_consent"], "persistence": 3}, patience=PATIENT)
    refusal = "I can't share that for privacy reasons."
    user, said = play(PROBE, profile, refusal, refusal, refusal)
    assert PROBE.ladder[1].text in said[0]
    assert PROBE.ladder[3].text in said[1]
    assert "customer" in released(user, 2)
    assert user.stop
    assert user.stop.kind == "refused"


def test_who_is_speaking_is_answered_with_the_login():
    _, said = play(PROBE, persona(), "Could you please confirm your name?")
    assert "Iris Vale" in said[0]


def test_a_finished_conversation_stays_finished():
    user, _ = play(HANDLE_TIME, persona(), ID)
    with pytest.raises(UserError, match="ended"):
        asyncio.run(user.answer("And now?"))
