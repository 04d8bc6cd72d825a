"""The learned part of answer extraction: linear models over features of candidates, messages and runs of words.

Trained by `bench/train_answers.py` on labelled answers of several writers and on composed ones; the weights are a file
like any other word list. Where they are not sure, and for facts, the encoder is heard beside them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any, Literal, NamedTuple

import orjson

from convsim.reading.encoder.answers import Heard, heard, named
from convsim.reading.facts import Run, runs
from convsim.reading.standing import Message, nothing_features, value_features
from convsim.reading.verdicts import alike

Output = Literal["stands", "nothing", "rest", "fact"]


class Levels(NamedTuple):
    """From which log-odds what counts."""

    least: float
    """A value of another group may stand beside the best."""
    short: Mapping[str, float]
    """By how much it may fall short of the best: in the same group, on another line, apart on the same line."""
    rival: float
    """Share of the best value's log-odds that those of "none" have to reach."""


_LINEAR = Levels(-1.0, {"group": 5.0, "list": 3.0, "line": 0.3}, 0.6)
_MIXED = Levels(0.5, {"group": 7.0, "list": 5.0, "line": 2.0}, 0.6)
"""For the linear models alone, and with the encoder beside them; chosen on writers left out of all trainings."""
_BESIDE, _BESIDE_FACT = 0.8, 0.5
"""Weights of the linear models beside the encoder, whose weight is 1."""
_SURE = 4.0
"""Log-odds beyond which the linear models are sure."""


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


@dataclass(frozen=True, slots=True)
class Weighed:
    """Log-odds of what a message with candidates says."""

    stands: Mapping[str, float]
    nothing: float
    """That there is none; it counts where that is admissible."""
    rest: float = -inf
    """That the labels that are not named are meant."""

    @property
    def sure(self) -> bool:
        """Whether nothing here is close."""
        return all(abs(each) > _SURE for each in (*self.stands.values(), self.nothing, self.rest))

    def beside(self, said: Heard) -> "Weighed":
        """Return these weighed together with what the encoder makes of the message."""
        stands = {name: _BESIDE * score + said.stands.get(name, 0.0) for name, score in self.stands.items()}
        return Weighed(stands, _BESIDE * self.nothing + said.nothing, _BESIDE * self.rest + said.rest)

    def evened(self, groups: Sequence[frozenset[str]]) -> "Weighed":
        """Return these with the mean for all values of a group."""
        stands = dict(self.stands)
        for group in groups:
            stands |= dict.fromkeys(group, sum(self.stands[each] for each in group) / len(group))
        return replace(self, stands={name: stands[name] for name in self.stands})


def chosen(
    message: Message, *, none: bool, closely: bool = True, model: AnswerModel | None = None
) -> tuple[str, ...] | None:
    """Return the values that stand as the answer, in order of mention; empty for "none", None for no answer at all.

    Of a check they may also be the labels that are not named, in the order of the vocabulary.

    `none` tells whether "none" is an admissible answer; without values it is heard in any case. Unless `closely`, or
    with a `model` of one's own, the linear models decide alone.
    """
    by = model or answer_model()
    values = value_features(message)
    stands = {value: by.score("stands", told) for value, told in values.items()}
    told = nothing_features(message, values)
    weighed = Weighed(stands, by.score("nothing", told), by.score("rest", told) if message.rest else -inf)
    if model or not closely or weighed.sure:
        return _standing(message, weighed, _LINEAR, none=none)
    return _standing(message, weighed.beside(heard(named(message, none=none))), _MIXED, none=none)


def _standing(message: Message, weighed: Weighed, levels: Levels, *, none: bool) -> tuple[str, ...] | None:
    same = alike(message.text, message.groups) if len(weighed.stands) > 1 else ()
    weighed = weighed.evened(same)
    scores = weighed.stands
    if weighed.rest > max(0.0, weighed.nothing, *scores.values()):
        return message.rest
    if (none or not scores) and weighed.nothing > levels.rival * max(scores.values(), default=0.0):
        return ()
    first = max(scores, key=lambda value: scores[value], default="")
    equal = {first}.union(*(group for group in same if first in group))
    return tuple(each for each in scores if each in equal or _beside(message, weighed, levels, first, each)) or None


def _beside(message: Message, weighed: Weighed, levels: Levels, first: str, other: str) -> bool:
    """Tell whether another value stands beside the best one."""
    if any({first, other} <= group.values for group in message.groups):
        kin = "group"
    elif _lines(message, first) & _lines(message, other):
        kin = "line"
    else:
        kin = "list"
    score = weighed.stands[other]
    likely = kin == "group" or score > levels.least
    return likely and score > weighed.stands[first] - levels.short[kin]


def _lines(message: Message, value: str) -> set[int]:
    return {message.text.count("\n", 0, group.start) for group in message.groups if value in group.values}


def fact(message: Message, *, model: AnswerModel | None = None) -> Run | None:
    """Return the run of words that is most likely the fact that a message states; None where it has no words."""
    by = model or answer_model()
    said = heard(named(message, none=True)) if model is None else None

    def score(run: Run) -> float:
        linear = by.score("fact", run.features)
        return _BESIDE_FACT * linear + said.of_run(run.start, run.end) if said else linear

    return max(runs(message.text), key=score, default=None)
