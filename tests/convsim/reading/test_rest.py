"""Answers to a check that do not name what they mean: the labels that are not named, all of them, or none."""

import pytest

from convsim.reading.answers import extract, form_of, read_message
from convsim.records.task import Answer

BANT = ("Budget", "Authority", "Need", "Timeline")
CHECK, CHOICE = Answer(kind="label", labels=BANT, none=True), Answer(kind="label", labels=BANT)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Only Need is in order.", "Budget, Authority, Timeline"),
        ("3 of 4 met (Budget, Authority, Timeline).", "Need"),
        ("Authority: yes. Everything else: no.", "Budget, Need, Timeline"),
        ("Everything except Budget is missing.", "Authority, Need, Timeline"),
        ("Nur Budget ist erfüllt.", "Authority, Need, Timeline"),
        ("Seul Need est rempli.", "Budget, Authority, Timeline"),
        ("Solo se cumple Timeline.", "Budget, Authority, Need"),
        ("只有 Budget 满足。", "Authority, Need, Timeline"),
        ("The lead fails on every count.", "Budget, Authority, Need, Timeline"),
        ("None of the four BANT criteria is met.", "Budget, Authority, Need, Timeline"),
        ("Keines der vier Kriterien ist erfüllt.", "Budget, Authority, Need, Timeline"),
        ("Aucun critère n'est rempli.", "Budget, Authority, Need, Timeline"),
        ("No se cumple ninguno de los criterios.", "Budget, Authority, Need, Timeline"),
        ("四个条件都不满足。", "Budget, Authority, Need, Timeline"),
    ],
)
def test_what_is_not_named_is_meant(text: str, labels: str) -> None:
    assert extract(text, CHECK).items == tuple(labels.split(", "))
    assert form_of(text, CHECK) == "in_form"
    assert extract(text, CHECK).spans


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Only Need is missing.", "Need"),
        ("Everything except Budget is fine.", "Budget"),
        ("Budget fails, everything else is fine.", "Budget"),
        ("Nur Budget fehlt.", "Budget"),
        ("只缺 Budget。", "Budget"),
    ],
)
def test_twins_mean_what_they_name(text: str, labels: str) -> None:
    assert extract(text, CHECK).items == tuple(labels.split(", "))


@pytest.mark.parametrize(
    "text",
    ["All four criteria are met.", "None is missing.", "Alle vier Kriterien sind erfüllt.", "四个条件都满足。",
     "The lead is fully qualified."],
)  # fmt: skip
def test_all_met_is_none(text: str) -> None:
    answer = extract(text, CHECK)
    assert (answer.none, answer.items) == (True, ())


@pytest.mark.parametrize("text", ["Hello! How can I help?", "I can't share that.", "Which lead do you mean?"])
def test_no_answer_means_no_labels(text: str) -> None:
    assert not extract(text, CHECK).found


def test_a_choice_is_named() -> None:
    assert read_message("Only Need is in order.", CHECK).rest == ("Budget", "Authority", "Timeline")
    assert read_message("Only Need is in order.", CHOICE).rest == ()
    assert extract("Only Need is in order.", CHOICE).items == ("Need",)
