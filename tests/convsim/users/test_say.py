"""How decisions sound."""

import asyncio
import re
from collections import Counter

import pytest

from convsim.users.decide import opening
from convsim.users.plan import Plan
from convsim.users.say import say
from convsim.users.simulated import SimulatedUser
from convsim.users.voice import load
from personas.profile import Style
from personas.units import UNIT_NAMES
from tests.convsim.users.conftest import HANDLE_TIME, LEAD_ROUTING, PATIENT, TASKS, persona, scenario

ASK = "Which time period, highest or lowest, which metric, and what is the minimum number of cases?"
CONTRACTION = re.compile(r"\b(?:I'm|I'd|it's|that's|don't|can't|isn't|I've|I'll|they're)\b")


def talk(task, profile, trial, *messages):
    """Return everything that the user says."""

    async def run():
        user = SimulatedUser(scenario(task, profile.id, trial=trial), profile)
        return [await user.open(), *[await user.answer(message) for message in messages]]

    return asyncio.run(run())


def corpus(profile, count=40):
    """Return many messages of a persona."""
    return [text for trial in range(count) for text in talk(HANDLE_TIME, profile, trial, ASK, ASK)]


def words(texts):
    return sum(len(text.split()) for text in texts) / len(texts)


def test_every_unit_can_be_named_and_told():
    frames = load("frames")
    assert set(frames) == set(UNIT_NAMES)
    for frame in frames.values():
        assert set(frame["names"]) == {"system", "plain", "vague"}
        assert all(
            clause.count("{value}") == 1 for key in ("clauses", "opening", "wide") for clause in frame.get(key, ())
        )


def test_verbosity_shows_in_words():
    terse = persona(style=Style(verbosity=0.0), patience=PATIENT)
    wordy = persona(style=Style(verbosity=0.95), patience=PATIENT)
    assert words(corpus(wordy)) > 1.2 * words(corpus(terse))


def test_formality_shows_in_contractions():
    formal = corpus(persona(style=Style(formality=1.0), patience=PATIENT))
    casual = corpus(persona(style=Style(formality=0.0), patience=PATIENT))
    assert not any(CONTRACTION.search(text) for text in formal)
    assert sum(bool(CONTRACTION.search(text)) for text in casual) > len(casual) / 3


def test_politeness_shows_in_thanks():
    polite = corpus(persona(style=Style(politeness=0.95), patience=PATIENT))
    blunt = corpus(persona(style=Style(politeness=0.0, verbosity=0.0), patience=PATIENT))
    thanks = re.compile(r"thank|appreciat", re.IGNORECASE)
    assert sum(bool(thanks.search(text)) for text in polite) > len(polite) / 3
    assert not any(thanks.search(text) for text in blunt)


def test_typos_only_where_the_persona_has_them_and_never_in_values():
    clean = corpus(persona(style=Style(typos=0.0), patience=PATIENT), count=15)
    messy = corpus(persona(style=Style(typos=0.2), patience=PATIENT), count=15)
    usual = Counter(word for text in clean for word in re.findall(r"[a-z]+", text))
    strange = [word for text in messy for word in re.findall(r"\b[a-z]{4,}\b", text) if word not in usual]
    assert len(strange) > 20
    assert all(
        "Q2 2023" in text or "2023" not in text or "quarter of 2023" in text or "June 2023" in text for text in messy
    )


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.family)
def test_sentences_begin_with_capitals_and_end_with_marks(task):
    for trial in range(12):
        for text in talk(task, persona(patience=PATIENT), trial, ASK, "Could you tell me more?", "What color is it?"):
            assert text[0].isupper() or text[0].isdigit() or text[0] in "\"'"
            assert text.rstrip("\"')")[-1] in ".!?"
            assert not re.search(r"\s{2,}|\s[.,!?]|[.!?]{2}(?!\.)|\{|\}", text), text
            assert not re.search(r"[.!?] [a-z]", re.sub(r'"[^"]*"', "", text)), text


def test_single_says_the_request_word_for_word():
    plan = Plan(scenario(LEAD_ROUTING, "somebody", delivery="single"), persona())
    decision = opening(plan)
    utterance = say(plan, decision)
    assert LEAD_ROUTING.request in utterance.text
    assert {each.unit for each in decision.inline} >= {"region", "answer_format"}
    for unit, (start, end) in utterance.spans.items():
        assert utterance.text[start:end], unit


def test_openings_vary():
    profile = persona(style=Style(verbosity=0.7, politeness=0.6))
    openings = Counter(talk(HANDLE_TIME, profile, trial)[0] for trial in range(200))
    assert openings.most_common(1)[0][1] <= 12
    assert len(openings) > 80
