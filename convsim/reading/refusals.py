"""Refusals by their structure: who cannot or will not do what with what, and the reason that is given.

A refusal is an inability, unwillingness or missing permission of the speaker (or a passive of it) whose object is to
tell, to do or to see something; or a statement that access is barred or the thing closed. With a reason that names
privacy, policy or authorisation it is explicit. "Could not find" is another thing, and so are "cannot say until you
tell me the period", which asks, and a refusal after which the thing is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from convsim.reading.sentences import Sentence, Span, sentences
from convsim.reading.tagging import grammar, tags_of

RefusalClass = Literal["explicit_refusal", "other_refusal", "not_found"]
_Mark = Literal["refusal", "closed", "weak", "not_found"]
_QUOTATION = re.compile(r"[\"“«„][^\"”“»]{12,}[\"”“»]")
_NONE = re.compile(
    r"(?:(?<=\bis)|(?<=\bbe)|(?<=\bso)|(?<=[:=]))[\s\"'`*]+none\b[\"'`*]*(?=\s*(?:[.,;:!)\n]|$))", re.IGNORECASE
)
_RESPOND = re.compile(r"^\W*(?:respond|response|reply|final answer)\W*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RefusalReading:
    """What a message refuses, if anything."""

    turn_class: RefusalClass | None
    """The class of `contracts.md`, None for a message that neither refuses nor failed to find."""
    spans: tuple[Span, ...] = ()
    """Code points [start, end) of the sentences that show it."""


class _Told(NamedTuple):
    """A sentence with its tags and what it does."""

    sentence: Sentence
    tags: str
    mark: _Mark | None


@lru_cache(maxsize=4096)
def refusal_class(text: str) -> RefusalReading:
    """Return the refusal class of a message with the sentences that show it."""
    told = [_read(each) for each in _spoken(text)]
    refused = [each for each in told if each.mark in ("refusal", "closed")]
    missing = [each for each in told if each.mark == "not_found"]
    if not refused and not missing and not any(each.sentence.is_question for each in told):
        refused = [each for each in told if each.mark == "weak"]
    if refused:
        return RefusalReading(None) if _told_anyway(told, refused) else _refusal(told, refused)
    return RefusalReading("not_found" if missing else None, _spans(missing))


def _spoken(text: str) -> Sequence[Sentence]:
    """Return the sentences, without the thoughts that stand before "Respond:"."""
    whole = sentences(text)
    marks = list(_RESPOND.finditer(text)) if ":" in text else []
    return [each for each in whole if each.end > marks[-1].end()] if marks else whole


def _refusal(told: Sequence[_Told], refused: Sequence[_Told]) -> RefusalReading:
    reasons = [each for each in told if not each.sentence.is_question and _says("reason", each.tags)]
    explicit = bool(reasons) or any(each.mark == "closed" for each in refused)
    shown = sorted({*refused, *reasons}, key=lambda each: each.sentence.start)
    return RefusalReading("explicit_refusal" if explicit else "other_refusal", _spans(shown))


def _read(sentence: Sentence) -> _Told:
    tags = tags_of("refusals", _plain(sentence.text))
    return _Told(sentence, tags, None if sentence.is_question else _mark(tags))


def _mark(tags: str) -> _Mark | None:
    if not _says("turned", tags):
        return None
    if not _says("epistemic", tags) and _refuses(tags):
        return "refusal"
    if _says("closed_off", tags):
        return "closed"
    if _says("not_found", tags):
        return "not_found"
    return "weak" if _says("weak", tags) and not _says("asks", tags) else None


def _refuses(tags: str) -> bool:
    if not _says("refusal", tags) or _says("hypothetical", tags):
        return False
    return not _says("asks", tags) or _says("warranted", tags)


def _told_anyway(told: Sequence[_Told], refused: Sequence[_Told]) -> bool:
    """Tell whether the thing itself, or a piece of it, is told in or after the first sentence that declines it."""
    first = told.index(refused[0])
    return any(_says("told", each.tags) for each in told[first:])


def _spans(shown: Sequence[_Told]) -> tuple[Span, ...]:
    return tuple((each.sentence.start, each.sentence.end) for each in shown)


def _says(entry: str, tags: str) -> bool:
    return grammar("refusals", entry).search(tags) is not None


def _plain(text: str) -> str:
    """Blank out what is quoted from somebody else (`"I cannot share it", the agent wrote`) and a "none" that answers:
    "the answer is none" says what was found, "the answer is no" declines."""
    return _NONE.sub(" ", _QUOTATION.sub(" ", text.replace("’", "'")))
