"""Linear models over named features; what `bench/train_reader.py` learned is a file like any other word list."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


class Linear:
    """Outputs, each an intercept and a weight for each feature."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Take `intercepts` by output and `weights` by feature and output."""
        self._names: list[str] = list(content["intercepts"])
        self._intercepts: list[float] = [content["intercepts"][name] for name in self._names]
        places = {name: place for place, name in enumerate(self._names)}
        self._weights = {
            feature: tuple((places[name], weight) for name, weight in weights.items())
            for feature, weights in content["weights"].items()
        }

    def weight(self, output: str, features: Iterable[str]) -> float:
        """Return what some features say for one output, in log-odds."""
        place = self._names.index(output)
        return sum((weight for each in features for at, weight in self._weights.get(each, ()) if at == place), 0.0)

    def scores(self, features: Iterable[str]) -> dict[str, float]:
        """Return the log-odds of each output."""
        sums = list(self._intercepts)
        for feature in features:
            for place, weight in self._weights.get(feature, ()):
                sums[place] += weight
        return dict(zip(self._names, sums, strict=True))


@cache
def model(name: str) -> Linear:
    """Return a model of `weights.json`: `parts` (does a part of a message ask?) or `message`."""
    return Linear(_content()[name])


@cache
def _content() -> Any:
    return orjson.loads((files("convsim.reading") / "weights.json").read_bytes())
