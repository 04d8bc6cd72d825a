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
_LEAST = -1.0
"""Log-odds from which a value of another group may stand beside the best."""
_SHORT = {"group": 5.0, "list": 3.0, "line": 0.3}
"""Log-odds by which it may fall short of the best: in the same group, on another line, apart on the same line."""
_RIVAL = 0.6
"""Share of the best value's log-odds that those of "none" have to reach."""


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
    scores = {value: by.score("stands", told) for value, told in values.items()}
    best = max(scores.values(), default=0.0)
    if (none or not values) and by.score("nothing", nothing_features(message, values)) > _RIVAL * best:
        return ()
    first = max(scores, key=lambda value: scores[value], default="")
    return tuple(each for each in scores if each == first or _beside(message, scores, first, each)) or None


def _beside(message: Message, scores: Mapping[str, float], first: str, other: str) -> bool:
    """Tell whether another value stands beside the best one."""
    if any({first, other} <= group.values for group in message.groups):
        kin = "group"
    elif _lines(message, first) & _lines(message, other):
        kin = "line"
    else:
        kin = "list"
    likely = kin == "group" or scores[other] > _LEAST
    return likely and scores[other] > scores[first] - _SHORT[kin]


def _lines(message: Message, value: str) -> set[int]:
    return {message.text.count("\n", 0, group.start) for group in message.groups if value in group.values}


def fact(text: str, *, model: AnswerModel | None = None) -> Run | None:
    """Return the run of words that is most likely the fact that a message states; None where it has no words."""
    by = model or answer_model()
    return max(runs(text), key=lambda run: by.score("fact", run.features), default=None)
