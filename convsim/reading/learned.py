"""The learned part of the reader: linear models over the features of a message.

Trained by `bench/train_reader.py` on labelled messages of several writers; the weights are a file like any other word
list. What the rules found is among the features, so that the models learn when to trust them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

import orjson

from convsim.reading.features import NAMED, part_features, requests_of
from convsim.reading.frames import parts
from convsim.reading.sentences import Span
from personas.units import UNIT_NAMES, UnitName

MessageClass = Literal["ask", "answer", "chat", "not_found", "explicit_refusal", "other_refusal"]
_LEVEL, _NAMED_LEVEL = 0.0, 0.4
"""Log-odds from which a unit counts as asked for, and from which one does that the rules saw asked for: they were tuned
on messages of the training, whose writers they understand better than others."""
_ASIDE = 2.0
"""More log-odds are wanted where the message mainly does something else than ask."""
_LIKELY_LEVEL = -1.5
"""Log-odds from which the likeliest unit is taken for what is asked where a message asks and no unit is sure."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-odds of what a message does and asks for."""

    classes: Mapping[MessageClass, float]
    unit_scores: Mapping[UnitName, float]
    named: frozenset[str] = frozenset()
    """Units that the rules saw asked for."""

    @property
    def best_class(self) -> MessageClass:
        """The most likely class."""
        return max(self.classes, key=lambda name: self.classes[name])

    @property
    def units(self) -> tuple[UnitName, ...]:
        """The units that are asked for, the likeliest first."""
        aside = 0.0 if self.best_class == "ask" else _ASIDE
        levels = {name: aside + (_NAMED_LEVEL if name in self.named else _LEVEL) for name in self.unit_scores}
        found = [name for name, score in self.unit_scores.items() if score > levels[name]]
        return tuple(sorted(found, key=lambda name: -self.unit_scores[name]))

    @property
    def likeliest(self) -> tuple[UnitName, ...]:
        """The one unit that is most likely asked for, if any is likely at all."""
        best = max(self.unit_scores, key=lambda name: self.unit_scores[name])
        return (best,) if self.unit_scores[best] > _LIKELY_LEVEL else ()


class Learned:
    """The models, as `bench/train_reader.py` writes them."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Take `intercepts` by output and `weights` by feature and output."""
        self._names = list(content["intercepts"])
        self._intercepts = [content["intercepts"][name] for name in self._names]
        places: dict[str, int] = {name: place for place, name in enumerate(self._names)}
        self._weights = {
            feature: tuple((places[name], weight) for name, weight in weights.items())
            for feature, weights in content["weights"].items()
        }

    def weight(self, output: str, features: Iterable[str]) -> float:
        """Return what some features say for one output."""
        place = self._names.index(output)
        return sum((weight for each in features for at, weight in self._weights.get(each, ()) if at == place), 0.0)

    def scores(self, features: Sequence[str]) -> Scores:
        """Return the scores of a message by its features."""
        sums = list(self._intercepts)
        for feature in features:
            for place, weight in self._weights.get(feature, ()):
                sums[place] += weight
        found = dict(zip(self._names, sums, strict=True))
        classes = {name.removeprefix("class:"): value for name, value in found.items() if name.startswith("class:")}
        units = {unit: found[f"unit:{unit}"] for unit in UNIT_NAMES}
        named = frozenset(each.removeprefix(NAMED) for each in features if each.startswith(NAMED))
        return Scores(cast("Mapping[MessageClass, float]", classes), units, named)


@cache
def learned() -> Learned:
    """Return the models that convsim reads with."""
    return Learned(orjson.loads((files("convsim.reading") / "weights.json").read_bytes()))


def strongest(text: str, output: str, *, requests: bool) -> Span:
    """Return the part of a message that says most for an output; of the requesting parts where there are any."""
    told = (requests_of(text) if requests else []) or parts(text)
    if not told:
        return 0, len(text)
    best = max(told, key=lambda part: learned().weight(output, part_features(text, part)))
    return best.start, best.end
