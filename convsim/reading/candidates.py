"""What in a text could be the answer, by the type that the task expects: ids, months, states, labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from convsim.reading.lexicon import load
from convsim.reading.record_ids import canonical_id, find_ids
from convsim.records.task import Answer

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = re.compile(
    r"\b(?:(?P<name>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?|(?P<iso>(?:19|20)\d\d[-/](?:0[1-9]|1[0-2]))\b(?![-/]\d)"
    r"|(?P<slash>(?:0?[1-9]|1[0-2])/(?:19|20)\d\d|(?<!\d\.)(?:0[1-9]|1[0-2])\.(?:19|20)\d\d)\b"
    r"|(?P<date>(?:19|20)\d\d-(?:0[1-9]|1[0-2])-\d\d\b)"
    r"|\b(?:month|monat|mois|mes)(?: no\.?| number| nr\.?| n°)? (?P<number>0?[1-9]|1[0-2])\b(?![.:/-]\d)"
    r"|(?<!\w )month[\"']?\s*[:=]\s*[\"']?(?P<field>0?[1-9]|1[0-2])[\"']?(?=\s*(?:[},;\n]|$)))",
    re.IGNORECASE,
)
_VERB_MAY = re.compile(
    r"may\b\s+(?:be|have|not|also|want|need|I|we|you|it(?! is\b)|help|take|contain|vary|differ|still)\b"
)
_NAMES_A_MONTH = re.compile(
    r"(?:\b(?:is|was|in|of|it's|month|since|until|answer|result|and|than|not)|[:=*`\"(>-])\W{0,4}$", re.IGNORECASE
)
_YEAR = re.compile(r"\W{0,3}(?:of )?(?:19|20)\d\d\b")
_WORD_CODES = frozenset({"ID", "OK", "OR", "IN", "HI", "ME", "DE", "LA"})
_OPENS = re.compile(r"OK:\s+(?!\d)|(?:OK|HI)[,!]\s+(?!\d|[A-Z]{2}\b)")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?>\n])\s*$")
_LOUD_BEFORE, _LOUD_AFTER = re.compile(r"\b[A-Z]{3,}\W{1,3}$"), re.compile(r"\W{1,3}[A-Z]{3,}\b")
_CELL_BEGINS, _CELL_ENDS = re.compile(r"(?:^|[\n\"'`>|:(\[*,;])\s*$"), re.compile(r"\s*(?:$|[\n\"'`<|;)\]*.,(])")
"""Marks around a value that stands alone: in a cell, an element, a list."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value of the expected type with its place in the text."""

    value: str
    """Canonical: 18-character id, month's English name, two-letter state, label as the vocabulary spells it."""
    start: int
    end: int
    sure: bool = True
    """False for a label in other letters than the vocabulary's, which may be an ordinary word, and for a whole date:
    it counts where no month is named otherwise."""


def candidates(text: str, answer: Answer) -> tuple[Candidate, ...]:
    """Return everything in the text that has the type of the answer, in order; nothing for free text."""
    match answer.kind:
        case "id":
            return tuple(
                Candidate(canonical_id(m.group()), m.start(), m.end()) for m in find_ids(text, answer.prefixes)
            )
        case "month":
            found = sorted(_months(text), key=lambda each: each.start)
            return tuple(each for each in found if each.sure) or tuple(found)
        case "state":
            return _states(text)
        case "label":
            return _labels(text, answer.labels)
        case "text":
            return ()


def _months(text: str) -> Iterator[Candidate]:
    for match in _MONTH.finditer(text):
        if (name := match["name"]) is None:
            iso = match["iso"] or match["date"]
            told = match["number"] or match["field"]
            digits = told or (iso[5:7] if iso else re.split(r"[/.]", match["slash"])[0])
            yield Candidate(MONTHS[int(digits) - 1], match.start(), match.end(), sure=match["date"] is None)
        elif not _is_word(text, match):
            month = next(each for each in MONTHS if each.lower().startswith(name.lower()[:3]))
            yield Candidate(month, match.start(), match.end())
    finder, names = _foreign("months")
    for match in finder.finditer(text):
        if not _MONTH.fullmatch(match.group()):
            yield Candidate(names["".join(match.group().lower().split())], match.start(), match.end())


