"""Replacements in a text, and where its places have gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Edit(NamedTuple):
    """Code points [start, end) of a text, and what stands there instead."""

    start: int
    end: int
    token: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after several passes of replacements."""

    text: str
    passes: tuple[tuple[Edit, ...], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where [start, end) of the text as it was lies now; a place inside a replacement grows to all of it."""
        for edits in self.passes:
            start, end = _moved(edits, start, last=False), _moved(edits, end, last=True)
        return start, end


def edited(text: str, find: Callable[[str], Sequence[Edit]], *, passes: int = 5) -> Edited:
    """Return the text with everything replaced that `find` names, until it names nothing more."""
    done: list[tuple[Edit, ...]] = []
    for _ in range(passes):
        edits = _merged(find(text))
        if not edits:
            break
        parts, place = [], 0
        for edit in edits:
            parts += [text[place : edit.start], edit.token]
            place = edit.end
        text = "".join([*parts, text[place:]])
        done.append(edits)
    return Edited(text, tuple(done))


def _merged(found: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits by place, overlapping ones as one with the token of the longest."""
    kept: list[tuple[Edit, int]] = []
    for edit in sorted(found, key=lambda each: (each.start, -each.end)):
        length = edit.end - edit.start
        if kept and edit.start < kept[-1][0].end:
            last, longest = kept[-1]
            token = edit.token if length > longest else last.token
            kept[-1] = Edit(last.start, max(last.end, edit.end), token), max(length, longest)
        else:
            kept.append((edit, length))
    edits = tuple(edit for edit, _ in kept)
    assert all(before.end <= after.start for before, after in pairwise(edits)), "edits lie apart"
    return edits


def _moved(edits: Sequence[Edit], place: int, *, last: bool) -> int:
    shift = 0
    for edit in edits:
        if place <= edit.start if last else place < edit.start:
            break
        if place < edit.end or (last and place == edit.end):
            return edit.start + shift + (len(edit.token) if last else 0)
        shift += len(edit.token) - (edit.end - edit.start)
    return place + shift
