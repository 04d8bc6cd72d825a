"""Train the learned part of the reader: logistic regressions over the features of labelled messages.

    python bench/train_reader.py             # writes convsim/reading/weights.json
    python bench/train_reader.py --check     # cross-validated on one writer's messages

Training texts: the files of tests/corpus in FILES; for the units also messages composed of phrases (`phrases.py`).
What tests/corpus/heldout holds is for measuring alone (bench/corpus.py).
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from phrases import composed
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
CORPUS = ROOT / "tests" / "corpus"
FILES = ("train.jsonl", "train_more.jsonl", "dev_messages.jsonl", "own_messages.jsonl", "messages.jsonl")
WEIGHTS = ROOT / "convsim" / "reading" / "weights.json"
RARE = 2
"""Features of fewer messages are left out."""
SMALL = 0.08
"""Weights below are left out."""
C_CLASS, C_UNIT, POSITIVE = 2.0, 1.0, 4.0
"""Inverse regularisation of both models, and the weight of a message that asks for a unit."""


def load(name: str) -> list[dict]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def seen(text: str) -> tuple[str, ...]:
    from convsim.reading.reader import features_of

    return tuple(features_of(text))


def trained(rows: list[dict], found: list[tuple[str, ...]], composed: int = 0) -> dict:
    """Return the weights: intercepts by output, and feature -> {output: weight}.

    The last `composed` messages teach what units are called, not how messages are built: classes are learned without.
    """
    from personas.units import UNIT_NAMES

    counts = Counter(each for features in found for each in features)
    kept = [{each: 1.0 for each in features if counts[each] >= RARE} for features in found]
    vectors = DictVectorizer(sort=True)
    matrix = vectors.fit_transform(kept)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    names = vectors.get_feature_names_out()
    whole = len(rows) - composed
    targets = [target(row) for row in rows[:whole]]
    outputs = []
    for name in sorted(set(targets)):
        one = LogisticRegression(C=C_CLASS, solver="liblinear", max_iter=400, random_state=0)
        one.fit(matrix[:whole], [each == name for each in targets])
        outputs.append((f"class:{name}", one.coef_[0], one.intercept_[0]))
    for unit in UNIT_NAMES:
        model = LogisticRegression(
            C=C_UNIT, solver="liblinear", max_iter=400, class_weight={0: 1, 1: POSITIVE}, random_state=0
        )
        model.fit(matrix, [unit in row["asked"] for row in rows])
        outputs.append((f"unit:{unit}", model.coef_[0], model.intercept_[0]))
    weights: dict[str, dict[str, float]] = {}
    for name, coefficients, _ in outputs:
        for place in np.flatnonzero(np.abs(coefficients) >= SMALL):
            weights.setdefault(str(names[place]), {})[name] = round(float(coefficients[place]), 2)
    intercepts = {name: round(float(intercept), 3) for name, _, intercept in outputs}
    return {"intercepts": intercepts, "weights": dict(sorted(weights.items()))}


def target(row: dict) -> str:
    """Return the class of a message: its intent, a refusal by its reason."""
    return row["turn_class"] if row["intent"] == "refuse" else row["intent"]


def check() -> None:
    from corpus import kappa, micro_f1

    from convsim.reading.learned import Learned, Scores

    rows = [row for name in FILES for row in load(name)]
    found = [seen(row["text"]) for row in rows]
    own = [n for n, row in enumerate(rows) if row["id"].startswith("m")]
    own = own or list(range(len(rows) - len(load("messages.jsonl")), len(rows)))
    scored: dict[int, Scores] = {}
    for fold in range(5):
        left_out = {place for n, place in enumerate(own) if n % 5 == fold}
        kept = [n for n in range(len(rows)) if n not in left_out]
        model = Learned(trained([rows[n] for n in kept], [found[n] for n in kept]))
        scored |= {n: model.scores(found[n]) for n in left_out}
    labels = [target(rows[n]) for n in own]
    ours = [scored[n].best_class for n in own]
    refused = ("explicit_refusal", "other_refusal")
    print(f"intents {np.mean([strip(a) == strip(b) for a, b in zip(labels, ours, strict=True)]):.3f}")
    print(f"refusal kappa {kappa([a in refused for a in labels], [b in refused for b in ours]):.3f}, "
          f"classes {kappa([group(a) for a in labels], [group(b) for b in ours]):.3f}")  # fmt: skip
    pairs = [(set(rows[n]["asked"]), set(scored[n].units)) for n in own]
    print("units precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*micro_f1(pairs)))


def strip(name: str) -> str:
    return "refuse" if name.endswith("_refusal") else name


def group(name: str) -> str:
    return "neutral" if name in ("ask", "chat") else name


def written(made: dict) -> str:
    """Return the file: a line for each feature, so that changes can be read."""
    lines = (f"{json.dumps(key, ensure_ascii=False)}:{json.dumps(told)}" for key, told in made["weights"].items())
    return '{"intercepts":' + json.dumps(made["intercepts"]) + ',\n"weights":{\n' + ",\n".join(lines) + "\n}}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    if given.check:
        check()
        return
    extra = list(composed())
    rows = [*(row for name in FILES for row in load(name)), *extra]
    made = trained(rows, [seen(row["text"]) for row in rows], len(extra))
    WEIGHTS.write_text(written(made), encoding="utf-8")
    print(f"{len(made['weights']):,} features, {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
