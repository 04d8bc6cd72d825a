"""Draws of the generator: each a hash of (org type, seed, object, index, purpose), so none depends on another."""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import TypeVar

from convsim.draws import digest

T = TypeVar("T")
_UNIT = 2.0**-64
_TAIL = (0.06, 0.14, 0.22, 0.31, 0.4, 0.5, 0.61, 0.74, 0.88, 1.05, 1.25, 1.5, 1.8, 2.2, 2.8, 3.6, 5.0, 7.5, 11.0)


class Draw:
    """The draws of one thing, such as the case with index 17; `Draw(seed, "case", 17).unit("closing")`.

    Each is `digest(*key, purpose)`, put together here because an org takes a million of them.
    """

    __slots__ = ("key",)

    def __init__(self, *key: object) -> None:
        self.key = "\x1f".join(map(str, key))

    def number(self, purpose: object) -> int:
        """Return 64 bits."""
        return int.from_bytes(blake2b(f"{self.key}\x1f{purpose}".encode(), digest_size=8).digest(), "big")

    def unit(self, purpose: object) -> float:
        """Return a number from [0, 1)."""
        return self.number(purpose) * _UNIT

    def chance(self, probability: float, purpose: object) -> bool:
        """Return True with the given probability."""
        return self.number(purpose) * _UNIT < probability

    def between(self, low: int, high: int, purpose: object) -> int:
        """Return a whole number, both ends included."""
        return low + (self.number(purpose) * (high - low + 1) >> 64)

    def pick(self, options: Sequence[T], purpose: object) -> T:
        """Return one of the options, each as likely."""
        found = blake2b(f"{self.key}\x1f{purpose}".encode(), digest_size=8).digest()
        return options[int.from_bytes(found, "big") * len(options) >> 64]

    def tail(self, purpose: object) -> float:
        """Return a long-tailed factor around 1 (median 1.05, mean about 2, from 0.06 to 11).

        Linear between tabled quantiles: no logarithm whose last bit may differ between machines.
        """
        place = self.unit(purpose) * (len(_TAIL) - 1)
        low = int(place)
        return _TAIL[low] + (_TAIL[low + 1] - _TAIL[low]) * (place - low)


class Weights:
    """A choice between options of different weight, by one draw."""

    __slots__ = ("_sums", "options")

    def __init__(self, options: Sequence[T], weights: Sequence[float]) -> None:
        self.options: Sequence[object] = options
        self._sums = list(accumulate(weights))

    def index(self, unit: float) -> int:
        """Return the place of the option that the draw from [0, 1) falls on."""
        return min(bisect_right(self._sums, unit * self._sums[-1]), len(self._sums) - 1)


def skewed(count: int, *, fall: float) -> list[float]:
    """Return weights that fall with the rank: 1, 1/(1+fall), 1/(1+2 fall), ..."""
    return [1.0 / (1.0 + fall * rank) for rank in range(count)]


def shares(total: int, weights: Sequence[float], *, least: int = 0) -> list[int]:
    """Return whole numbers that sum to `total`, in proportion to the weights, each at least `least`."""
    rest = total - least * len(weights)
    whole = sum(weights)
    exact = [rest * weight / whole for weight in weights]
    floors = [int(each) for each in exact]
    order = sorted(range(len(weights)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[: rest - sum(floors)]:
        floors[i] += 1
    return [each + least for each in floors]


def ranked(options: Sequence[T], *key: object) -> list[T]:
    """Return the options in an order that the key draws, independent of the order of other draws."""
    return [options[i] for _, i in sorted((digest(*key, i), i) for i in range(len(options)))]
