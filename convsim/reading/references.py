"""Which of several candidates a text points at by its place: "the second row", "the latter", "number 1", "in bold"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from convsim.reading.groups import Group, line_of
from convsim.reading.lexicon import load

_CHINESE = re.compile(
    r"第(?P<digit>[一二三四五六])(?:行|个|位|项|条|名|列)|(?P<last>最后|后者)一?(?:行|个|位|项|条|)|前者"
    r"|(?P<bold>加粗|粗体)"
)
_MARKS = re.compile(r"[*`]")


class Reference(NamedTuple):
    """A place in the list that is pointed at, and how."""

    place: int
    form: str


def references(text: str, groups: Sequence[Group]) -> dict[str, list[str]]:
    """Return for each value whether the words after the last candidate point at it, at another, or (empty) at none."""
    rows = {each.value: each for group in reversed(groups) for each in reversed(group.members)}
    listed = sorted(rows, key=lambda value: rows[value].start)
    if len(listed) < 2:
        return {}
    rest = _MARKS.sub("", text[max(group.end for group in groups) :])
    bold = [place for place, value in enumerate(listed) if _is_bold(text, rows[value].start, rows[value].end)]
    found = list(_found(rest, len(listed), bold[0] if len(bold) == 1 else -1))
    places = {each.place for each in found}
    return {value: list(_said(place, found, places)) for place, value in enumerate(listed)} if found else {}


def _said(place: int, found: Sequence[Reference], places: set[int]) -> Iterator[str]:
    for each in found:
        if each.place == place or place not in places:
            name = "picked" if each.place == place else "unpicked"
            yield from (name, f"{name}:{each.form}")


def _is_bold(text: str, start: int, end: int) -> bool:
    return "**" in text[slice(*line_of(text, start, end))]


def _found(text: str, size: int, bold: int) -> Iterator[Reference]:
    """Yield the places in 0 .. size - 1 that are pointed at."""
    ends = [(match, "noun") for match in _pattern("with_noun").finditer(text)]
    ends += [(match, "bare") for match in _pattern("alone").finditer(text)]
    for match, form in ends:
        place = next(number for number, name in enumerate(_NAMES) if match[name])
        yield from _within(place if place < _LAST else size - 1, size, form)
    for match in _pattern("numbered").finditer(text):
        said = match["n"].lower()
        yield from _within((int(said) if said.isdigit() else _WORDS.index(said)) - 1, size, "number")
    for match in _CHINESE.finditer(text):
        digit = "一二三四五六".index(match["digit"]) if match["digit"] else 0
        place = bold if match["bold"] else size - 1 if match["last"] else digit
        yield from _within(place, size, "bold" if match["bold"] else "chinese")
    for form, place in (("former", 0), ("latter", size - 1), ("bold", bold)):
        if _pattern(form).search(text):
            yield from _within(place, size, form)


def _within(place: int, size: int, form: str) -> Iterator[Reference]:
    if 0 <= place < size:
        yield Reference(place, form)


_NAMES = ("first", "second", "third", "fourth", "fifth", "last")
_LAST = 5
_WORDS = ("zero", "one", "two", "three", "four")


@cache
def _pattern(form: str) -> re.Pattern[str]:
    told = load("answers")["references"]
    ordinal = "|".join(f"(?P<{name}>{'|'.join(told[name])})" for name in _NAMES)
    noun = "|".join(told["nouns"])
    found = {
        "with_noun": rf"\b(?:{ordinal})\b(?=(?:\s*(?:,|and|und|et|y|&)\s*(?:the\s+)?\w+)?\s+(?:\w+\s+)?(?:{noun})\b)",
        "alone": rf"\b(?:the|der|die|das|dem|den|le|la|el|en)\s+(?:{ordinal})"
        r"(?=\s*(?:[.,;:!)]|$)|\s(?:of|is|was|des)\b)",
        "numbered": rf"(?:\b(?:{'|'.join(told['number'])})\s*|#)(?P<n>\d|one|two|three|four)\b(?!\.\d)",
    }
    return re.compile(found.get(form) or rf"\b(?:{'|'.join(told[form])})\b", re.IGNORECASE)
