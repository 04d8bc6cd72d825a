"""Faults that a reader of many conversations found, each by its kind: no grammar, but nobody would talk like that."""

import asyncio
import re

from convsim.records.task import TaskRecord, Unit
from convsim.users.decide import opening
from convsim.users.plan import Plan
from convsim.users.say import say
from convsim.users.simulated import SimulatedUser
from convsim.users.voice import load
from personas.profile import Disclosure, Style
from tests.convsim.users.conftest import HANDLE_TIME, KNOWLEDGE, PATIENT, persona, scenario

SAID_YES = re.compile(r"(?:yes|yep|yeah|no|nope)\b(?! problem)", re.IGNORECASE)
WORDY = Style(verbosity=1.0, politeness=1.0, tangents=1.0)


def said(task: TaskRecord, profile, *messages: str, trial: int = 0) -> list[str]:
    async def talk() -> list[str]:
        user = SimulatedUser(scenario(task, profile.id, trial=trial), profile)
        return [await user.open(), *[await user.answer(message) for message in messages]]

    return asyncio.run(talk())


def say_opening(task: TaskRecord, profile, trial: int) -> str:
    plan = Plan(scenario(task, profile.id, trial=trial), profile)
    return say(plan, opening(plan)).text


def test_what_it_is_for_is_said_after_what_is_asked_and_once() -> None:
    told = load("acts")["background"]["employee"]
    reasons = tuple(text for form in ("formal", "casual") for text in told[form])
    profile = persona(style=Style(verbosity=1.0, formality=0.0))
    openings = [say_opening(HANDLE_TIME, profile, trial) for trial in range(40)]
    explained = [text for text in openings if any(each in text for each in reasons)]
    assert len(explained) > 10
    for text in explained:
        assert text.index(HANDLE_TIME.goal) < min(text.index(each) for each in reasons if each in text)
    asked = HANDLE_TIME.model_copy(update={"goal": "My manager asked me which agent stands out in the case figures."})
    assert not any(each in say_opening(asked, profile, trial) for each in reasons for trial in range(40))


def test_no_answer_begins_with_yes_or_no() -> None:
    """Most questions are no yes-or-no questions, and what is said does not know how it was asked."""
    openers = [text for form in ("formal", "casual") for text in load("acts")["opener"][form]]
    openers += [text for register in load("registers").values() for text in register["opener"]]
    assert not [text for text in openers if SAID_YES.match(text)]


def test_who_is_firm_does_not_beg() -> None:
    mild = {text for form in ("formal", "casual") for text in load("acts")["asking"][form]}
    profile = persona(style=Style(politeness=1.0), pushback=1.0)
    for trial in range(6):
        for message in ("I'm sorry, I can't help with that.", "It is Jane Doe.", "I couldn't find anything."):
            assert not any(text in said(HANDLE_TIME, profile, message, trial=trial)[1] for text in mild)


def test_remarks_off_the_topic_differ_and_suit_the_place() -> None:
    remarks = load("acts")["tangent"]
    work, home = (set(remarks[place]) for place in ("work", "home"))
    asks = ["Which product is it about?", "Which state are they in?", "Which state are they in?", "One moment, please.",
            "What color is the sky?", "Who am I speaking with?", "I couldn't find anything."]  # fmt: skip
    seen = set()
    for audience, foreign in (("employee", home), ("consumer", work)):
        profile = persona(style=Style(tangents=1.0, formality=0.0), patience=PATIENT, audience=audience)
        for trial in range(15):
            texts = said(HANDLE_TIME, profile, *asks, trial=trial)
            heard = [text for each in texts for pool in remarks.values() for text in pool if text in each]
            assert len(heard) == len(set(heard)) == len(texts), heard
            seen |= set(heard)
            assert not foreign & set(heard)
    assert seen & work
    assert seen & home


def test_who_is_asked_twice_for_what_they_do_not_know_says_so() -> None:
    again = [text.partition("{")[0] for form in ("formal", "casual") for text in load("acts")["unknown_again"][form]]
    profile = persona(patience=PATIENT)
    for trial in range(10):
        _, first, second = said(HANDLE_TIME, profile, *["Which state are they in?"] * 2, trial=trial)
        assert not any(text in first for text in again)
        assert any(text in second for text in again)


def test_only_what_can_be_noted_is_in_the_notes() -> None:
    notes = re.compile(r"\b(?:notes|written down|to find that)\b")
    profile = persona(style=WORDY, disclosure=Disclosure(openness=1), patience=PATIENT)
    asks = ("Do you want the highest or the lowest?", "Which metric should I rank them by?")
    assert not any(
        notes.search(text) for trial in range(20) for text in said(HANDLE_TIME, profile, *asks, trial=trial)[1:]
    )
    window = [said(HANDLE_TIME, profile, "Which period?", trial=trial)[1] for trial in range(40)]
    assert any(notes.search(text) for text in window)


def test_a_thing_keeps_its_article() -> None:
    subject = Unit(name="subject", value="Ridge tent", forms=("Ridge tent", "the Ridge tent", "your Ridge tent"))
    task = KNOWLEDGE.model_copy(update={"units": (subject, *KNOWLEDGE.units[1:])})
    forms = {Plan(scenario(task, "somebody", trial=trial), persona()).form("subject") for trial in range(40)}
    assert forms == {"the Ridge tent", "your Ridge tent"}


def test_a_slip_does_not_tell_the_value() -> None:
    minimum = Unit(name="minimum_cases", value=1, forms=("no fewer than two cases",), rival=0)
    task = HANDLE_TIME.model_copy(update={"units": (minimum,)})
    assert (
        Plan(scenario(task, "somebody"), persona(disclosure=Disclosure(correction=1.0))).slip("minimum_cases") is None
    )
