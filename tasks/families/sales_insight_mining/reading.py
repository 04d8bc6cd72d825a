"""Reading: what a customer says in a call about points, competitors and offers of others."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tasks.wording import content

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORDS = Path(__file__).parent / "reading.yaml"


class Call(NamedTuple):
    """A call about an opportunity."""

    customer: str
    """Full name of the opportunity's contact, as the transcript's lines begin."""
    body: str


def told(calls: Iterable[Call], *, kind: str, positive: bool) -> tuple[str, ...]:
    """Return the items of a kind that customers speak of in this way, each once, in alphabetical order."""
    items, cues = _items(kind), _cues(kind)
    found: set[str] = set()
    for call in calls:
        for sentence in _own(call):
            # What is good for us is looked for first: "could not keep up with you" holds the other cue as well.
            sense = next((sense for sense, pattern in cues if pattern.search(sentence)), None)
            if sense == ("positive" if positive else "negative"):
                found.update(item for item, pattern in items.items() if pattern.search(sentence))
    return tuple(sorted(found))


def _own(call: Call) -> Iterable[str]:
    start = f"{call.customer}: "
    for line in call.body.splitlines():
        if line.startswith(start):
            yield from _SENTENCE.split(line.removeprefix(start))


@cache
def _items(kind: str) -> Mapping[str, re.Pattern[str]]:
    named = content(_WORDS)["items"][kind]
    return {item: re.compile(rf"\b(?:{'|'.join(forms)})", re.IGNORECASE) for item, forms in named.items()}


@cache
def _cues(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    named = content(_WORDS)["cues"][kind]
    senses = ("positive", "negative")
    return tuple((each, re.compile("|".join(named[each]), re.IGNORECASE)) for each in senses)
