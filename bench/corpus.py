"""How well messages are read: reader, refusal classes and answer extraction against the held-apart corpus.

tests/corpus/heldout was written without sight of the classifiers, frozen by hash before anybody labelled it, and
labelled by people who saw neither the code nor each other's labels; nothing was trained or tuned on it. So was
tests/corpus/others, whose labels are its writers' own. Run
`python bench/corpus.py`, with -v for the messages that were read otherwise than the first labeller did.
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
from judges.completion import PASS_F1, token_f1

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


def labelled(labeller: str) -> dict[str, dict]:
    return {row["id"]: row for row in load(f"heldout/{labeller}.jsonl")}


def messages(verbose: bool) -> None:
    rows = load("heldout/texts.jsonl")
    readings = {row["id"]: read(row["text"], answer=None) for row in rows}
    people = {name: labelled(name) for name in ("first", "second") if (CORPUS / f"heldout/{name}.jsonl").exists()}
    asked = {key: {each.unit for each in reading.asked} for key, reading in readings.items()}
    ours = {key: {"intent": r.intent, "turn_class": r.turn_class} for key, r in readings.items()}
    told = "precision {:.3f}, recall {:.3f}, F1 {:.3f}"
    for who, labels in people.items():
        print(f"against the {who} labeller, {len(labels)} messages")
        compared(labels, ours)
        print("  units", told.format(*units_of(labels, asked)))
    each("unit", {key: set(row["asked"]) for key, row in people["first"].items()}, asked)
    each("intent", {key: {row["intent"]} for key, row in people["first"].items()},
         {key: {row["intent"]} for key, row in ours.items()})  # fmt: skip
    for language in sorted({row["language"] for row in rows}):
        inside = {row["id"]: people["first"][row["id"]] for row in rows if row["language"] == language}
        print(f"  {language}, {len(inside)} messages: units", told.format(*units_of(inside, asked)))
    if len(people) == 2:
        print("the second labeller against the first")
        compared(people["first"], people["second"])
        print(
            "  units",
            told.format(*units_of(people["first"], {k: set(r["asked"]) for k, r in people["second"].items()})),
        )
    print(f"unclear: {sum(reading.unclear for reading in readings.values()) / len(rows):.3f}")
    for row in rows if verbose else ():
        label, reading = people["first"][row["id"]], readings[row["id"]]
        if label["intent"] != reading.intent or set(label["asked"]) != asked[row["id"]]:
            print(f"{row['id']} [{label['intent']}/{','.join(label['asked'])}] read as "
                  f"[{reading.intent}/{','.join(sorted(asked[row['id']]))}]: {row['text'][:200]!r}")  # fmt: skip


def others() -> None:
    """Print how messages and answers by two more writers are read, each labelled by its writer alone."""
    told = "precision {:.3f}, recall {:.3f}, F1 {:.3f}"
    for writer in ("one", "two"):
        labels = {row["id"]: row for row in load(f"others/{writer}_messages.jsonl")}
        readings = {key: read(row["text"], answer=None) for key, row in labels.items()}
        print(f"writer {writer}, {len(labels)} messages")
        compared(labels, {key: {"intent": r.intent, "turn_class": r.turn_class} for key, r in readings.items()})
        asked = {key: {each.unit for each in reading.asked} for key, reading in readings.items()}
        print("  units", told.format(*units_of(labels, asked)))
        counted(load(f"others/{writer}_answers.jsonl"), f"{writer}, who wrote them,", False)


def compared(labels: dict[str, dict], others: dict[str, dict]) -> None:
    """Print how far two labellings, or a labelling and the reader, agree."""
    for name in ("intent", "turn_class"):
        a, b = [labels[key][name] for key in labels], [others[key][name] for key in labels]
        print(f"  {name} {sum(x == y for x, y in zip(a, b, strict=True)) / len(a):.3f}, kappa {kappa(a, b):.3f}")
        if name == "turn_class":
            print(f"  refusal or not, kappa {kappa([refuses(x) for x in a], [refuses(x) for x in b]):.3f}")


def each(what: str, labels: dict[str, set[str]], found: dict[str, set[str]]) -> None:
    """Print precision and recall of every unit or intent against the first labeller."""
    for name in sorted({one for told in labels.values() for one in told}):
        pairs = [(told & {name}, found[key] & {name}) for key, told in labels.items()]
        precision, recall, _ = micro_f1(pairs)
        print(f"  {what} {name:16} {sum(bool(told) for told, _ in pairs):4d} labelled, "
              f"precision {precision:.3f}, recall {recall:.3f}")  # fmt: skip


def refuses(turn_class: str) -> str:
    return "refusal" if "refusal" in turn_class else "no"


def units_of(labels: dict[str, dict], found: dict[str, set[str]]) -> tuple[float, float, float]:
    return micro_f1([(set(row["asked"]), found[key]) for key, row in labels.items()])


def answers(verbose: bool) -> None:
    rows = load("heldout/answer_texts.jsonl")
    for labeller in ("first", "second"):
        if not (CORPUS / f"heldout/answers_{labeller}.jsonl").exists():
            continue
        labels = {row["id"]: row["expected"] for row in load(f"heldout/answers_{labeller}.jsonl")}
        counted([row | {"expected": labels[row["id"]]} for row in rows if row["id"] in labels], labeller, verbose)


def counted(rows: list[dict], labeller: str, verbose: bool) -> None:
    right, kinds = 0, Counter(row["kind"] for row in rows)
    wrong: Counter[str] = Counter()
    for row in rows:
        answer = Answer(
            kind=row["kind"], prefixes=row.get("prefixes") or (), labels=row.get("labels") or (), none=row["none"]
        )
        found = extract(row["text"], answer)
        same = _same(found.items, row) or (bool(found.fact) and _same((found.fact,), row))
        right += same
        wrong[row["kind"]] += not same
        if verbose and not same:
            print(
                f"{row['id']} {row['kind']} expected {row['expected']} found {list(found.items)}: {row['text'][:200]!r}"
            )
    told = ", ".join(f"{wrong[kind]} of {number} {kind}" for kind, number in sorted(kinds.items()))
    print(f"answers against the {labeller} labeller: {right / len(rows):.3f} of {len(rows)} (wrong: {told})")


def _same(items: Sequence[str], row: dict) -> bool:
    def key(item: str) -> str:
        return item[:15] if row["kind"] == "id" else item.casefold()

    if row["kind"] == "text":
        # As a fuzzy text is judged: the statement, or its short fact, is complete from this F1 on.
        return token_f1(" ".join(items), " ".join(row["expected"])) >= PASS_F1
    return {key(item) for item in items} == {key(item) for item in row["expected"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", action="store_true", dest="verbose")
    given = parser.parse_args()
    check_frozen()
    messages(given.verbose)
    answers(given.verbose)
    others()
