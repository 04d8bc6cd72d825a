"""How well messages are read: reader, refusal classes and answer extraction against the held-apart corpus.

The texts and labels in tests/corpus were written without sight of the classifiers and frozen by hash before the first
measurement; run `python bench/corpus.py`, with -v for the messages that were read otherwise than labelled. The
second labelling equals the first in every label, so what is printed as the labellers' agreement is no evidence of it.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from convsim.reading.answers import extract
from convsim.reading.reader import read
from convsim.records.task import Answer

CORPUS = Path(__file__).parents[1] / "tests" / "corpus"


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Cohen's kappa (Cohen 1960) of two labellings of the same items."""
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    one, two = Counter(first), Counter(second)
    expected = sum(one[label] * two[label] for label in one) / n**2
    return (agreed - expected) / (1 - expected)


def micro_f1(pairs: Sequence[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 over (labelled, found) sets."""
    hits = sum(len(a & b) for a, b in pairs)
    found, labelled = sum(len(b) for _, b in pairs), sum(len(a) for a, _ in pairs)
    precision, recall = hits / max(found, 1), hits / max(labelled, 1)
    return precision, recall, 2 * hits / max(found + labelled, 1)


def load(name: str) -> list[dict]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def check_frozen() -> None:
    for line in (CORPUS / "FROZEN.sha256").read_text().splitlines():
        digest, name = line.split()
        if hashlib.sha256((CORPUS / name).read_bytes()).hexdigest() != digest:
            sys.exit(f"tests/corpus/{name} is not the frozen file; its figures would prove nothing")


def messages(verbose: bool) -> None:
    rows = load("messages.jsonl")
    second = {row["id"]: row for row in load("second.jsonl")}
    readings = [read(row["text"], answer=None) for row in rows]
    others = [second[row["id"]] for row in rows]
    for name in ("intent", "turn_class"):
        labels = [row[name] for row in rows]
        ours = [getattr(reading, name) for reading in readings]
        print(
            f"{name:12s} kappa {kappa(labels, ours):.3f}, labellers {kappa(labels, [o[name] for o in others]):.3f}, "
            f"accuracy {sum(a == b for a, b in zip(labels, ours, strict=True)) / len(rows):.3f}"
        )
    refused = [("refusal" if "refusal" in row["turn_class"] else "no") for row in rows]
    ours = [("refusal" if "refusal" in reading.turn_class else "no") for reading in readings]
    print(f"refusal      kappa {kappa(refused, ours):.3f} (binary)")
    for language in sorted({row["language"] for row in rows}):
        chosen = [i for i, row in enumerate(rows) if row["language"] == language]
        right = sum(rows[i]["turn_class"] == readings[i].turn_class for i in chosen)
        print(f"  {language}: {right}/{len(chosen)} turn classes")
    asked = [{a.unit for a in reading.asked} for reading in readings]
    told = "precision {:.3f}, recall {:.3f}, F1 {:.3f}"
    print(
        "units        micro", told.format(*micro_f1([(set(r["asked"]), a) for r, a in zip(rows, asked, strict=True)]))
    )
    print(
        "  labellers  micro",
        told.format(*micro_f1([(set(r["asked"]), set(o["asked"])) for r, o in zip(rows, others, strict=True)])),
    )
    print(f"unclear      {sum(reading.unclear for reading in readings) / len(rows):.3f}")
    for row, reading, units in zip(rows, readings, asked, strict=True):
        wrong = row["intent"] != reading.intent or set(row["asked"]) != units or row["turn_class"] != reading.turn_class
        if verbose and wrong:
            print(
                f"{row['id']} [{row['intent']}/{row['turn_class']}/{','.join(row['asked'])}] read as "
                f"[{reading.intent}/{reading.turn_class}/{','.join(units)}]: {row['text'][:200]!r}"
            )


def answers(verbose: bool) -> None:
    right, rows = 0, load("answers.jsonl")
    for row in rows:
        answer = Answer(
            kind=row["kind"], prefixes=row.get("prefixes") or (), labels=row.get("labels") or (), none=row["none"]
        )
        found = extract(row["text"], answer)
        same = _same(found.items, row)
        right += same
        if verbose and not same:
            print(
                f"{row['id']} {row['kind']} expected {row['expected']} found {list(found.items)}: {row['text'][:200]!r}"
            )
    print(f"answers      agreement {right / len(rows):.3f} of {len(rows)}")


def _same(items: Sequence[str], row: dict) -> bool:
    def key(item: str) -> str:
        return item[:15] if row["kind"] == "id" else item.casefold()

    return {key(item) for item in items} == {key(item) for item in row["expected"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", action="store_true", dest="verbose")
    given = parser.parse_args()
    check_frozen()
    messages(given.verbose)
    answers(given.verbose)
