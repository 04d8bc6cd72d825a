"""Floors of refusal classes and extracted answers on the labelled corpus: the half to develop on, and the frozen half
by its totals alone."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from convsim.reading.answers import extract
from convsim.reading.reader import read
from convsim.records.task import Answer
from judges.completion import PASS_F1, token_f1

CORPUS = Path(__file__).parents[2] / "corpus"


def rows(name: str) -> list[dict[str, Any]]:
    """Return the labelled messages of a file, or of the held-apart half with its first labels."""
    if name == "heldout":
        labels = {row["id"]: row for row in rows("heldout/first.jsonl")}
        return [row | labels[row["id"]] for row in rows("heldout/texts.jsonl")]
    return [json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines()]


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    one, two = Counter(first), Counter(second)
    expected = sum(one[label] * two[label] for label in one) / n**2
    return (agreed - expected) / (1 - expected)


def refuses(classes: Sequence[str]) -> list[str]:
    return ["refusal" if "refusal" in each else "no" for each in classes]


def agreement(name: str, every: int = 1) -> float:
    """Return the share of right answers, of each n-th; a text is right as a fuzzy one is: whole or short fact."""
    told = rows(name)[::every]
    return sum(right(row) for row in told) / len(told)


def right(row: dict[str, Any]) -> bool:
    kind = row["kind"]
    answer = Answer(kind=kind, prefixes=row.get("prefixes") or (), labels=row.get("labels") or (), none=row["none"])
    found = extract(row["text"], answer)
    if kind == "text":
        gold = " ".join(row["expected"])
        return any(token_f1(said, gold) >= PASS_F1 for said in (" ".join(found.items), found.fact))
    width = 15 if kind == "id" else None
    return {each[:width].casefold() for each in found.items} == {each[:width].casefold() for each in row["expected"]}


def test_the_frozen_files_are_the_frozen_files() -> None:
    for line in (CORPUS / "FROZEN.sha256").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((CORPUS / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(("name", "binary", "five"), [("dev_messages.jsonl", 0.95, 0.90), ("heldout", 0.90, 0.80)])
def test_turn_classes_agree_with_the_labels(name: str, binary: float, five: float) -> None:
    told = rows(name)
    labels = [row["turn_class"] for row in told]
    ours = [read(row["text"]).turn_class for row in told]
    reached = kappa(refuses(labels), refuses(ours)), kappa(labels, ours)
    assert reached[0] >= binary, "refusal or not"
    assert reached[1] >= five, "five classes"


def test_refusals_beside_harmless_facts_and_telling_after_a_refusal_word() -> None:
    """Hard on purpose: many of them cannot be told without the request (0.75 before anything like them was learned)."""
    told = rows("refusals_apart.jsonl")
    assert sum(read(row["text"]).intent == row["intent"] for row in told) / len(told) >= 0.80


def test_answers_agree_with_the_labels() -> None:
    """The models were trained on these files, the encoder without a third of the second."""
    assert agreement("dev_answers.jsonl") >= 0.99
    assert agreement("more_answers.jsonl", every=5) >= 0.95


def test_answers_of_the_frozen_half_agree_with_the_labels() -> None:
    labels = {row["id"]: row for row in rows("heldout/answers_first.jsonl")}
    told = [row | labels[row["id"]] for row in rows("heldout/answer_texts.jsonl")]
    assert sum(map(right, told)) / len(told) >= 0.95
