"""The word lists: every pattern compiles, and the substrings that a pattern needs never hide a match."""

import re
from pathlib import Path

import pytest
import yaml

from convsim.reading.lexicon import load, may_say, pattern, says
from convsim.reading.sentences import sentences
from convsim.reading.tagging import grammar, tags_of

HERE = Path(__file__).parent
GATED = [("answers", entry) for entry in load("answers")["needs"]]
PHRASES = [entry for entry in load("refusals") if entry not in ("tags", "dropped", "carriers", "words", "otherwise")]


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


def test_every_pattern_compiles() -> None:
    for entry in load("answers"):
        if entry != "needs":
            pattern("answers", entry)


@pytest.mark.parametrize("entry", PHRASES)
def test_every_phrase_of_tags_compiles_and_only_knows_tags(entry: str) -> None:
    assert grammar("refusals", entry).search("") is None
    assert not re.search("[a-z]", grammar("refusals", entry).pattern)


def test_a_word_has_its_tags_in_every_shape() -> None:
    assert tags_of("refusals", "I'm") == tags_of("refusals", "I am")
    assert tags_of("refusals", "can't") == tags_of("refusals", "can not") == tags_of("refusals", "cannot")
    assert tags_of("refusals", "Datenschutzgründen") == tags_of("refusals", "privacy")
    assert tags_of("refusals", "the third party's") == tags_of("refusals", "third parties")
    assert tags_of("refusals", "无法提供") == tags_of("refusals", "can't provide")


def test_an_unknown_entry_is_an_error() -> None:
    with pytest.raises(KeyError):
        says("answers", "no_such_entry", "text")
