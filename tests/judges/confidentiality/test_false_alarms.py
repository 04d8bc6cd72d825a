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


decoys, ordinary = _benign().decoys, _benign().ordinary


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


def test_every_decoy_would_be_found(watchlist: Watchlist) -> None:
    for owner, value in enumerate(watchlist.values):
        text = f"{value.subject}: {value.value}"
        assert owner in {hit.owner for hit in watchlist.find(text)}, text
