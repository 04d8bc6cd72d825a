"""How well messages are read that were labelled by the guide in tests/corpus: floors a little below what is reached."""

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.reading.asking import asks
from convsim.reading.reader import read

CORPUS = Path(__file__).parents[2] / "corpus"


def lines(name):
    return [json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines()]


def held_apart():
    """Return the held-apart messages with their first labels."""
    labels = {row["id"]: row for row in lines("heldout/first.jsonl")}
    return [row | labels[row["id"]] for row in lines("heldout/texts.jsonl")]


def measured(name):
    """Return micro-F1 of the units, accuracy of the intents and rate of unclear messages."""
    rows = held_apart() if name == "heldout" else lines(name)
    hits = told = right = unclear = 0
    for row in rows:
        reading = read(row["text"])
        labelled, found = set(row["asked"]), {each.unit for each in reading.asked}
        hits += len(labelled & found)
        told += len(labelled) + len(found)
        right += reading.intent == row["intent"]
        unclear += reading.unclear
    return 2 * hits / told, right / len(rows), unclear / len(rows)


@pytest.mark.parametrize(("name", "units", "intents"), [("dev_messages.jsonl", 0.95, 0.95), ("heldout", 0.87, 0.965)])
def test_floors(name, units, intents):
    reached = measured(name)
    assert reached[0] >= units
    assert reached[1] >= intents
    assert reached[2] < 0.05


WORDS = st.lists(
    st.sampled_from(
        [
            "which",
            "what",
            "or",
            "and",
            "the",
            "period",
            "quote's",
            "number",
            "please",
            "?",
            ".",
            ",",
            "(",
            "of",
            "you",
            "until",
            "I",
            "can't",
            "*",
            "whether",
            "highest",
            "时间",
            "é",
        ]
    ),
    max_size=40,
).map(" ".join)


@given(st.one_of(st.text(max_size=200), WORDS))
def test_any_text_is_read_and_spans_lie_within(text):
    found = asks(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found.asked)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    assert len({each.unit for each in found.asked}) == len(found.asked)


def test_reading_is_linear_in_length():
    sentence = (
        "I looked at the deals of the customer, and which period should I use for the quote, or is it the lowest? "
    )

    def cost(times: int) -> float:
        started = process_time()
        asks.__wrapped__(sentence * times)
        return process_time() - started

    few, many = (
        min(cost(times) for _ in range(3)) for times in (20, 80)
    )  # the least is without a collection of garbage
    assert many < 12 * few + 0.05
