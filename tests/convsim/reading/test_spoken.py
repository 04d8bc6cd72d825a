"""What is said to the user is read, not what an agent thinks or how its reply is wrapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.reading.reader import read
from convsim.reading.spoken import spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Thought: which case? I must ask.\nRespond: Which year do you mean?", "Which year do you mean?"),
        ("Thought: x.\nAction: respond\nAction Input: Highest or lowest?", "Highest or lowest?"),
        ('Thought: no Id.\nAction: ask_user("Which quote is it?")', 'Which quote is it?")'),
        ("Thought: no Id.\nAction: respond[Which quote is it?]", "Which quote is it?]"),
        ("<think>What product? Which period?</think>\nThe answer is Texas.", "The answer is Texas."),
        ("Thought: vague.\n<respond>Which product?</respond>", "Which product?"),
        ('{"thought": "which case?", "reply": "Since when?"}', "reply: Since when?"),
        ('```json\n{"missing": ["date_from", "date_to"]}\n```', "missing: date from date to"),
        ('{"status": "unsupported"}', '{"status": "unsupported"}'),
        ("I wonder: which year do you mean?", "I wonder: which year do you mean?"),
        ("{not json}: which year?", "{not json}: which year?"),
        ("Thought: nothing else is here", "Thought: nothing else is here"),
    ],
)
def test_what_is_said_is_left(text: str, said: str) -> None:
    assert " ".join(spoken(text).split()) == said


@given(
    st.text(max_size=200) | st.from_regex(r"(Thought: [a-z ]{0,9}\n|<think>|</think>|Respond: |\{\"a\": \"b\"\}){0,4}")
)
def test_places_stay_places_in_the_message(text: str) -> None:
    said = spoken(text)
    assert len(said) == len(text)
    assert said.strip() or not text.strip()


def test_a_thought_asks_for_nothing_and_its_reply_does() -> None:
    reading = read("Thought: which product and which region are meant?\nRespond: Which quarter shall I look at?")
    assert [each.unit for each in reading.asked] == ["window"]
    start, end = reading.asked[0].start, reading.asked[0].end
    assert start >= len("Thought: which product and which region are meant?\nRespond: ")
    assert end <= len("Thought: which product and which region are meant?\nRespond: Which quarter shall I look at?")
