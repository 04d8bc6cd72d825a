"""Candidates in groups, each with the words before and after it.

Candidates that only commas and conjunctions part, and list items one below the other, are one group and stand or fall
together. A group's words reach from the group before it, or the beginning of its sentence, to the next.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convsim.reading.candidates import Candidate
from convsim.reading.sentences import Sentence

_JOINS = re.compile(
    r"(?:[\s,;&+*`\"'“”_|、，\]\[•-]|/(?!\w)|\b(?:and|or|nor|as well as|together with|plus|und|oder|sowie"
    r"|noch|et|ou|ni|ainsi que|y|e|o|both|also)\b"
    r"|[和与及或跟])*",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"\((?!(?:no|yes|ok|not met|met|fails?|failed|fine)\))[^()\n]{0,50}\)", re.IGNORECASE)
_PREFIX = re.compile(r"\b[^\W\d_]+ $")
"""A word that stands before one candidate and may be repeated before the next: `no budget, no authority`."""
_NEAR = 20
"""Characters in which it stands."""
_VERDICT = re.compile(r"\s*[-+]\s*[,;]")
"""A mark that belongs to the candidate before it: `Need -, Budget +`."""
_MARKER = re.compile(r"^[\s>]*(?:(?:[-*•+–|]|\(?\d{1,2}[.):]|\(?[a-z][.)])[\s*`_\"'\[|]*)?$")
_ITEM = re.compile(r"\s*(?:[-*•+–|]|\(?\d{1,2}[.)]|[\w`*]{15,22}\W*$)")
_LISTED = re.compile(r"[\s`*\"']*(?:[;,.\n]|$)")
_REACH = 160
"""Characters before and after a group in which words can say what it is."""


class Group(NamedTuple):
    """Candidates that stand together, with the words before and after them."""

    members: tuple[Candidate, ...]
    before: str
    after: str
    bare: bool
    """Whether its sentence or line says nothing else."""

    @property
    def start(self) -> int:
        """Code point where the first candidate begins."""
        return self.members[0].start

    @property
    def end(self) -> int:
        """Code point behind the last candidate."""
        return self.members[-1].end

    @property
    def values(self) -> frozenset[str]:
        """The values of its candidates."""
        return frozenset(each.value for each in self.members)


def groups_of(text: str, told: Sequence[Sentence], found: Sequence[Candidate]) -> tuple[Group, ...]:
    """Return the candidates in groups, in order of the text."""
    return tuple(_worded(text, told, list(_grouped(text, told, found))))


def line_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of the line, or lines, in which a piece of text stands."""
    return text.rfind("\n", 0, start) + 1, text.find("\n", end) % (len(text) + 1)


def _grouped(text: str, told: Sequence[Sentence], found: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    group: list[Candidate] = []
    for each in found:
        if group and not _joined(text, told, group[-1], each):
            yield tuple(group)
            group = []
        group.append(each)
    if group:
        yield tuple(group)


def _joined(text: str, told: Sequence[Sentence], one: Candidate, other: Candidate) -> bool:
    between = text[one.end : other.start]
    if ";" in between and not _LISTED.match(text, other.end):
        return False
    if one.value == other.value and re.fullmatch(r"[\s(,*`/–-]*", between):
        return True
    if "\n" in between:
        rest, _, start = between.rpartition("\n")
        return _MARKER.match(start) is not None and not rest.strip(" ,*`\"'|\n")
    between = _GLOSS.sub(" ", between)
    if _VERDICT.match(between):
        return False
    repeated = _PREFIX.search(text, max(0, one.start - _NEAR), one.start)
    if repeated and between.casefold().endswith(repeated.group().casefold()):
        between = between[: -len(repeated.group())]
    joined = _JOINS.fullmatch(between) is not None
    return joined and any(each.start <= one.start and other.end <= each.end for each in told)


def _worded(text: str, told: Sequence[Sentence], groups: Sequence[tuple[Candidate, ...]]) -> Iterator[Group]:
    edges = [0, *(place for group in groups for place in (group[0].start, group[-1].end)), len(text)]
    for number, members in enumerate(groups):
        start, end = members[0].start, members[-1].end
        line, line_end = line_of(text, start, end)
        around = next((each for each in told if each.start <= start < each.end), None)
        floor = max(edges[2 * number], start - _REACH, line, around.start if around else 0)
        limit = around.end if around and around.end >= end else line_end
        ceiling = min(edges[2 * number + 3], end + _REACH, line_end, limit)
        before, after = text[floor:start], text[end:ceiling]
        bare = not re.sub(r"[\W_]+", "", text[max(line, around.start if around else 0) : start] + text[end:limit])
        if _MARKER.match(text[line:start]):
            before = _heading(text[:line])
        yield Group(members, _plain(before), _plain(after), bare)


def _heading(above: str) -> str:
    """Return the line that introduces the list under it, if there is one."""
    for line in reversed(above.splitlines()):
        if (said := line.rstrip(" *_")).endswith((":", "：")) or line.startswith("#"):
            return said.rstrip(":：") + ": "
        if line.strip() and not _ITEM.match(line):
            return ""
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[`\"“”«»]+", "", text).replace("’", "'").replace("**", "").replace("__", "")
