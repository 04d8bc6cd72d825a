"""Train the learned part of answer extraction: logistic regressions over features of candidates, messages and runs.

    python bench/train_answers.py             # writes convsim/reading/answer_weights.json
    python bench/train_answers.py --check     # each file read by models that were trained on the others

Training texts: the files of tests/corpus in FILES and CONTRASTS, answers composed of frames (`answer_frames.py`), and,
for what says "none", messages that give no answer at all; CONTRASTS are left out there, since the model would learn of
them that a failed search ("I could not find that product.") or "Good, that helps." is an answer. What
tests/corpus/heldout holds is for measuring alone (bench/corpus.py).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
from answer_frames import composed, number  # noqa: E402

from convsim.reading.answer_model import AnswerModel, chosen, fact  # noqa: E402
from convsim.reading.answers import read_message  # noqa: E402
from convsim.reading.facts import runs  # noqa: E402
from convsim.reading.standing import Message, nothing_features, value_features  # noqa: E402
from convsim.records.task import Answer  # noqa: E402
from judges.completion import PASS_F1, normalised, token_f1  # noqa: E402

CORPUS = ROOT / "tests" / "corpus"
FILES = ("answers.jsonl", "dev_answers.jsonl", "train_answers.jsonl", "more_answers.jsonl")
CONTRASTS = "contrast_answers.jsonl"
NO_ANSWERS = ("dev_messages.jsonl", "messages.jsonl")
"""Messages of which those that ask, chat or refuse give no answer: not even "none"."""
WEIGHTS = ROOT / "convsim" / "reading" / "answer_weights.json"
RARE = 2
"""Features of fewer examples are left out."""
SMALL = 0.1
"""Weights below are left out."""
C = {"stands": 1.0, "nothing": 1.0, "rest": 1.0, "fact": 0.5}
"""Inverse regularisation."""
EXACT, FAR, COMPOSED = 4.0, 3.0, 0.25
"""Weights of the right run of words, of one that shares no word with it (a third of them is kept), and of runs in
frames of choice."""


PAIR = 0.5
"""Weight of a pair of rivals."""
BIAS = "<bias>"


class Examples(NamedTuple):
    """What one model learns from."""

    features: list[dict[str, float]]
    right: list[bool]
    weights: list[float]

    def add(self, features: Sequence[str], right: bool, weight: float = 1.0) -> None:
        self.features.append(dict.fromkeys((*features, BIAS), 1.0))
        self.right.append(right)
        self.weights.append(weight)

    def joined(self, other: "Examples") -> "Examples":
        """Return these and the other's."""
        return Examples(*(own + more for own, more in zip(self, other, strict=True)))

    def add_pair(self, better: Sequence[str], worse: Sequence[str], weight: float) -> None:
        """Add that one is to have a higher score than another: their difference is right."""
        one, other = set(better), set(worse)
        self.features.append(dict.fromkeys(one - other, 1.0) | dict.fromkeys(other - one, -1.0))
        self.right.append(True)
        self.weights.append(weight)
        self.features.append({each: -value for each, value in self.features[-1].items()})
        self.right.append(False)
        self.weights.append(weight)


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def answer_of(row: dict[str, Any]) -> Answer:
    return Answer(
        kind=row["kind"], prefixes=row.get("prefixes") or (), labels=row.get("labels") or (), none=row["none"]
    )


def key(row: dict[str, Any], value: str) -> str:
    return value[:15] if row["kind"] == "id" else value.casefold()


def silent() -> list[dict[str, Any]]:
    """Return messages that give no answer, as rows of all kinds; every other one as one of labels."""
    values = [{"kind": "id", "prefixes": [prefix], "labels": []} for prefix in ("005", "ka0", "00T", "01t")] + [
        {"kind": kind, "prefixes": [], "labels": []} for kind in ("month", "state", "text")
    ]
    labels = {"kind": "label", "prefixes": [], "labels": ["Budget", "Authority", "Need", "Timeline"]}
    asked = [each for value in values for each in (value, labels)]
    told = [row["text"] for name in NO_ANSWERS for row in load(name) if row["intent"] in ("ask", "chat", "refuse")]
    return [
        {"text": text, "role": "silent", "expected": [], "none": True} | asked[n % len(asked)]
        for n, text in enumerate(told)
    ]


def examples(rows: Iterable[dict[str, Any]]) -> dict[str, Examples]:
    """Return what the models learn from some answers."""
    found = {name: Examples([], [], []) for name in C}
    for row in rows:
        message = read_message(row["text"], answer_of(row))
        values = value_features(message)
        if row["none"] or not values:
            says_nothing = not row["expected"] and row.get("role") not in ("silent", "open")
            found["nothing"].add(nothing_features(message, values), says_nothing)
        if message.rest:
            found["rest"].add(nothing_features(message, values), is_rest(row, message))
        if row.get("role") in ("silent", "open"):
            continue
        stands = {key(row, value) for value in row["expected"]}
        for value, told in values.items():
            found["stands"].add(told, key(row, value) in stands)
        for value, told in values.items():
            for rival, other in values.items():
                if key(row, value) in stands and key(row, rival) not in stands:
                    found["stands"].add_pair(told, other, PAIR)
        if row["kind"] == "text" and row["expected"]:
            add_runs(found["fact"], row)
    return found


