"""Which of several candidates stand: those named as the outcome, not those set aside, compared or passed on the way."""

import re
from collections.abc import Sequence
from functools import lru_cache

from convsim.reading.candidates import Candidate
from convsim.reading.lexicon import pattern

_FINAL_TAG = re.compile(r"<final>(.*?)(?:</final>|$)", re.DOTALL)
_BEFORE = 60
"""Characters before a candidate in which words can set it aside."""


def final_part(text: str) -> tuple[int, int] | None:
    """Return the place of what stands in `<final>...</final>`, the last if there are several."""
    found = list(_FINAL_TAG.finditer(text)) if "<final>" in text else []
    return found[-1].span(1) if found else None


def standing(text: str, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that nothing sets aside; all where every one is, but never one that is plainly denied."""
    found = [each for each in found if not pattern("answers", "denied_before").search(_before(text, each))]
    failing = _of_status(text, found, "fails")
    passing = {each.value for each in _of_status(text, found, "passes")} - {each.value for each in failing}
    if failing and passing:
        return [each for each in found if each.value not in passing and not _set_aside(text, each)] or list(found)
    return [each for each in found if not _set_aside(text, each)] or list(found)


def _set_aside(text: str, candidate: Candidate) -> bool:
    before = _before(text, candidate)
    after = _plain(text[candidate.end : candidate.end + _BEFORE])
    return bool(pattern("answers", "set_aside_before").search(before)) or bool(
        pattern("answers", "set_aside_after").match(after)
    )


def _before(text: str, candidate: Candidate) -> str:
    return _plain(text[max(0, candidate.start - _BEFORE) : candidate.start])


def _of_status(text: str, found: Sequence[Candidate], status: str) -> list[Candidate]:
    """Return the candidates of which the next words say that they pass, or fail: "Budget: ok", "| Need | no |"."""
    finder = pattern("answers", status)
    ends = [*(each.start for each in found[1:]), len(text)][: len(found)]
    return [
        each
        for each, end in zip(found, ends, strict=True)
        if finder.match(_plain(text[each.end : min(end, each.end + _BEFORE)].partition("\n")[0]))
    ]


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return re.sub(r"[*`\"“”]+", "", text).replace("’", "'")
