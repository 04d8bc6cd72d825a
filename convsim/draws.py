"""Random draws as pure functions of their name: no generator, no order, no state.

A draw is a hash of its key (scenario id, act, unit, n-th ask ...), so that an extra draw anywhere changes no other
draw, on any machine and Python version (BLAKE2b, RFC 7693).
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_SCALE = 2.0**-64


def digest(*key: object) -> int:
    """Return a 64-bit integer that depends on nothing but `str` of the key's parts and their order."""
    text = "\x1f".join(map(str, key))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def uniform(*key: object) -> float:
    """Return a draw from [0, 1)."""
    return digest(*key) * _SCALE


def chance(probability: float, *key: object) -> bool:
    """Return True with the given probability."""
    return uniform(*key) < probability


def choice(options: Sequence[T], *key: object) -> T:
    """Return one of the options, each as likely; raises IndexError when there are none."""
    return options[digest(*key) * len(options) >> 64]


def shuffled(options: Sequence[T], *key: object) -> list[T]:
    """Return the options in an order that depends on each option's place and the key."""
    return [option for _, _, option in sorted((digest(*key, i), i, option) for i, option in enumerate(options))]


def fingerprint(*key: object, size: int = 8) -> str:
    """Return a hexadecimal name of `2 * size` characters for the key: for identifiers that are the same everywhere."""
    return blake2b("\x1f".join(map(str, key)).encode(), digest_size=size).hexdigest()
