"""Refusals by their structure: who cannot or will not do what with what, and the reason that is given.

A refusal is an inability or unwillingness of the speaker (or a passive of it) whose object is disclosure. With a
reason that names privacy, policy or authorisation it is explicit. "Could not find" is another thing, and so is
"cannot say until you tell me the period", which asks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from convsim.reading.lexicon import says
from convsim.reading.sentences import Sentence, Span, sentences

RefusalClass = Literal["explicit_refusal", "other_refusal", "not_found"]


@dataclass(frozen=True, slots=True)
class RefusalReading:
    """What a message refuses, if anything."""

    turn_class: RefusalClass | None
    """The class of `contracts.md`, None for a message that neither refuses nor failed to find."""
    spans: tuple[Span, ...] = ()
    """Code points [start, end) of the sentences that show it."""


@lru_cache(maxsize=4096)
def refusal_class(text: str) -> RefusalReading:
    """Return the refusal class of a message with the sentences that show it."""
    told = [(sentence, _without_quotations(sentence.text)) for sentence in sentences(text)]
    marks = [(sentence, _mark(sentence, plain)) for sentence, plain in told]
    refused = [sentence for sentence, mark in marks if mark == "refusal"]
    if refused:
        reasons = [sentence for sentence, plain in told if _gives_reason(sentence, plain)]
        evidence = sorted({*refused, *reasons}, key=lambda one: one.start)
        return RefusalReading("explicit_refusal" if reasons else "other_refusal", _spans(evidence))
    if closed := [sentence for sentence, mark in marks if mark == "closed"]:
        return RefusalReading("explicit_refusal", _spans(closed))
    missing = [sentence for sentence, mark in marks if mark == "not_found"]
    return RefusalReading("not_found" if missing else None, _spans(missing))


def _mark(sentence: Sentence, plain: str) -> Literal["refusal", "closed", "not_found"] | None:
    if sentence.is_question and not _says("answered_question", plain):
        return None
    if _says("refusal", plain) and not _says("asks", plain):
        return "refusal"
    if _says("closed", plain):
        return "closed"
    return "not_found" if _says("not_found", plain) else None


def _gives_reason(sentence: Sentence, plain: str) -> bool:
    return not sentence.is_question and _says("reason", plain)


def _spans(shown: Sequence[Sentence]) -> tuple[Span, ...]:
    return tuple((each.start, each.end) for each in shown)


def _says(entry: str, plain: str) -> bool:
    return says("refusals", entry, plain)


def _without_quotations(text: str) -> str:
    """Blank out what is quoted from somebody else: `"I cannot share it", the agent wrote`."""
    return re.sub(r"[\"“][^\"”]{12,}[\"”]", lambda found: " " * len(found.group()), text.replace("’", "'"))
