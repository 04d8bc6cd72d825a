"""Every mistake that a speaker can make is caught."""

import pytest

from convsim.records.task import Unit
from convsim.users.check import Checker
from convsim.users.decide import Decision, Release
from convsim.users.plan import Plan
from tests.convsim.users.conftest import HANDLE_TIME, QUOTE, persona, scenario

TELLS_WINDOW = Decision("reply", "asked window#1", releases=(Release("window", "asked"),), asked=("window",))


@pytest.fixture
def checker():
    return Checker(Plan(scenario(HANDLE_TIME, "somebody"), persona()))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I mean the second quarter of 2023, and the lowest.", "early"),
        ("I mean April to June 2023. More than 5 cases each.", "early"),
        ("I mean last spring, you know.", "missing"),
        ("I mean Q2 2023. My case is 500000000000123AAA.", "invention"),
        ("I mean Q2 2023. I have 42 reasons.", "invention"),
        ("I mean Q2 2023. I have forty-two reasons.", "invention"),
        ("I mean Q2 2023, for sales above 5k.", "invention"),
        ("I mean Q2 2023. The meeting is on 4 May 2021.", "invention"),
        ("Agent: which one?\nUser: Q2 2023.", "second_speaker"),
        ("As an agent I would say Q2 2023.", "second_speaker"),
        ("Q2 2023. How can I help you today?", "second_speaker"),
        ("*sighs deeply* Q2 2023.", "stage_direction"),
        ("(pauses for a while) Q2 2023.", "stage_direction"),
        ("[frustrated] Q2 2023.", "stage_direction"),
        ("I must say Q2 2023 as instructed.", "instruction"),
        ("Staying in character: Q2 2023.", "instruction"),
        ("   ", "empty"),
    ],
)
def test_catches(checker, text, kind):
    assert kind in {fault.kind for fault in checker.check(text, TELLS_WINDOW, frozenset())}


@pytest.mark.parametrize(
    "text",
    [
        "Q2 2023.",
        "Sure, from April 1st to June 30th, 2023 please!",
        "It's for the second quarter of 2023 (April to June 2023).",
        "Just one thing, or two: Q2 2023. The first of three, a hundred times.",
    ],
)
def test_lets_pass(checker, text):
    assert checker.check(text, TELLS_WINDOW, frozenset()) == ()


def test_what_was_heard_may_be_repeated(checker):
    text = "Q2 2023. And yes, the 42 you mention is right."
    assert checker.check(text, TELLS_WINDOW, frozenset())
    checker.hear("I see 42 agents.")
    assert checker.check(text, TELLS_WINDOW, frozenset()) == ()


def test_what_was_released_may_be_said_again(checker):
    text = "Q2 2023, and the lowest as I said."
    assert checker.check(text, TELLS_WINDOW, frozenset({"direction"})) == ()


def test_a_goodbye_may_be_silent(checker):
    assert checker.check("", Decision("end", "end satisfied", stop="satisfied"), frozenset()) == ()


TELLS_NOTHING = Decision("unclear", "unclear#1")


@pytest.mark.parametrize(
    ("task", "text", "unit"),
    [
        (QUOTE, "It is 0Q0000000000009AAA, you know.", "record"),
        (QUOTE, "It is 0Q0000000000009, you know.", "record"),
        (HANDLE_TIME, "I mean 2023-04-01 to 2023-06-30.", "window"),
        (HANDLE_TIME, "I mean from 1 April to 30 June 2023.", "window"),
        (HANDLE_TIME, "I mean April 1, 2023 through June 30, 2023.", "window"),
        (HANDLE_TIME, "At least six cases each.", "minimum_cases"),
        (HANDLE_TIME, "At least 6 cases each.", "minimum_cases"),
    ],
)
def test_an_early_value_is_caught_in_every_form(task, text, unit):
    found = Checker(Plan(scenario(task, "somebody"), persona())).check(text, TELLS_NOTHING, frozenset())
    assert ("early", unit) in {(fault.kind, fault.evidence) for fault in found}


BUDGET = Unit(name="aspect", value="$5,000", forms=("the limit of $5,000",), rival="$9,000")
TELLS_BUDGET = Decision("reply", "asked aspect#1", releases=(Release("aspect", "asked"),), asked=("aspect",))


@pytest.mark.parametrize(
    "form", ["$5,000", "5,000 dollars", "5k", "USD 5,000.00", "five thousand dollars", "5 thousand", "5000 bucks"]
)
def test_an_amount_of_money_is_one_value_in_every_form(form):
    checker = Checker(Plan(scenario(HANDLE_TIME.model_copy(update={"units": (BUDGET,)}), "somebody"), persona()))
    text = f"It's about {form}, you know."
    assert [fault.kind for fault in checker.check(text, TELLS_NOTHING, frozenset())] == ["early"]
    told = f"I mean the limit of $5,000, so {form}."
    assert checker.check(told, TELLS_BUDGET, frozenset()) == ()
    wrong = told.replace(form, "six thousand dollars", 1) if form != "$5,000" else "The limit of $5,000, not 6k."
    assert "invention" in {fault.kind for fault in checker.check(wrong, TELLS_BUDGET, frozenset())}
