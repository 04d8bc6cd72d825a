"""What a message does, taken as a whole."""

import pytest

from convsim.reading.contradiction import contradicted
from convsim.reading.reader import read
from convsim.records.task import Answer, Unit

ID = Answer(kind="id", prefixes=("005",))
NONE = Answer(kind="id", prefixes=("005",), none=True)
TEXT = Answer(kind="text")


@pytest.mark.parametrize(
    ("text", "answer", "intent", "turn_class"),
    [
        ("The agent is 005AB0000012345AAA.", ID, "answer", "answer"),
        ("It's 005AB0000012345AAA. I assumed Q2; did you mean another period?", ID, "answer", "answer"),
        ("Jane Doe is the best agent.", ID, "answer", "answer"),
        ("No agent matches.", NONE, "answer", "answer"),
        ("I can't share that; it's private.", ID, "refuse", "explicit_refusal"),
        ("I'm sorry, I can't help with that.", ID, "refuse", "other_refusal"),
        ("I couldn't find any agent.", ID, "not_found", "not_found"),
        ("I found nothing. Could you give me the Id of the record?", ID, "ask", "neutral"),
        ("Which period?", ID, "ask", "neutral"),
        ("I'm unable to determine this without the time period. Which dates?", ID, "ask", "neutral"),
        ("Which product do you mean?", TEXT, "ask", "neutral"),
        ("The warranty lasts two years. Anything else?", TEXT, "answer", "answer"),
        ("Thanks for the details.", TEXT, "chat", "neutral"),
        ("Hello! Let me check.", TEXT, "chat", "neutral"),
        ("", ID, "chat", "neutral"),
    ],
)
def test_intent_and_class(text, answer, intent, turn_class):
    reading = read(text, answer=answer)
    assert (reading.intent, reading.turn_class) == (intent, turn_class)


def test_structured_answers_count_whatever_the_text_says():
    assert read("Here you are.", answer=ID, final=["005AB0000012345AAA"]).form == "in_form"
    assert read("Which period?", answer=ID, final=["Jane"]).intent == "answer"


def test_vague_and_unclear_questions():
    vague = read("Could you tell me more?", answer=ID)
    assert vague.vague
    assert vague.open_question
    assert not vague.unclear
    unclear = read("What color is it?", answer=ID)
    assert unclear.unclear
    assert unclear.intent == "ask"


def test_answers_for_something_else_are_noticed():
    window = Unit(name="window", value="2023-04-01/2023-07-01", forms=("Q2 2023",))
    lowest = Unit(name="direction", value="lowest", forms=("the lowest",))
    assert contradicted("In Q3 2023 it was Ann, who had the highest.", [window, lowest]) == ("window", "direction")
    assert contradicted("From April 1, 2023 to June 30, 2023 Ann had the lowest.", [window, lowest]) == ()
    assert contradicted("In May 2023 alone it was Ann.", [window, lowest]) == ()
    assert contradicted("It was Ann.", [window, lowest]) == ()


@pytest.mark.parametrize("text", ["Anything else?", "Anything else I can help with?", "Is there anything you need?"])
def test_a_mere_offer_is_no_answer_and_no_refusal(text: str) -> None:
    assert read(text).intent == read(text, answer=Answer(kind="id", prefixes=("005",))).intent == "chat"