@cache
def _foreign(kind: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the finder of names in other languages and abbreviations, and what each stands for in small letters."""
    names = {name.lower(): value for value, told in load("names")[kind].items() for name in told}
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    spelled = "|".join(_bounded(name) for name in longest_first)
    return re.compile(spelled, re.IGNORECASE), names


def _bounded(name: str) -> str:
    """Return a name as a pattern: Chinese stands without blanks, but for figures; no digit must stand before it."""
    if name[-1] >= "\u4e00":
        blank = r"\s?" if name[0].isdigit() else ""
        return rf"(?<![\d十]){re.escape(name[:-1])}{blank}{name[-1]}"
    return rf"\b{re.escape(name)}" + (r"\b" if name[-1].isalnum() else "")


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Tell whether `may` or `march` is a verb here, or an abbreviation in small letters a part of something else."""
    name = match["name"]
    if match.end() - match.start() == len(text.strip(' .!*`"')) or _YEAR.match(text, match.end()):
        return False
    verb = bool(_VERB_MAY.match(text[match.start() :].replace("May", "may", 1)))
    named = _NAMES_A_MONTH.search(text[max(0, match.start() - 12) : match.start()]) is not None
    lower_case = name.islower() and name in {"may", "march", "mar", "dec", "sept", "sep", "jan"}
    return verb or (lower_case and not named)


@cache
def _state_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {name.lower(): code for code, name in load("places").items()}
    names |= _foreign("states")[1]
    codes = "|".join(load("places"))
    spelled = "|".join(
        _bounded(name).replace(r"\ ", r"\s+") for name in sorted(names, key=lambda name: (-len(name), name))
    )
    return re.compile(rf"(?i:(?P<name>{spelled}))|(?<![A-Za-z0-9_-])(?P<code>{codes})(?![A-Za-z0-9_-])"), names


def _states(text: str) -> tuple[Candidate, ...]:
    finder, names = _state_pattern()
    found = [
        Candidate(match["code"] or names[" ".join(match["name"].lower().split())], match.start(), match.end())
        for match in finder.finditer(text)
    ]
    if not found and len(word := text.strip(" .`*\"'")) == 2 and word.upper() in load("places"):
        start = text.index(word)
        return (Candidate(word.upper(), start, start + 2),)
    return tuple(each for each in found if not _is_word_code(text, each.start, each.end)) or tuple(found)


def _is_word_code(text: str, start: int, end: int) -> bool:
    """Tell whether a state's code that is also a word (`OK`, `IN`) is the word here."""
    code, before, after = text[start:end], text[max(0, start - 20) : start], text[end : end + 20]
    if code == "ID":
        return not (_CELL_BEGINS.search(before) and _CELL_ENDS.match(after))
    opens = _OPENS.match(text, start) is not None and _SENTENCE_BEGINS.search(before) is not None
    loud = _LOUD_BEFORE.search(before) or _LOUD_AFTER.match(after)
    return code in _WORD_CODES and (opens or loud is not None)


@cache
def _label_pattern(labels: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    spellings = {_squeezed(label): label for label in labels}
    longest_first = sorted(labels, key=len, reverse=True)
    alternatives = "|".join(r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", label))) for label in longest_first)
    return re.compile(rf"(?<![^\W_一-鿿])(?:{alternatives})(?![^\W_一-鿿])", re.IGNORECASE), spellings


def _labels(text: str, labels: tuple[str, ...]) -> tuple[Candidate, ...]:
    if not labels:
        return ()
    finder, spellings = _label_pattern(labels)
    found = tuple(
        Candidate(spellings[_squeezed(said)], match.start(), match.end(), sure=said == spellings[_squeezed(said)])
        for match in finder.finditer(text)
        if (said := match.group())
    )
    return found if any(each.sure for each in found) else tuple(replace(each, sure=True) for each in found)


def _squeezed(label: str) -> str:
    return re.sub(r"[\s_-]+", " ", label).lower()
