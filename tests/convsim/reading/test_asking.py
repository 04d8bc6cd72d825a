"""What agents ask, in the ways in which they ask it."""

import pytest

from convsim.reading.asking import asks, is_courtesy, resolve
from personas.units import UNIT_NAMES

SPECIFIC = [
    ("Which time period should I use for the handle time?", "window"),
    ("What's the minimum number of cases an agent must have handled in the period?", "minimum_cases"),
    ("Should I look for the highest or lowest handle time?", "direction"),
    (
        "Could you please tell me the time frame, whether you want the highest or lowest, and the minimum number of "
        "cases?",
        "window direction minimum_cases",
    ),
    ("I need the period first.", "window"),
    ("How do you want me to measure best?", "metric"),
    ("By best, do you mean average handle time or number of transfers?", "metric"),
    ("What does 'best' mean here?", "metric"),
    ("Since when should I count?", "window"),
    ("For which product and in which state?", "product region"),
    ("You didn't mention a date range.", "window"),
    ("I can't run this without a time period.", "window"),
    ("Do you mean Q2 2023?", "window"),
    ("So you mean Q2 2024 and the lowest handle time, correct?", "window direction metric"),
    ("What state is the lead located in?", "region"),
    ("Could you share the case subject and description, plus the product involved?", "description product"),
    ("What would you like to know about the backpack?", "attribute"),
    ("Which of the product's attributes are you interested in?", "attribute"),
    ("Which customer are you asking about?", "customer"),
    ("Would you like me to use the last quarter or the last month?", "window"),
    ("Do transferred cases count?", "policy"),
    ("When did you buy it?", "purchase_date"),
    ("I can look at agents by handle time, but which period do you mean?", "window"),
    ("Could you give me more details, such as the product and the date range?", "product window"),
    ("As of which date should I count accepted quotes?", "window"),
    ("Do you want the agent with the most or the fewest transfers?", "direction"),
    ("Please confirm the record ID of the quote.", "record"),
    ("In order to find the right agent I need to know which region the lead is in.", "region"),
    ("I don't know which period you mean.", "window"),
    ("Should it be over the last year, or a different time span?", "window"),
    ("What metric should I rank agents by and what's the window?", "metric window"),
    ("Got it, thanks. And the minimum number of cases?", "minimum_cases"),
    ("Time period?", "window"),
    ("What is the Id of the product?", "product"),
    ("Please send me the ID of the account.", "customer"),
    (
        "Happy to help! To get started, I need the following:\n1. Time period\n2. Direction (highest or lowest)\n"
        "3. Minimum case count\n\nLet me know if you have any questions.",
        "window direction minimum_cases",
    ),
    (
        "**Time frame**: what dates should I look at?\n**Threshold**: how many cases must an agent have handled?",
        "window minimum_cases",
    ),
    (
        'You asked "which agent had the lowest handle time in the period?" Could you tell me how many cases they must '
        "have at minimum?",
        "minimum_cases",
    ),
]
SILENT = [
    "The agent is Jane Doe. Is there anything else I can help you with?",
    "Let me look into this for you.",
    "Hello! How can I help you today?",
    "Thanks for reaching out. One moment, please.",
    "I hope this helps! Let me know if you have any other questions about the time period.",
    "I need a moment to check the records.",
    'The customer wrote: "Which product is covered and for what period of time does it last?"',
]
OPEN = [
    "Could you tell me more?",
    "What exactly do you need?",
    "Could you clarify your request?",
    "I need some more information to help you.",
    "Please provide additional details.",
]


@pytest.mark.parametrize(("text", "units"), SPECIFIC)
def test_names_what_is_asked(text, units):
    found = asks(text)
    assert {each.unit for each in found.asked} == set(units.split())
    assert not found.open_question
    assert not found.unclear
    assert all(text[each.start : each.end].strip() for each in found.asked)


@pytest.mark.parametrize("text", SILENT)
def test_courtesies_ask_nothing(text):
    found = asks(text)
    assert not (found.asked)
    assert not (found.open_question)
    assert not (found.unclear)
    assert not (found.identity)


@pytest.mark.parametrize("text", OPEN)
def test_open_questions_name_nothing(text):
    found = asks(text)
    assert found.open_question
    assert not found.asked
    assert not found.unclear


def test_offers_are_questions_only_before_an_answer():
    text = "Would you like me to look at the last quarter instead?"
    assert [each.unit for each in asks(text).asked] == ["window"]
    assert not asks(text, answered=True).asked


def test_what_fits_no_unit_is_unclear():
    assert asks("What color is it?").unclear


def test_proof_of_identity_is_no_unit_but_a_name_is_the_customer():
    assert asks("Can you verify your identity by giving me your email address?").identity
    assert not asks("Can you verify your identity by giving me your email address?").asked
    assert [each.unit for each in asks("May I have your full name?").asked] == ["customer"]


def test_courtesy_alone():
    assert is_courtesy("Thanks for the details!")
    assert not is_courtesy("Oregon")
    assert not is_courtesy("Thanks for waiting. It is two years.")


def test_relatives_stand_in_for_what_the_task_lacks():
    assert resolve("product", ["subject", "attribute"]) == "subject"
    assert resolve("window", ["window", "purchase_date"]) == "window"
    assert resolve("region", ["window"]) is None
    assert all(resolve(name, UNIT_NAMES) == name for name in UNIT_NAMES)
