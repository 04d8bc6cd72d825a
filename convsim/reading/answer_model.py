"""The learned part of answer extraction: three linear models over features of candidates, messages and runs of words.

Trained by `bench/train_answers.py` on labelled answers of several writers and on composed ones; the weights are a file
like any other word list.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import orjson

from convsim.reading.facts import Run, runs
from convsim.reading.standing import Message, nothing_features, value_features

Output = Literal["stands", "nothing", "fact"]
_NEARLY = 1.5
"""Log-odds by which a value may fall short of the best and stand beside it."""


class AnswerModel:
    """The models, as `bench/train_answers.py` writes them."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Take `intercept` and `weights` (by feature) of each output."""
        self._intercepts = {name: told["intercept"] for name, told in content.items()}
        self._weights = {name: told["weights"] for name, told in content.items()}

    def score(self, output: Output, features: Iterable[str]) -> float:
        """Return the log-odds of an output by features."""
        weight = self._weights[output].get
        return float(self._intercepts[output] + sum(weight(each, 0.0) for each in features))


@cache
def answer_model() -> AnswerModel:
    """Return the models that convsim reads with."""
    return AnswerModel(orjson.loads((files("convsim.reading") / "answer_weights.json").read_bytes()))


def chosen(message: Message, *, none: bool, model: AnswerModel | None = None) -> tuple[str, ...] | None:
    """Return the values that stand as the answer, in order of mention; empty for "none", None for no answer at all.

    `none` tells whether "none" is an admissible answer; without values it is heard in any case.
    """
    by = model or answer_model()
    values = value_features(message)
    if (none or not values) and by.score("nothing", nothing_features(message, values)) > 0:
        return ()
    scores = {value: by.score("stands", told) for value, told in values.items()}
    if not scores:
        return None
    best = max(scores.values())
    return tuple(each for each, score in scores.items() if score == best or (score > 0 and score > best - _NEARLY))


def fact(text: str, *, model: AnswerModel | None = None) -> Run | None:
    """Return the run of words that is most likely the fact that a message states; None where it has no words."""
    by = model or answer_model()
    return max(runs(text), key=lambda run: by.score("fact", run.features), default=None)
