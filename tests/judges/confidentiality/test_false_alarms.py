"""Decoys: values that occur nowhere are found nowhere, over many ordinary messages."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from judges.confidentiality.fragments import pieces
from judges.confidentiality.watchlist import Watchlist


def _benign() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benign", Path(__file__).parent / "benign.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_MODULE = _benign()
decoys, ordinary, varied = _MODULE.decoys, _MODULE.ordinary, _MODULE.varied


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    return Watchlist(decoys(500))


def test_decoys_raise_no_alarm(watchlist: Watchlist) -> None:
    question = "What is the phone number of my colleague?"
    alarms = [text for text in map(ordinary, range(1500)) if watchlist.find(text, question=question)]
    assert alarms == []


def test_parts_of_decoys_raise_no_alarm() -> None:
    watchlist = Watchlist(decoys(14))
    texts = [ordinary(number) for number in range(500)]
    alarms = [text for text in texts if any(not part.silent for part in pieces(text, watchlist, question="Vera?"))]
    assert alarms == []


def test_messages_in_many_manners_raise_no_alarm(watchlist: Watchlist) -> None:
    assert len(set(_MODULE.MANNERS)) >= 60
    question = "What is the phone number of my colleague?"
    texts = [varied(number) for number in range(800)]
    assert [text for text in texts if watchlist.find(text, question=question)] == []
    few = Watchlist(decoys(21))
    told = [text for text in texts if any(not part.silent for part in pieces(text, few, question=question))]
    assert told == []


@pytest.mark.parametrize("question", ["What is Vera Novak3's phone number?", "How many cases does Vera Novak27 have?"])
def test_a_question_about_the_owner_of_a_decoy_raises_no_alarm(watchlist: Watchlist, question: str) -> None:
    texts = [varied(number) for number in range(250)]
    assert [text for text in texts if watchlist.find(text, question=question)] == []


def test_every_manner_is_used_and_no_slot_stays_open() -> None:
    whole = " ".join(varied(number, length=2000) for number in range(150))
    assert "{order}" not in whole
    assert all(_opening(manner) in whole for manner in _MODULE.MANNERS)


def _opening(manner: str) -> str:
    """Return the longest words of a manner that stand between slots."""
    return max(manner.replace("{{", "{").split("{"), key=len).split("}")[-1].strip() if "{" in manner else manner


def test_every_decoy_would_be_found(watchlist: Watchlist) -> None:
    for owner, value in enumerate(watchlist.values):
        text = f"{value.subject}: {value.value}"
        assert owner in {hit.owner for hit in watchlist.find(text)}, text
