"""Which values of a list share a verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.reading.answers import extract, read_message
from convsim.reading.verdicts import alike
from convsim.records.task import Answer

BANT = Answer(kind="label", labels=("Budget", "Authority", "Need", "Timeline"), none=True)


def shared(text: str, answer: Answer = BANT) -> set[frozenset[str]]:
    return set(alike(text, read_message(text, answer).groups))


@pytest.mark.parametrize(
    "text",
    [
        "FAIL authority\nFAIL timeline\nPASS budget\nPASS need",
        "🔴 Authority\n🟢 Budget\n🟢 Need\n🔴 Timeline",
        "Budget: yes, Authority: no, Need: yes, Timeline: no",
        "| Budget | 40k approved | met |\n| Authority | asks a director | open |\n| Need | clear | met |\n"
        "| Timeline | next year | open |",
        "1. Budget: 12,000 are set aside. Met.\n2. Authority: an intern calls. Not met.\n"
        "3. Need: it leaks. Met.\n4. Timeline: who knows. Not met.",
    ],
)
def test_equal_marks_are_equal_verdicts(text: str) -> None:
    assert shared(text) == {frozenset({"Budget", "Need"}), frozenset({"Authority", "Timeline"})}


@pytest.mark.parametrize(
    "text",
    [
        "Budget\nAuthority\nNeed",
        "Budget: fine\nAuthority: fine\nNeed: fine",
        "Budget: 40k, Authority: a director, Need: a leak",
        "Budget fails, the others hold.",
        "",
    ],
)
def test_what_tells_nothing_apart_shares_nothing(text: str) -> None:
    assert shared(text) == set()


@given(st.lists(st.sampled_from(["ok", "missing", "✗", "yes"]), min_size=4, max_size=4), st.permutations(BANT.labels))
def test_sets_are_those_of_equal_marks(marks: list[str], labels: list[str]) -> None:
    text = "\n".join(f"- {label}: {mark}" for label, mark in zip(labels, marks, strict=True))
    by_mark = {
        mark: frozenset(label for label, own in zip(labels, marks, strict=True) if own == mark) for mark in marks
    }
    several = {each for each in by_mark.values() if len(each) > 1}
    assert shared(text) == (several if 1 < len(set(marks)) <= 3 else set())


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("No budget, no authority, no need; the timeline works.", [{"Budget", "Authority", "Need"}, {"Timeline"}]),
        ("Neither the budget nor the timeline criterion holds.", [{"Budget", "Timeline"}]),
        ("It has budget, no authority.", [{"Budget"}, {"Authority"}]),
        ("Need -, Budget +", [{"Need"}, {"Budget"}]),
    ],
)
def test_a_word_that_is_repeated_joins(text: str, groups: list[set[str]]) -> None:
    assert [set(each.values) for each in read_message(text, BANT).groups] == groups


def test_one_of_a_set_brings_the_others() -> None:
    answer = extract("FAIL authority\nFAIL timeline\nPASS budget\nPASS need", BANT)
    assert set(answer.items) == {"Authority", "Timeline"}
