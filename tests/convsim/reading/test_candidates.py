"""Candidates that are easily taken for something else."""

import pytest

from convsim.reading.candidates import candidates
from convsim.records.task import Answer


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("OR; second, WA.", ["OR", "WA"]),
        ("ME, not NH.", ["ME", "NH"]),
        ("<state>IN</state><second>MI</second>", ["IN", "MI"]),
        ("| OK | 19 |\n| TX | 3 |", ["OK", "TX"]),
        ('{"state": "ID", "next": "MT"}', ["ID", "MT"]),
        ("HI. AK is second.", ["HI", "AK"]),
        ("OK, I looked again: it is TX.", ["TX"]),
        ("OK: TX leads.", ["TX"]),
        ("IN THE STATE OF TX", ["TX"]),
        ("The record's ID ends in 5, the state is TX.", ["TX"]),
    ],
)
def test_codes_that_are_words(text: str, values: list[str]) -> None:
    assert [each.value for each in candidates(text, Answer(kind="state"))] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [("**3 月**的报障量", ["March"]), ("最多的是 9 月", ["September"]), ("2023年11月", ["November"]), ("3 个月", [])],
)
def test_figures_before_the_chinese_month(text: str, values: list[str]) -> None:
    assert [each.value for each in candidates(text, Answer(kind="month"))] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"month": 11}', ["November"]),
        ("year=2023, month=3", ["March"]),
        ("Highest intake: 08.2023", ["August"]),
        ("Signed on 12.08.2023", []),
        ("Cases per month: 5", []),
        ("May it is.", ["May"]),
        ("May it be so", []),
    ],
)
def test_months_in_figures_and_after_the_question(text: str, values: list[str]) -> None:
    assert [each.value for each in candidates(text, Answer(kind="month"))] == values


def test_labels_in_names_of_fields() -> None:
    bant = Answer(kind="label", labels=("Budget", "Authority", "Need", "Timeline"), none=True)
    assert [each.value for each in candidates("budget_ok=false, need_ok=true, needless", bant)] == ["Budget", "Need"]
