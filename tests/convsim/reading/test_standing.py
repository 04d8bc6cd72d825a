"""What the features of answers are read from: word classes, groups, references by place, tables, runs of words."""

import pytest

from convsim.reading.answers import read_message
from convsim.reading.facts import runs
from convsim.reading.references import references
from convsim.reading.standing import nothing_features, value_features
from convsim.reading.word_classes import classes_of, pairs_of, words
from convsim.records.task import Answer

STATE = Answer(kind="state", none=True)
FACTORS = Answer(kind="label", labels=("Budget", "Authority", "Need", "Timeline"), none=True)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("isn't violated", ["is", "not", "un-fail"]),
        ("is violated", ["is", "fail"]),
        ("the runner-up", ["second"]),
        ("Übertroffen", ["lose"]),
        ("als", ["than"]),
        ("而不是", ["instead"]),
        ("lorem ipsum", []),
    ],
)
def test_classes(said: str, names: list[str]) -> None:
    assert [each for each in classes_of(words(said)) if each in names] == names


def test_pairs_reach_over_other_words() -> None:
    assert "but>most" in pairs_of(words("but lorem ipsum fastest"))


def test_what_commas_and_conjunctions_part_is_one_group() -> None:
    message = read_message("Ohio, Texas and Utah lead; Iowa trails.", STATE)
    assert [sorted(each.values) for each in message.groups] == [["OH", "TX", "UT"], ["IA"]]
    assert message.groups[0].after.strip().startswith("lead")


@pytest.mark.parametrize(
    ("told", "picked"),
    [
        ("- Ohio\n- Texas\n- Utah\n\nIt's the second row.", {"TX"}),
        ("Ohio, then Texas. The latter is better.", {"TX"}),
        ("1. Ohio\n2. Texas\n\nNumber 1, that is.", {"OH"}),
        ("| Ohio | 4 |\n| Texas | **9** |\n\nHighest in bold.", {"TX"}),
        ("| Ohio | 4 |\n| Texas | 9 |\n\n第二行最多。", {"TX"}),
        ("Ohio leads, then Texas.", set()),
    ],
)
def test_references_by_place(told: str, picked: set[str]) -> None:
    message = read_message(told, STATE)
    found = references(told, message.groups)
    assert {value for value, said in found.items() if "picked" in said} == picked


def test_cells_count_under_their_heads() -> None:
    told = "| Factor | Met |\n|---|---|\n| Budget | no |\n| Need | yes |"
    found = value_features(read_message(told, FACTORS))
    assert "hc:pass+none" in found["Budget"]
    assert "hc:pass+tick" in found["Need"]


def test_a_mark_on_one_line_alone_sets_it_apart() -> None:
    found = value_features(read_message("Ohio: 4\nTexas: 9 ✅", STATE))
    assert "lone:tick" in found["TX"]
    assert "lacks:tick" in found["OH"]


def test_a_denied_candidate_is_none() -> None:
    message = read_message("It is not Ohio.", STATE)
    assert value_features(message) == {}
    assert nothing_features(message, {})


def test_runs_lie_in_the_text_and_stay_within_a_sentence() -> None:
    told = 'It weighs "14.5 kg". Call +1 415 555 0100?'
    found = [told[run.start : run.end] for run in runs(told)]
    assert "14.5 kg" in found
    assert not any("Call" in each for each in found), "a question states nothing"
