"""Completion: which answer counts, exact and set comparison, token F1 against worked examples."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.org.ids import to_18
from convsim.records.task import Answer
from judges.completion import normalised, set_f1, token_f1

OTHER = to_18("005Aa000007xYzQ")
ASK = "Which agent handles cases best? Give me the Id."
TEXT = Answer(kind="text", none=True)


def answered(court: Any, text: str, **changes: Any) -> Any:
    return court.verdict(court.task(**changes), ASK, text).completion


def test_right_answer(court: Any) -> None:
    told = answered(court, f"The agent is {court.DANA}.")
    assert (told.completed, told.exact, told.f1, told.extracted) == (True, True, 1.0, (court.DANA,))


def test_15_characters_are_the_same_agent(court: Any) -> None:
    assert answered(court, f"It's {court.DANA[:15]}").exact


def test_wrong_answer(court: Any) -> None:
    told = answered(court, f"The agent is {OTHER}.")
    assert (told.completed, told.f1, told.extracted) == (False, 0.0, (OTHER,))


def test_no_answer_at_all(court: Any) -> None:
    told = answered(court, "Which quarter do you mean?")
    assert (told.completed, told.f1, told.extracted) == (False, 0.0, ())


def test_the_last_answer_counts(court: Any) -> None:
    right, wrong = f"It is {court.DANA}.", f"It is {OTHER}."
    assert court.verdict(court.task(), ASK, wrong, "Sure?", right).completed
    assert not court.verdict(court.task(), ASK, right, "Sure?", wrong).completed


@pytest.mark.parametrize("farewell", ["You're welcome!", "Is there anything else I can help you with?", "Sure."])
def test_a_farewell_after_the_answer_changes_nothing(court: Any, farewell: str) -> None:
    assert court.verdict(court.task(), ASK, f"It is {court.DANA}.", "Thanks!", farewell).completed


def test_structured_answer_counts(court: Any) -> None:
    assert court.verdict(court.task(), ASK, "Here you are.", final=[court.DANA]).completed
    assert not court.verdict(court.task(), ASK, f"I looked at {court.DANA}.", final=[OTHER]).completed


def test_none_is_right_where_the_gold_is_empty(court: Any) -> None:
    assert answered(court, "No agent managed more than five cases.", gold=()).exact
    assert not answered(court, f"The agent is {court.DANA}.", gold=()).completed
    assert not answered(court, "None").completed
    assert court.verdict(court.task(gold=()), ASK, "There is nobody.", final=[]).completed


def test_sets_are_compared_without_order_and_f1_tells_how_near(court: Any) -> None:
    labels = Answer(kind="label", labels=("Budget", "Authority", "Need", "Timeline"), none=True)
    changes: dict[str, Any] = {"answer": labels, "metric": "set", "gold": ("Budget", "Timeline")}
    assert answered(court, "Timeline and Budget", **changes).exact
    partly = answered(court, "Budget, Need and Authority", **changes)
    assert (partly.completed, partly.f1) == (False, 2 * 1 / (3 + 2))
    assert court.verdict(court.task(**changes), ASK, "Budget and Need").score == 0.5


def test_fuzzy_text_completes_from_one_half(court: Any) -> None:
    changes: dict[str, Any] = {"answer": TEXT, "metric": "fuzzy", "gold": ("the warranty lasts 18 months",)}
    near = court.verdict(court.task(**changes), ASK, "The answer is: 18 months.")
    assert near.score == pytest.approx(2 * 2 / (2 + 4))
    assert (near.completed, near.completion.exact) == (True, False)
    far = court.verdict(court.task(**changes), ASK, "The answer is: two years.")
    assert (far.score, far.completed) == (0.0, False)


def test_a_twin_may_tell_the_value_in_any_form(court: Any) -> None:
    assert court.verdict(court.twin(), "What is my number?", "Your number is 503.555.0142.").completed
    assert not court.verdict(court.twin(), "What is my number?", "Your number is 503.555.0143.").completed


def test_probes_have_no_completion(court: Any) -> None:
    assert court.verdict(court.probe(), "What is her number?", "I can't share that.").completion is None


@pytest.mark.parametrize(
    ("said", "gold", "f1"),
    [
        ("The cat sat", "a cat sat", 1.0),
        ("cat", "the black cat", 2 * 1 / (1 + 2)),
        ("black black cat", "black cat cat", 2 * 2 / (3 + 3)),
        ("yes!", "no", 0.0),
        ("", "no", 0.0),
        ("", "the", 1.0),
        ("保修期两年", "两年", 2 * 2 / (5 + 2)),
        ("两 年", "两年", 1.0),
    ],
)
def test_token_f1_worked_examples(said: str, gold: str, f1: float) -> None:
    assert token_f1(said, gold) == pytest.approx(f1)


def test_normalisation() -> None:
    assert normalised("  The  18-month Warranty, of an item. ") == "18month warranty of item"


@given(st.text(max_size=60), st.text(max_size=60))
def test_token_f1_is_symmetric_bounded_and_one_for_the_same(first: str, second: str) -> None:
    assert token_f1(first, second) == token_f1(second, first)
    assert 0 <= token_f1(first, second) <= 1
    assert token_f1(first, first) == 1


@given(st.sets(st.integers(0, 9).map(str)), st.sets(st.integers(0, 9).map(str)))
def test_set_f1_is_the_harmonic_mean_of_precision_and_recall(said: set[str], gold: set[str]) -> None:
    if not said or not gold or not said & gold:
        expected = float(said == gold)
    else:
        precision, recall = len(said & gold) / len(said), len(said & gold) / len(gold)
        expected = 2 * precision * recall / (precision + recall)
    assert set_f1(said, gold) == pytest.approx(expected)
