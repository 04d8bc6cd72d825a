"""Train the learned part of the reader: logistic regressions over the features of labelled messages.

    python bench/train_reader.py             # writes convsim/reading/weights.jsonl
    python bench/train_reader.py --check     # trained without train_written.jsonl and measured on it

Training texts: the files of tests/corpus in FILES, and messages composed of phrases (`phrases.py`) that teach what
units are called. What tests/corpus/heldout holds is for measuring alone (bench/corpus.py).

Two models. `parts` tells which parts of a message ask: the labels speak of whole messages only, so it begins with what
the rules see, and is then trained again on the parts that it takes for asking itself (multiple-instance learning,
Andrews et al. 2003). `message` reads the whole with the asking parts told from the rest; those come from models that
were trained without the message, so that it meets the same mistakes as later.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from phrases import composed
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from convsim.draws import digest

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
CORPUS = ROOT / "tests" / "corpus"
WRITTEN = "train_written.jsonl"
CONTRASTS = "train_contrasts.jsonl"
FILES = (
    "train.jsonl", "train_more.jsonl", "dev_messages.jsonl", "own_messages.jsonl", "messages.jsonl", WRITTEN, CONTRASTS,
)  # fmt: skip
WEIGHTS = ROOT / "convsim" / "reading" / "weights.jsonl"
WEIGHT = {WRITTEN: 2.0, CONTRASTS: 2.0, "composed": 0.5}
"""How much a message of a file counts: on all but the newest the rules were tuned, which makes them look better than
they are; composed ones have vocabulary but no manner."""
RARE = 6
"""Features of fewer messages are left out."""
SMALL = 0.1
"""Weights below are left out."""
C_PART, C_CLASS, C_UNIT, POSITIVE = 1.0, 2.0, 0.5, 3.0
"""Inverse regularisation of the models, and the weight of a message that asks for a unit."""
STEPS = {"parts": 40, "message": 50}
FOLDS, ROUNDS = 5, 2


class Fitted(NamedTuple):
    """Weights [features, outputs] and intercepts."""

    weights: np.ndarray
    intercepts: np.ndarray


class Features:
    """The features of many texts as a matrix."""

    def __init__(self, found: Sequence[Sequence[str]]) -> None:
        """Take the features of each text; those of fewer than RARE texts are left out."""
        counts = Counter(each for features in found for each in features)
        self.names = sorted(each for each, count in counts.items() if count >= RARE)
        self._places = {name: place for place, name in enumerate(self.names)}
        self.matrix = self.of(found)

    def of(self, found: Sequence[Sequence[str]]) -> csr_matrix:
        places = [[self._places[each] for each in features if each in self._places] for features in found]
        ends = np.cumsum([0, *(len(each) for each in places)])
        flat = np.fromiter((place for each in places for place in each), dtype=np.int32)
        return csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(found), len(self.names)))


def fitted(matrix: csr_matrix, labels: np.ndarray, counted: np.ndarray, steps: int) -> Fitted:
    """Return logistic regressions of all outputs at once by L-BFGS; `labels` are 1 or -1, `counted` their weights."""
    turned, (width, outputs) = matrix.T.tocsr(), (matrix.shape[1], labels.shape[1])
    labels, counted = labels.astype(np.float32), counted.astype(np.float32)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        flat = flat.astype(np.float32)
        weights, intercepts = flat[: width * outputs].reshape(width, outputs), flat[width * outputs :]
        margin = (matrix @ weights + intercepts) * labels
        small = np.exp(-np.abs(margin))
        cost = counted * (np.maximum(-margin, 0) + np.log1p(small))
        slope = -counted * labels * np.where(margin > 0, small, 1) / (1 + small)
        total = cost.sum(dtype=np.float64) + 0.5 * (weights * weights).sum(dtype=np.float64)
        return float(total), np.concatenate([(turned @ slope + weights).ravel(), slope.sum(0)]).astype(np.float64)

    options = {"maxiter": steps, "maxcor": 5, "ftol": 1e-5}
    found = minimize(loss, np.zeros((width + 1) * outputs), jac=True, method="L-BFGS-B", options=options).x
    return Fitted(found[: width * outputs].reshape(width, outputs), found[width * outputs :])


class Parts:
    """The parts of all messages: which message each belongs to, and what tells whether it asks."""

    def __init__(self, rows: Sequence[dict], texts: Sequence[str]) -> None:
        from convsim.reading.features import asking_features
        from convsim.reading.frames import parts

        told = [parts(text) for text in texts]
        self.owner = np.array([n for n, each in enumerate(told) for _ in each])
        each_of = [(text, each, k) for text, each in zip(texts, told, strict=True) for k in range(len(each))]
        self.features = Features([asking_features(*each) for each in each_of])
        self._counted = np.array([weight_of(row) for row in rows])[self.owner]
        asks = np.array([bool(row["asked"]) or row["open"] or row["intent"] == "ask" for row in rows])
        self._may = asks[self.owner]
        seen = [part.requesting or part.item or part.kind == "offer" for each in told for part in each]
        self._first = np.array(seen) & self._may

    def trained(self, messages: np.ndarray) -> Fitted:
        """Train on some messages (a mask)."""
        inside = messages[self.owner]
        owner, may = self.owner[inside], self._may[inside]
        matrix, counted = self.features.matrix[inside], self._counted[inside][:, None] * C_PART
        asks = self._first[inside]
        asks |= may & ~np.isin(owner, owner[asks])
        for _ in range(ROUNDS):
            found = fitted(matrix, np.where(asks, 1.0, -1.0)[:, None], counted, STEPS["parts"])
            scores = self.scores(found)[inside]
            best = np.full(len(messages), -np.inf)
            np.maximum.at(best, owner, scores)
            asks = may & ((scores > 0) | (scores >= best[owner]))
        return found

    def scores(self, found: Fitted) -> np.ndarray:
        return (self.features.matrix @ found.weights + found.intercepts)[:, 0]

    def asking(self, taught: np.ndarray) -> list[list[bool]]:
        """Return which parts of each message ask, by models trained on other messages; `taught` may be learned from."""
        number = np.arange(len(taught))
        asks = np.zeros(len(self.owner), bool)
        for fold in range(FOLDS):
            here = taught & (number % FOLDS == fold)
            asks |= here[self.owner] & (self.scores(self.trained(taught & ~here)) > 0)
        if not taught.all():
            asks |= ~taught[self.owner] & (self.scores(self.trained(taught)) > 0)
        found: list[list[bool]] = [[] for _ in taught]
        for owner, each in zip(self.owner, asks, strict=True):
            found[owner].append(bool(each))
        return found


def load(name: str) -> list[dict]:
    lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "file": name} for line in lines]


def loaded() -> list[dict]:
    """Return the messages of all writers, and every other composed one, which is enough of them."""
    made = [{**row, "file": "composed"} for n, row in enumerate(composed()) if digest("trained", n) % 2 == 0]
    return [*(row for name in FILES for row in load(name)), *made]


def weight_of(row: dict) -> float:
    return WEIGHT.get(row["file"], 1.0)


def target(row: dict) -> str:
    """Return the class of a message: its intent, a refusal by its reason."""
    return row["turn_class"] if row["intent"] == "refuse" else row["intent"]


def outputs_of(rows: Sequence[dict]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the names of the outputs, and for each message its labels and weights.

    Composed messages teach what units are called, not how messages are built: classes are learned without them.
    """
    from personas.units import UNIT_NAMES

    classes = sorted({target(row) for row in rows})
    labels = np.array(
        [[*(target(row) == each for each in classes), *(u in row["asked"] for u in UNIT_NAMES)] for row in rows]
    )
    counted = np.array([weight_of(row) for row in rows])[:, None] * np.where(labels, POSITIVE, 1.0) * C_UNIT
    real = np.array([row["file"] != "composed" for row in rows])
    counted[:, : len(classes)] = (np.array([weight_of(row) for row in rows]) * real * C_CLASS)[:, None]
    names = [*(f"class:{each}" for each in classes), *(f"unit:{each}" for each in UNIT_NAMES)]
    return names, np.where(labels, 1.0, -1.0), counted


