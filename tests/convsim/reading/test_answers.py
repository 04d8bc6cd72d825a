"""Typed extraction on answers as models write them, forms of answers, and the laws of extraction."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from convsim.org.ids import to_18
from convsim.reading.answers import extract, form_of
from convsim.records.task import Answer

IDS = {
    **{name: to_18(f"005Aa00000{number}xYzQ") for name, number in (("A", 1), ("B", 2), ("C", 3))},
    "P": to_18("01tAa00000nDp1Q"),
    **{name: to_18(f"ka0Bb00000{number}cDeF") for name, number in (("K", 1), ("L", 2))},
    **{name: to_18(f"00TBb00000{number}cDeF") for name, number in (("T", 1), ("U", 2))},
}
SHORT = {name.lower(): value[:15] for name, value in IDS.items()}
ANSWERS = {
    "id": Answer(kind="id", prefixes=("005",), none=True),
    "article": Answer(kind="id", prefixes=("ka0",), none=True),
    "tasks": Answer(kind="id", prefixes=("00T",), none=True),
    "month": Answer(kind="month", none=True),
    "state": Answer(kind="state", none=True),
    "stage": Answer(kind="label", labels=("Qualification", "Discovery", "Quote", "Negotiation", "Closed"), none=True),
    "bant": Answer(kind="label", labels=("Budget", "Authority", "Need", "Timeline"), none=True),
    "text": Answer(kind="text", none=True),
}
LABELLED = [
    (kind, case)
    for kind, cases in yaml.safe_load((Path(__file__).parent / "answer_messages.yaml").read_text("utf-8")).items()
    for case in cases
]
AGENTS = [IDS["A"], IDS["B"], IDS["C"]]


def filled(text: str) -> str:
    for name, value in {**IDS, **SHORT}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def expected(case: dict[str, Any]) -> tuple[tuple[str, ...], bool]:
    return tuple(IDS.get(item, item) for item in case["items"]), case.get("none", False)


@pytest.mark.parametrize(("kind", "case"), LABELLED, ids=[f"{kind}: {case['text'][:40]}" for kind, case in LABELLED])
def test_answer_of_a_message(kind: str, case: dict[str, Any]) -> None:
    found = extract(filled(case["text"]), ANSWERS[kind])
    assert (found.items, found.none) == expected(case)


@pytest.mark.parametrize(("kind", "case"), LABELLED, ids=[f"{kind}: {case['text'][:40]}" for kind, case in LABELLED])
def test_what_holds_an_answer_is_in_form(kind: str, case: dict[str, Any]) -> None:
    items, none = expected(case)
    assert (form_of(filled(case["text"]), ANSWERS[kind]) == "in_form") == bool(items or none)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The agent is Dana Whitfield.", "wrong_form"),
        ("The product is {P}.", "wrong_form"),
        ("It's Omar, he has the lowest handle time.", "wrong_form"),
        ("Which quarter do you mean?", "no_answer"),
        ("Sure, let me check that for you.", "no_answer"),
        ("I'm sorry, I can't share that.", "no_answer"),
        ("I could not find that product.", "no_answer"),
        ("Hello! How can I help you?", "no_answer"),
        ("To find the agent, I need the time window. Which months do you mean?", "no_answer"),
        ("", "no_answer"),
    ],
)
def test_form_without_an_id(text: str, form: str) -> None:
    assert form_of(filled(text), ANSWERS["id"]) == form


def test_none_is_no_answer_in_form_where_it_is_not_offered() -> None:
    assert form_of("None", Answer(kind="id", prefixes=("005",))) == "wrong_form"
    assert form_of("None", ANSWERS["id"]) == "in_form"


@pytest.mark.parametrize(
    ("final", "items", "none"),
    [
        ((IDS["A"],), (IDS["A"],), False),
        ((SHORT["a"],), (IDS["A"],), False),
        ((f"the agent is {IDS['A']}",), (IDS["A"],), False),
        ((), (), True),
        (("None",), (), True),
        (("",), (), True),
        ((IDS["A"], IDS["B"]), (IDS["A"], IDS["B"]), False),
    ],
)
def test_structured_part_wins_over_the_text(final: tuple[str, ...], items: tuple[str, ...], none: bool) -> None:
    found = extract(f"I first thought of {IDS['C']}.", ANSWERS["id"], final=final)
    assert (found.items, found.none, found.spans) == (items, none, ())


def test_a_structured_part_of_another_type_leaves_the_text() -> None:
    assert extract(f"It is {IDS['A']}.", ANSWERS["id"], final=("Dana",)).items == (IDS["A"],)
    assert form_of("It is Dana.", ANSWERS["id"], final=("Dana",)) == "wrong_form"


@given(st.sampled_from(AGENTS))
def test_an_id_is_read_in_any_case_of_its_18_characters(identifier: str) -> None:
    assert extract(f"Agent {identifier.lower()}", ANSWERS["id"]).items == (identifier,)
    assert extract(f"Agent {identifier.upper()}", ANSWERS["id"]).items == (identifier,)


def test_15_characters_in_another_case_are_another_id() -> None:
    assert extract(f"Agent {SHORT['a'].lower()}", ANSWERS["id"]).items != (IDS["A"],)


@given(st.sampled_from(AGENTS), st.sampled_from([IDS["P"], IDS["K"], IDS["T"]]), st.booleans())
def test_an_id_of_another_type_on_the_way_changes_nothing(agent: str, other: str, before: bool) -> None:
    sentences = [f"This concerns {other}.", f"The agent is {agent}."]
    assert extract(" ".join(sentences if before else sentences[::-1]), ANSWERS["id"]).items == (agent,)


@given(st.text(max_size=300), st.sampled_from(sorted(ANSWERS)))
def test_any_text_can_be_read_and_spans_lie_in_it(text: str, kind: str) -> None:
    found = extract(text, ANSWERS[kind])
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    assert not (found.none and found.items)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("It is not 005Dn0000MUVL92IQH.", ()),
        ("It isn't 005Dn0000MUVL92IQH, I'm sure of that.", ()),
        ("Not 005Dn0000MUVL92IQH but 005Dn0000Ipm47yIQA.", ("005Dn0000Ipm47yIQA",)),
        ("It's not 005Dn0000MUVL92IQH, it's 005Dn0000Ipm47yIQA.", ("005Dn0000Ipm47yIQA",)),
        ("The agent is not the owner, 005Dn0000Ipm47yIQA is.", ("005Dn0000Ipm47yIQA",)),
    ],
)
def test_what_is_plainly_denied_is_no_answer(text: str, items: tuple[str, ...]) -> None:
    assert extract(text, Answer(kind="id", prefixes=("005",), none=True)).items == items


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("No problem, we can come back to that.", False),
        ("No problem at all!", False),
        ("No problem: no article is violated.", True),
        ("No problem was found with this quote.", True),
    ],
)
def test_a_courtesy_is_no_answer(text: str, none: bool) -> None:
    assert extract(text, Answer(kind="id", prefixes=("ka0",), none=True)).none == none
