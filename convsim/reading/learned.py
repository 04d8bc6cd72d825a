"""The learned part of the reader: linear models over the features of a message.

Trained by `bench/train_reader.py` on labelled messages of several writers; the weights are a file like any other word
list. What the rules found is among the features, so that the models learn when to trust them. Where the linear model is
not sure, a small language model (`encoder`) is heard beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, cast

from convsim.reading.features import NAMED, asking_parts, part_features
from convsim.reading.frames import parts
from convsim.reading.linear import Linear, model
from convsim.reading.sentences import Span
from personas.units import UNIT_NAMES, UnitName

MessageClass = Literal["ask", "answer", "chat", "not_found", "explicit_refusal", "other_refusal"]
_LEVEL, _NAMED_LEVEL = 0.5, 0.9
"""Log-odds from which a unit counts as asked for, and from which one does that the rules saw asked for: they were tuned
on messages of the training, whose writers they understand better than others. Chosen on two writers left out of the
training, for messages that ask for at most one thing: where several are asked lower levels would be a little better."""
_LISTED, _LISTED_LEVEL = 3, -1.5
"""So many units that the rules saw asked for are a list of questions, in which each counts from a lower level."""
_ASIDE = 2.0
"""More log-odds are wanted where the message mainly does something else than ask."""
_LIKELY_LEVEL = 0.0
"""Log-odds from which the likeliest unit is taken for what is asked where a message asks and no unit is sure."""
_SURE_CLASS, _SURE_UNIT = 4.0, 5.0
"""Log-odds between the two likeliest classes, and of each unit from its level, by which the linear model is sure."""


class Mix(NamedTuple):
    """How the linear model counts beside the encoder, whose weight is 1."""

    classes: float
    units: float
    """Weights of its log-odds."""
    level: float
    """Log-odds of both together from which a unit counts."""
    aside: float
    """How much more are wanted where the message mainly does something else than ask."""
    named: float
    """How much fewer suffice where the rules and the linear model alone hear it."""


_ENGLISH, _FOREIGN = Mix(0.4, 0.2, 2.0, 1.0, 2.0), Mix(1.0, 2.0, -0.5, 0.0, 2.0)
"""For English, on which the encoder was pretrained, and for other languages; chosen on three writers whom neither of
the models had been trained on."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-odds of what a message does and asks for."""

    classes: Mapping[MessageClass, float]
    unit_scores: Mapping[UnitName, float]
    named: frozenset[str] = frozenset()
    """Units that the rules saw asked for."""
    alone: "Scores | None" = None
    """What the linear model says by itself, where the encoder's scores are among these."""
    mix: Mix = _ENGLISH
    """How both were weighed."""

    @property
    def best_class(self) -> MessageClass:
        """The most likely class."""
        return max(self.classes, key=lambda name: self.classes[name])

    @property
    def units(self) -> tuple[UnitName, ...]:
        """The units that are asked for, the likeliest first."""
        found = [name for name, score in self.unit_scores.items() if score > self._level(name)]
        return tuple(sorted(found, key=lambda name: -self.unit_scores[name]))

    def _level(self, name: UnitName) -> float:
        """Return the log-odds from which a unit counts as asked for."""
        asks = self.best_class == "ask"
        if self.alone:
            known = self.mix.named if name in self.named and name in self.alone.units else 0.0
            return self.mix.level + (0.0 if asks else self.mix.aside) - known
        known = _LISTED_LEVEL if len(self.named) >= _LISTED else _NAMED_LEVEL
        return (0.0 if asks else _ASIDE) + (known if name in self.named else _LEVEL)

    @property
    def sure(self) -> bool:
        """Whether nothing here is close."""
        second, first = sorted(self.classes.values())[-2:]
        near = any(abs(score - self._level(name)) < _SURE_UNIT for name, score in self.unit_scores.items())
        return first - second > _SURE_CLASS and not near

    def beside(self, encoded: Mapping[str, float], *, english: bool) -> "Scores":
        """Return these scores weighed together with those of the encoder (by `class:NAME` and `unit:NAME`)."""
        mix = _ENGLISH if english else _FOREIGN
        classes = {name: mix.classes * score + encoded[f"class:{name}"] for name, score in self.classes.items()}
        units = {name: mix.units * score + encoded[f"unit:{name}"] for name, score in self.unit_scores.items()}
        return Scores(classes, units, self.named, alone=self, mix=mix)

    @property
    def likeliest(self) -> tuple[UnitName, ...]:
        """The unit that is most likely asked for, if any is likely; else what the linear model alone hears."""
        best = max(self.unit_scores, key=lambda name: self.unit_scores[name])
        if self.unit_scores[best] > _LIKELY_LEVEL:
            return (best,)
        return (self.alone.units or self.alone.likeliest) if self.alone else ()


class Learned:
    """The model of whole messages."""

    def __init__(self, weighed: Linear) -> None:
        """Take a model with an output for each class and each unit."""
        self._weighed = weighed

    def weight(self, output: str, features: Iterable[str]) -> float:
        """Return what some features say for one output."""
        return self._weighed.weight(output, features)

    def scores(self, features: Sequence[str]) -> Scores:
        """Return the scores of a message by its features."""
        found = self._weighed.scores(features)
        classes = {name.removeprefix("class:"): value for name, value in found.items() if name.startswith("class:")}
        units = {unit: found[f"unit:{unit}"] for unit in UNIT_NAMES}
        named = frozenset(each.removeprefix(NAMED) for each in features if each.startswith(NAMED))
        return Scores(cast("Mapping[MessageClass, float]", classes), units, named)


@cache
def learned() -> Learned:
    """Return the model that convsim reads with."""
    return Learned(model("message"))


def strongest(text: str, output: str, *, requests: bool) -> Span:
    """Return the part of a message that says most for an output; of the asking parts where there are any."""
    told, asking = parts(text), asking_parts(text)
    if not told:
        return 0, len(text)
    among = [*zip(told, asking, strict=True)]
    if requests and any(asking):
        among = [each for each in among if each[1]]
    if len(among) == 1:
        return among[0][0].start, among[0][0].end
    best = max(among, key=lambda each: learned().weight(output, part_features(text, each[0], asks=each[1])))[0]
    return best.start, best.end