def content(names: Sequence[str], features: Features, found: Fitted) -> dict[str, Any]:
    """Return a model as `linear.py` reads it."""
    weights: dict[str, dict[str, float]] = {}
    for place, output in zip(*np.nonzero(np.abs(found.weights) >= SMALL), strict=True):
        weight = round(float(found.weights[place, output]), 2)
        weights.setdefault(features.names[place], {})[names[output]] = weight
    intercepts = {name: round(float(each), 3) for name, each in zip(names, found.intercepts, strict=True)}
    return {"intercepts": intercepts, "weights": dict(sorted(weights.items()))}


def trained(rows: Sequence[dict], taught: np.ndarray) -> tuple[dict, list[Sequence[str]]]:
    """Return both models trained on the messages `taught`, and the features of every message."""
    from convsim.reading.reader import features_of
    from convsim.reading.spoken import spoken

    parts = Parts(rows, [spoken(row["text"]) for row in rows])
    asking = parts.asking(taught)
    found = [features_of(row["text"], asking=each) for row, each in zip(rows, asking, strict=True)]
    features = Features(found)
    names, labels, counted = outputs_of(rows)
    whole = fitted(features.matrix[taught], labels[taught], counted[taught], STEPS["message"])
    part = parts.trained(taught)
    return {"parts": content(["asks"], parts.features, part), "message": content(names, features, whole)}, found


