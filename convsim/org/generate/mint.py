"""Record ids that look like Salesforce's: object prefix, the org's pod, a drawn tail, and the case checksum."""

from convsim.draws import digest
from convsim.org.ids import to_18

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [first + second for second in _BASE62 for first in _BASE62]
_TAIL = 62**6


class Mint:
    """Makes the ids of one org; never the same twice."""

    def __init__(self, org_type: str, seed: int) -> None:
        self._key = f"{org_type}/{seed}"
        self._pod = _base62(digest(self._key, "pod"), 2)
        self._used: set[str] = set()

    def make(self, prefix: str, index: int) -> str:
        """Return the 18-character id of the index-th record with this prefix."""
        for attempt in range(100):
            short = f"{prefix}{self._pod}0000{_base62(digest(self._key, prefix, index, attempt) % _TAIL, 6)}"
            if short not in self._used:
                self._used.add(short)
                return to_18(short)
        raise AssertionError(f"no free id for {prefix} {index}")


def _base62(number: int, length: int) -> str:
    """Return the last `length` digits, an even number of them, the lowest first."""
    pairs = []
    for _ in range(length // 2):
        number, place = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[place])
    return "".join(pairs)