def is_rest(row: dict[str, Any], message: Message) -> bool:
    """Tell whether the labels that are not named are the answer."""
    return bool(row["expected"]) and set(row["expected"]) == set(message.rest)


def add_runs(found: Examples, row: dict[str, Any]) -> None:
    """Add the runs of words of one text: the fact itself, and those that share less with it than would pass for it."""
    fact, factor = " ".join(row["expected"]), COMPOSED if row.get("role") == "facts_of_choice" else 1.0
    for place, run in enumerate(runs(row["text"])):
        said = row["text"][run.start : run.end]
        if normalised(said) == normalised(fact):
            found.add(run.features, True, factor * EXACT)
        elif 0 < (shared := token_f1(said, fact)) < 2 / 3:
            found.add(run.features, False, factor)
        elif not shared and number(row["text"], place) % 3 == 0:
            found.add(run.features, False, factor * FAR)


def trained(rows: Iterable[dict[str, Any]], contrasts: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return the content of the weights' file; from contrasts all is learned but what says "none"."""
    found, more = examples(rows), examples(contrasts)
    return {name: fitted(own if name == "nothing" else own.joined(more[name]), C[name]) for name, own in found.items()}


def fitted(told: Examples, strength: float) -> dict[str, Any]:
    """Return the intercept and the weights of one model."""
    counts = Counter(each for features in told.features for each in features)
    vectors = DictVectorizer(sort=True)
    kept_features = [{each: value for each, value in row.items() if counts[each] >= RARE} for row in told.features]
    matrix = vectors.fit_transform(kept_features)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=500, random_state=0, fit_intercept=False)
    model.fit(matrix, told.right, sample_weight=told.weights)
    names = vectors.get_feature_names_out()
    kept = [place for place, weight in enumerate(model.coef_[0]) if abs(weight) >= SMALL]
    weights = {str(names[place]): round(float(model.coef_[0][place]), 2) for place in kept}
    return {"intercept": weights.pop(BIAS, 0.0), "weights": weights}


def read_right(row: dict[str, Any], model: AnswerModel) -> bool:
    """Tell whether a model reads an answer as it is labelled."""
    message = read_message(row["text"], answer_of(row))
    if row["kind"] != "text":
        values = chosen(message, none=row["none"], model=model) or ()
        return {key(row, value) for value in values} == {key(row, value) for value in row["expected"]}
    if not row["expected"] or chosen(message, none=True, model=model) == ():
        return not row["expected"] and chosen(message, none=True, model=model) == ()
    run = fact(message, model=model)
    return run is not None and token_f1(row["text"][run.start : run.end], " ".join(row["expected"])) >= PASS_F1


def check(verbose: bool) -> None:
    """Print how well each file is read by models of the others; the last also by models of three quarters of it."""
    files = {name: load(name) for name in FILES if (CORPUS / name).exists()}
    extra = [*composed(), *silent()]
    for name, rows in files.items():
        others = [row for other, told in files.items() if other != name for row in told] + extra
        report(name, rows, AnswerModel(trained(others)), verbose)
    name, last = list(files.items())[-1]
    others = [row for other, told in files.items() if other != name for row in told] + extra
    for fold in range(4):
        kept = [row for n, row in enumerate(last) if n % 4 != fold]
        report(f"{name}, a quarter of it", last[fold::4], AnswerModel(trained([*others, *kept])), verbose)


def report(name: str, rows: Sequence[dict[str, Any]], model: AnswerModel, verbose: bool) -> None:
    right = {row["id"]: read_right(row, model) for row in rows}
    kinds = {
        kind: [right[row["id"]] for row in rows if row["kind"] == kind] for kind in sorted({r["kind"] for r in rows})
    }
    told = ", ".join(f"{kind} {sum(found)}/{len(found)}" for kind, found in kinds.items())
    print(f"{name}: {sum(right.values()) / len(rows):.3f} of {len(rows)} ({told})", flush=True)
    for row in rows if verbose else ():
        if not right[row["id"]]:
            print(" ", row["id"], row["kind"], row["expected"], read(row, model), repr(row["text"][:250]))


def read(row: dict[str, Any], model: AnswerModel) -> object:
    message = read_message(row["text"], answer_of(row))
    if row["kind"] == "text":
        run = fact(message, model=model)
        return row["text"][run.start : run.end] if run else None
    nothing = model.score("nothing", nothing_features(message, value_features(message)))
    scores = {value: round(model.score("stands", told), 1) for value, told in value_features(message).items()}
    return chosen(message, none=row["none"], model=model), scores, round(nothing, 1)


def written(made: dict[str, Any]) -> str:
    """Return the file: a line for each feature, so that changes can be read."""
    parts = []
    for name, told in made.items():
        lines = ",\n".join(f"{json.dumps(key, ensure_ascii=False)}:{weight}" for key, weight in told["weights"].items())
        parts.append(f'"{name}":{{"intercept":{told["intercept"]},"weights":{{\n{lines}\n}}}}')
    return "{" + ",\n".join(parts) + "}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("-v", action="store_true", dest="verbose")
    given = parser.parse_args()
    if given.check:
        check(given.verbose)
        return
    made = trained([row for name in FILES for row in load(name)] + [*composed(), *silent()], load(CONTRASTS))
    WEIGHTS.write_text(written(made), encoding="utf-8")
    print(f"{sum(len(told['weights']) for told in made.values()):,} features, {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
