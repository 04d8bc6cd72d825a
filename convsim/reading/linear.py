"""Linear models over named features; what `bench/train_reader.py` learned is a file like any other word list."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import orjson


class Linear:
    """Outputs, each an intercept and a weight for each feature.

    The 300,000 weights are kept as plain numbers beside each other, which takes a tenth of the memory of tuples.
    """

    def __init__(self, intercepts: Mapping[str, float]) -> None:
        """Take the intercepts by output."""
        self._names = list(intercepts)
        self._intercepts = list(intercepts.values())
        self._outputs = {name: place for place, name in enumerate(self._names)}
        self._number: dict[str, int] = {}
        self._starts, self._places, self._weights = array("I", [0]), array("B"), array("d")

    def add(self, feature: str, weights: Mapping[str, float]) -> None:
        """Add a feature with its weights by output."""
        self._number[feature] = len(self._starts) - 1
        self._places.extend([self._outputs[name] for name in weights])
        self._weights.extend(weights.values())
        self._starts.append(len(self._weights))

    def _of(self, feature: str) -> Iterator[tuple[int, float]]:
        """Yield the weights of a feature, each with the place of its output."""
        number = self._number.get(feature)
        if number is None:
            return iter(())
        span = slice(self._starts[number], self._starts[number + 1])
        return zip(self._places[span], self._weights[span], strict=True)

    def weight(self, output: str, features: Iterable[str]) -> float:
        """Return what some features say for one output, in log-odds."""
        place = self._outputs[output]
        return sum((weight for each in features for at, weight in self._of(each) if at == place), 0.0)

    def scores(self, features: Iterable[str]) -> dict[str, float]:
        """Return the log-odds of each output."""
        sums = list(self._intercepts)
        for feature in features:
            for place, weight in self._of(feature):
                sums[place] += weight
        return dict(zip(self._names, sums, strict=True))


@cache
def _models() -> Mapping[str, Linear]:
    """Read `weights.jsonl`: a line for each model (`{"model": NAME, "intercepts": ...}`), then one for each feature."""
    found: dict[str, Linear] = {}
    with (files("convsim.reading") / "weights.jsonl").open("rb") as lines:
        for line in lines:
            told = orjson.loads(line)
            if isinstance(told, dict):
                found[told["model"]] = latest = Linear(told["intercepts"])
            else:
                latest.add(*told)
    return found


def model(name: str) -> Linear:
    """Return a model of `weights.jsonl`: `parts` (does a part of a message ask?) or `message`."""
    return _models()[name]
