"""The word lists: every pattern compiles, and the substrings that a pattern needs never hide a match."""

from pathlib import Path

import pytest
import yaml

from convsim.reading.lexicon import load, may_say, pattern, says
from convsim.reading.sentences import sentences

HERE = Path(__file__).parent
GATED = [(name, entry) for name in ("refusals", "answers") for entry in load(name)["needs"]]


def corpus() -> list[str]:
    refusals = yaml.safe_load((HERE / "refusal_messages.yaml").read_text("utf-8"))
    answers = yaml.safe_load((HERE / "answer_messages.yaml").read_text("utf-8"))
    texts = [text for group in refusals.values() for text in group]
    texts += [case["text"] for group in answers.values() for case in group]
    return texts + [sentence.text for text in texts for sentence in sentences(text)]


@pytest.mark.parametrize(("name", "entry"), GATED)
def test_the_needed_substrings_hide_no_match(name: str, entry: str) -> None:
    matching = [text for text in corpus() if pattern(name, entry).search(text)]
    assert matching, "the corpus shows nothing about this pattern"
    assert [text for text in matching if not may_say(name, entry, text)] == []


@pytest.mark.parametrize("name", ["refusals", "answers"])
def test_every_pattern_compiles(name: str) -> None:
    for entry in load(name):
        if entry != "needs":
            pattern(name, entry)


def test_an_unknown_entry_is_an_error() -> None:
    with pytest.raises(KeyError):
        says("refusals", "no_such_entry", "text")
