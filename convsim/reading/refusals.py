"""Refusals by their structure: who cannot or will not do what with what, and the reason that is given.

A refusal is an inability or unwillingness of the speaker (or a passive of it) whose object is disclosure. With a
reason that names privacy, policy or authorisation it is explicit. "Could not find" is another thing, and so is
"cannot say until you tell me the period", which asks.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from convsim.reading.lexicon import pattern
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
    marks = [(sentence, mark) for sentence in sentences(text) if (mark := _mark(sentence))]
    refused = [sentence for sentence, mark in marks if mark == "refusal"]
    if refused:
        reasons = [sentence for sentence, mark in marks if mark in ("reason", "closed")]
        explicit = bool(reasons) or any(_pattern("reason").search(_without_quotations(each.text)) for each in refused)
        evidence = tuple((each.start, each.end) for each in sorted({*refused, *reasons}, key=lambda one: one.start))
        return RefusalReading("explicit_refusal" if explicit else "other_refusal", evidence)
    alone = [sentence for sentence, mark in marks if mark == "closed"]
    if alone:
        return RefusalReading("explicit_refusal", tuple((each.start, each.end) for each in alone))
    missing = [sentence for sentence, mark in marks if mark == "not_found"]
    return RefusalReading("not_found" if missing else None, tuple((each.start, each.end) for each in missing))


def _mark(sentence: Sentence) -> Literal["refusal", "closed", "reason", "not_found"] | None:
    text = _without_quotations(sentence.text)
    if sentence.is_question and not _pattern("answered_question").search(text):
        return None
    if _pattern("refusal").search(text) and not _pattern("asks").search(text):
        return "refusal"
    if _pattern("closed").search(text):
        return "closed"
    if _pattern("not_found").search(text):
        return "not_found"
    return "reason" if _pattern("reason").search(text) else None


def _without_quotations(text: str) -> str:
    """Blank out what is quoted from somebody else: `"I cannot share it", the agent wrote`."""
    return re.sub(r"[\"“][^\"”]{12,}[\"”]", lambda found: " " * len(found.group()), text.replace("’", "'"))


def _pattern(entry: str) -> re.Pattern[str]:
    return pattern("refusals", entry)
