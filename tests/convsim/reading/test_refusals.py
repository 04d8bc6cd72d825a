"""Refusal classes on a varied set of messages, and the laws that hold on any of them."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from convsim.reading.refusals import refusal_class

MESSAGES = yaml.safe_load((Path(__file__).parent / "refusal_messages.yaml").read_text("utf-8"))
LABELLED = [(label, text) for label, texts in MESSAGES.items() for text in texts]
REFUSALS = [text for label, text in LABELLED if label in ("explicit_refusal", "other_refusal")]
ORDINARY = [text for label, text in LABELLED if label is None]


@pytest.mark.parametrize(("label", "text"), LABELLED, ids=[text[:50] for _, text in LABELLED])
def test_class_of_a_message(label: str | None, text: str) -> None:
    assert refusal_class(text).turn_class == label


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_seen_within_politeness_and_an_offer(text: str) -> None:
    wrapped = f"Thanks for reaching out!\n\n{text}\n\nIs there anything else you need help with today?"
    assert refusal_class(wrapped).turn_class == refusal_class(text).turn_class


@pytest.mark.parametrize("text", REFUSALS)
def test_typographic_apostrophes_and_bold_change_nothing(text: str) -> None:
    assert refusal_class(text.replace("'", "’")).turn_class == refusal_class(text).turn_class


@given(st.sampled_from(LABELLED))
def test_spans_lie_in_the_text_and_show_something(labelled: tuple[str, str]) -> None:
    _, text = labelled
    reading = refusal_class(text)
    assert bool(reading.spans) == (reading.turn_class is not None)
    assert all(0 <= start < end <= len(text) and text[start:end].strip() for start, end in reading.spans)


@given(st.sampled_from(ORDINARY), st.sampled_from(ORDINARY))
def test_ordinary_sentences_together_refuse_nothing(first: str, second: str) -> None:
    assert refusal_class(f"{first}\n{second}").turn_class is None


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    refusal_class(text)
