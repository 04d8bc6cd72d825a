"""Reading: one fact out of an article's text, without any knowledge of how the text was made."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tasks.wording import content

_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_PART = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True, slots=True)
class _Fact:
    value: re.Pattern[str]
    cue: re.Pattern[str]
    other: re.Pattern[str] | None


@cache
def _facts() -> dict[str, _Fact]:
    found = content(Path(__file__).parent / "reading.yaml")
    return {name: _fact(each, found["values"]) for name, each in found["facts"].items()}


def _fact(entry: dict[str, str], parts: dict[str, str]) -> _Fact:
    value = entry["value"]
    while _PART.search(value) and (filled := _PART.sub(lambda part: parts.get(part[1], part[0]), value)) != value:
        value = filled
    other = entry.get("other")
    cue = re.compile(entry.get("cue", ""), re.IGNORECASE)
    # Names keep their capitals: only the first letter of a value may differ at the start of a sentence.
    return _Fact(re.compile(value), cue, re.compile(other, re.IGNORECASE) if other else None)


def known(attribute: str) -> bool:
    """Return whether this reader knows what the attribute looks like."""
    return attribute in _facts()


def read(text: str, attribute: str) -> str | None:
    """Return the value that the text gives for the attribute; None when no sentence, or several differ."""
    fact = _facts()[attribute]
    found = {value for sentence in _SENTENCE.split(text) if (value := _value(sentence, fact)) is not None}
    return found.pop() if len(found) == 1 else None


def _value(sentence: str, fact: _Fact) -> str | None:
    if not fact.cue.search(sentence) or (fact.other and fact.other.search(sentence)):
        return None
    match = fact.value.search(sentence[:1].lower() + sentence[1:]) or fact.value.search(sentence)
    return match[match.lastindex or 0] if match else None
