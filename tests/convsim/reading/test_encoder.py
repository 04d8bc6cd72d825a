"""The encoder beside the linear models: what it is given to read, and what it adds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convsim.reading.answer_model import answer_model, chosen, fact
from convsim.reading.answers import extract, read_message
from convsim.reading.encoder.answers import LONGEST, NAMES, heard, named
from convsim.reading.encoder.messages import encoded
from convsim.reading.encoder.session import words
from convsim.reading.sentences import sentences
from convsim.records.task import Answer

MONTH, FACT = Answer(kind="month", none=True), Answer(kind="text")


def test_values_are_named_by_letters() -> None:
    read = named(read_message("July had more than June, so July it is", MONTH), none=True)
    assert (read.sought, read.text) == ("which month or none", "alpha had more than beta, so alpha it is")
    assert [(read.text[start:end], value) for start, end, value in read.marks] == [
        ("alpha", "July"), ("beta", "June"), ("alpha", "July"),
    ]  # fmt: skip


@given(
    st.lists(st.sampled_from(["May", "June 2021", "Aug.", "was", "not", ",", ".", "\n", "the best", "é"]), max_size=40)
)
def test_what_stands_between_values_stays(parts: list[str]) -> None:
    text = " ".join(parts)
    message = read_message(text, MONTH)
    read = named(message, none=False)
    back, last = "", 0
    found = sorted({(each.start, each.end) for group in message.groups for each in group.members})
    for (start, end, _), place in zip(read.marks, found, strict=True):
        assert read.text[start:end] in NAMES
        back, last = back + read.text[last:start] + text[slice(*place)], end
    assert back + read.text[last:] == text


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 300))
def test_the_end_of_a_long_text_is_read(times: int) -> None:
    text = "I looked at every case of the year. " * times + "The answer is March."
    said = heard(named(read_message(text, MONTH), none=True))
    assert said.stands.keys() == {"March"}
    assert len(said.places) <= LONGEST


def test_hears_what_the_linear_models_do_not() -> None:
    text = "Only one month fails the target, and that's November; March, though close, passes."
    message = read_message(text, MONTH)
    assert chosen(message, none=True, model=answer_model()) == ("November", "March")
    assert chosen(message, none=True, closely=False) == ("November", "March")
    assert chosen(message, none=True) == ("November",) == extract(text, MONTH).items


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Founded in 1987, yes, but their headquarters (your question) sit in Rotterdam.", "Rotterdam"),
        (
            "Notwithstanding clause 2, the cooling-off period amounts to fourteen calendar days.",
            "fourteen calendar days",
        ),
        ("Good morning,\n\nMr Adeyemi prefers to be contacted on Tuesdays.\n\nSincerely,\nHelpdesk", "Tuesdays"),
    ],
)
def test_facts_in_sentences(text: str, said: str) -> None:
    assert extract(text, FACT).fact == said
    assert fact(read_message(text, FACT)) is not None


def test_a_time_with_its_zone_is_one_sentence() -> None:
    text = "They close at 6 p.m. CET on Fridays. Call before 6 p.m. We are there."
    assert [each.text for each in sentences(text)] == [
        "They close at 6 p.m. CET on Fridays.", "Call before 6 p.m.", "We are there.",
    ]  # fmt: skip


def test_words_are_looked_up_by_piece() -> None:
    found = words().vectors([101, 2054, 101])
    assert found.shape == (1, 3, 384)
    assert (found[0, 0] == found[0, 2]).all()
    assert (found[0, 0] != found[0, 1]).any()


def test_the_beginning_of_a_long_message_is_read() -> None:
    text = "Which period do you mean? " + "I have looked at everything that there is. " * 200
    assert encoded(text) == encoded(text + "I have looked at everything that there is. ")
