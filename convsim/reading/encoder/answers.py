"""What the model of answers makes of a text: which of its candidates stand, and where a free text states the fact.

Candidates are named by Greek letters in it, since what is said of them counts and not what they are.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from convsim.reading.encoder.session import session, vocabulary
from convsim.reading.standing import Message

NAMES = ("alpha", "beta", "gamma", "delta", "omega", "sigma", "lambda", "theta", "phi", "psi")
"""Each is one token; candidates after the tenth share the last."""
LONGEST = 192
"""Tokens that are read: the last of a longer text, since answers come last."""
_SOUGHT = {
    "id": "record", "month": "month", "state": "state", "text": "fact", "bant": "failed criterion", "stage": "stage",
}  # fmt: skip
_UNLIKELY = -20.0
"""Log-odds of a place that was not read."""


class Named(NamedTuple):
    """A text with its candidates named by letters."""

    sought: str
    """What is asked for: `which record or none`."""
    text: str
    marks: tuple[tuple[int, int, str], ...]
    """Where a value's letter stands: code points [start, end) of `text`, and the value."""


class Heard(NamedTuple):
    """Log-odds of what a text says."""

    stands: Mapping[str, float]
    """That a value is the answer or part of it, by value; values that were not read are left out."""
    nothing: float
    """That there is no answer: "none"."""
    rest: float
    """That the labels that are not named are the answer."""
    places: tuple[tuple[int, int, float, float], ...]
    """For each token of the text: code points [start, end), and that the fact begins and ends with it."""

    def of_run(self, start: int, end: int) -> float:
        """Return the log-odds that the fact reaches over code points [start, end)."""
        first = next((each[2] for each in self.places if each[0] <= start < each[1]), _UNLIKELY)
        return first + next((each[3] for each in self.places if each[0] < end <= each[1]), _UNLIKELY)


def named(message: Message, *, none: bool) -> Named:
    """Return a message as the model reads it; `none` tells whether "none" is an admissible answer."""
    found = sorted({(each.start, each.end, each.value) for group in message.groups for each in group.members})
    letters = {value: NAMES[min(number, len(NAMES) - 1)] for number, value in enumerate(_in_order(found))}
    text, marks, last = "", [], 0
    for start, end, value in found:
        text += message.text[last:start]
        marks.append((len(text), len(text) + len(letters[value]), value))
        text, last = text + letters[value], end
    sought = _SOUGHT.get(message.tag.partition(":")[0].rstrip("N"), "label")
    return Named(f"which {sought}{' or none' if none else ''}", text + message.text[last:], tuple(marks))


def _in_order(found: list[tuple[int, int, str]]) -> list[str]:
    return list(dict.fromkeys(value for _, _, value in found))


@lru_cache(maxsize=512)
def heard(given: Named) -> Heard:
    """Return what the model makes of a text."""
    told = vocabulary().encode(given.sought, given.text)
    head = told.type_ids.index(1)
    tail = slice(max(head, len(told) - (LONGEST - head)), None)
    ids, types = (each[:head] + each[tail] for each in (told.ids, told.type_ids))
    by_token, (nothing, rest) = session("answers").run(ids, types)
    # The last token is the end mark.
    places = [
        (start, end, *scores) for (start, end), scores in zip(told.offsets[tail][:-1], by_token[head:-1], strict=True)
    ]
    stands: dict[str, float] = {}
    for first, last, value in given.marks:
        for start, end, score, *_ in places:
            if first <= start < last <= end:
                stands[value] = max(stands.get(value, score), score)
    return Heard(stands, nothing, rest, tuple((start, end, first, last) for start, end, _, first, last in places))