def check() -> None:
    from corpus import kappa, micro_f1

    from convsim.reading.learned import Learned
    from convsim.reading.linear import Linear

    rows = loaded()
    own = [n for n, row in enumerate(rows) if row["file"] == WRITTEN]
    taught = np.ones(len(rows), bool)
    taught[own] = False
    made, found = trained(rows, taught)
    reader = Learned(Linear(made["message"]))
    scored = {n: reader.scores(found[n]) for n in own}
    labels = [target(rows[n]) for n in own]
    ours = [scored[n].best_class for n in own]
    refused = ("explicit_refusal", "other_refusal")
    print(f"intents {np.mean([strip(a) == strip(b) for a, b in zip(labels, ours, strict=True)]):.3f}")
    print(f"refusal kappa {kappa([a in refused for a in labels], [b in refused for b in ours]):.3f}, "
          f"classes {kappa([group(a) for a in labels], [group(b) for b in ours]):.3f}")  # fmt: skip
    for name, among in (("all", own), ("English", [n for n in own if rows[n]["language"] == "en"])):
        pairs = [(set(rows[n]["asked"]), set(scored[n].units)) for n in among]
        print(f"units of {name}: precision {{:.3f}}, recall {{:.3f}}, F1 {{:.3f}}".format(*micro_f1(pairs)))


def strip(name: str) -> str:
    return "refuse" if name.endswith("_refusal") else name


def group(name: str) -> str:
    return "neutral" if name in ("ask", "chat") else name


def written(made: dict) -> str:
    """Return the file: a line for each model and each feature, so that changes can be read."""
    lines = (
        json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        for name, model in made.items()
        for told in ({"model": name, "intercepts": model["intercepts"]}, *model["weights"].items())
    )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    if given.check:
        check()
        return
    rows = loaded()
    made, _ = trained(rows, np.ones(len(rows), bool))
    WEIGHTS.write_text(written(made), encoding="utf-8")
    sizes = {name: len(each["weights"]) for name, each in made.items()}
    print(f"features {sizes}, {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
