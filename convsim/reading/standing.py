"""Which of several candidates are the answer: each group of candidates weighed by the words around it.

Candidates that only commas and conjunctions part, and list items one below the other, are one group and stand or fall
together. A group's words reach from the group before it, or the beginning of its sentence, to the next. What they say
of it decides: outcome, set aside, compared against, met or failed; emphasis adds to it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convsim.reading.candidates import MONTHS, Candidate
from convsim.reading.lexicon import pattern
from convsim.reading.sentences import Sentence
from convsim.records.task import Answer

_FINAL_TAG = re.compile(r"<(?P<tag>final|respond|answer)>(.*?)(?:</(?P=tag)>|$)", re.DOTALL)
_JOINS = re.compile(
    r"(?:[\s,;&*`\"'“”_|、，\]\[•-]|/(?!\w)|\b(?:and|or|nor|as well as|plus|und|oder|sowie"
    r"|noch|et|ou|ni|y|e|o|both|also)\b"
    r"|[和与及或跟])*",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"\((?!(?:no|yes|ok|not met|met|fails?|failed|fine)\))[^()\n]{0,50}\)", re.IGNORECASE)
_MARKER = re.compile(r"^[\s>]*(?:(?:[-*•+–|]|\(?\d{1,2}[.):]|\(?[a-z][.)])[\s*`_\"'\[|]*)?$")
_ITEM = re.compile(r"\s*(?:[-*•+–|]|\(?\d{1,2}[.)]|[\w`*]{15,22}\W*$)")
_EMPHASIS = re.compile(r"(?:\*\*|__|✔|✅|☑|👉|➡|→|=>|->)\s*[\[`\"]*$")
_STRUCK = re.compile(r"<(?:s|del|strike)>[^<\n]*$")
_LISTED = re.compile(r"[\s`*\"']*(?:[;,.\n]|$)")
_ELLIPTIC = re.compile(r"^\W*(?:is|are|does|do|has|isn't|aren't|doesn't|don't|ist|nicht|pas)\W*$")
_RANGE = re.compile(r"^\s*(?:to|–|—|-|through|thru|until|till|bis|à|au|a|至|到)\s*(?:the )?(?:\d{1,2}\.? )?$")
_LIST_BEFORE = re.compile(r"\b(?:among|of|between|from|out of|von|unter|parmi|entre|de)\b[^.;:]*$", re.IGNORECASE)
_MEMBER = re.compile(
    r"[^.;!?\n]{0,30}?\b(?:the|le|la|el|der|die|das|nur|only|seule) (?P<place>last|latter|final|first|former|second"
    r"|third|letzte\w*|erste\w*|dernier\w*"
    r"|premier\w*|últim[oa]|primer[oa]?)\b(?! (?:place|week|month|quarter|year|day|time))",
    re.IGNORECASE,
)
_PLACES = {"fir": 0, "for": 0, "ers": 0, "pre": 0, "pri": 0, "sec": 1, "thi": 2}
_ASKED_END = re.compile(
    r"\b(?:asked|wanted|want|requested|looking) (?:\w+ ){0,3}?(?P<end>\w+est|most|least|top|bottom)\b", re.IGNORECASE
)
_OPPOSITES = (
    ("fastest", "slowest"), ("quickest", "slowest"), ("shortest", "longest"), ("highest", "lowest"),
    ("most", "fewest"), ("most", "least"), ("best", "worst"), ("oldest", "newest"), ("largest", "smallest"),
    ("biggest", "smallest"), ("schnellsten", "langsamsten"), ("meisten", "wenigsten"), ("rapide", "lent"),
    ("rápido", "lento"), ("最快", "最慢"), ("最多", "最少"), ("最高", "最低"),
)  # fmt: skip
_END = re.compile(
    rf"(?<![a-z])({'|'.join(sorted({end for pair in _OPPOSITES for end in pair}))})(?![a-z])", re.IGNORECASE
)
_LAST_CLAUSE = re.compile(r"[;,.]\s|[，。；]")
_SENTENCE = re.compile(r"[.;\n，。；]")
_ASIDE = re.compile(r"[*`]*[,;:]")
_NEGATOR = re.compile(r"\b(?:not|nicht|pas|no)\W*$")
_COLON = re.compile(r"[:：]\W*$")
_FIRST_CLAUSE = re.compile(r"[^.;,!?\n，。；]*")
_PARENTHESIS = re.compile(r"[(（][^)）\n]*$")
_BEFORE_WEIGHTS = {"set_aside_near": -3.0, "set_aside_clause": -2.0, "context": -1.5, "outcome": 1.0}
_AFTER_WEIGHTS = {"set_aside_after": -3.0, "cue_after": 2.0}
_CUE = 3.0
_EMPHASISED = 1.5
_NEARLY = 0.5
_REACH = 160
"""Characters before and after a group in which words can say what it is."""


class _Group(NamedTuple):
    """Candidates that stand together, with the words before and after them."""

    members: tuple[Candidate, ...]
    before: str
    after: str
    bare: bool
    """Whether its sentence or line says nothing else."""


class Weighed(NamedTuple):
    """A candidate with its weight: above 0 the words around it speak for it, below 0 against it."""

    candidate: Candidate
    weight: float
    passes: bool = False
    """Whether it is said to meet what is asked of it."""
    end: str = ""
    """The end of a ranking that its clause names: "fastest"."""


def final_part(text: str) -> tuple[int, int] | None:
    """Return the place of what stands in `<final>...</final>`, the last if there are several."""
    found = list(_FINAL_TAG.finditer(text)) if "<" in text else []
    return found[-1].span(2) if found else None


def weighed(text: str, told: Sequence[Sentence], found: Sequence[Candidate], *, answer: Answer) -> list[Weighed]:
    """Return the candidates with their weights; of checks (ids and labels that may be none) those count that fail."""
    checks, failing = answer.kind in ("id", "label"), answer.none
    groups = list(_worded(text, told, list(_grouped(text, told, found))))
    statuses = _statuses(groups) if checks else [""] * len(groups)
    marked = [
        _EMPHASIS.search(text[max(0, group.members[0].start - 6) : group.members[0].start]) is not None
        for group in groups
    ]
    end = _ASKED_END.search(text)
    judged = []
    for group, status, emphasised in zip(groups, statuses, marked, strict=True):
        weight = _weight(group)
        if failing and status == "fails":
            weight = max(weight, 0.0)
        weight += _by_status(status, statuses, failing=failing)
        weight += _EMPHASISED if emphasised and not all(marked) else 0.0
        weight += 1.0 if end and re.search(rf"\b{end['end']}\b", group.before + group.after, re.IGNORECASE) else 0.0
        named = _END.search(_last_clause(group.before)) or _END.search(_SENTENCE.split(group.after)[0])
        judged += [
            Weighed(
                each, weight + _alone(text, group, status, place), status == "passes", named[1].lower() if named else ""
            )
            for place, each in enumerate(group.members)
        ]
    return judged


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
    if between.strip() == "," and _in("set_aside_near", _plain(text[max(0, one.start - _REACH) : one.start])):
        return False
    if one.value == other.value and re.fullmatch(r"[\s(,*`/–-]*", between):
        return True
    if "\n" in between:
        rest, _, start = between.rpartition("\n")
        return _MARKER.match(start) is not None and not rest.strip(" ,*`\"'|\n")
    joined = _JOINS.fullmatch(_GLOSS.sub(" ", between)) is not None
    return joined and any(each.start <= one.start and other.end <= each.end for each in told)


def _worded(text: str, told: Sequence[Sentence], groups: Sequence[tuple[Candidate, ...]]) -> Iterator[_Group]:
    edges = [0, *(place for group in groups for place in (group[0].start, group[-1].end)), len(text)]
    for number, members in enumerate(groups):
        start, end = members[0].start, members[-1].end
        line, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end) % (len(text) + 1)
        around = next((each for each in told if each.start <= start < each.end), None)
        floor = max(edges[2 * number], start - _REACH, line, around.start if around else 0)
        limit = around.end if around and around.end >= end else line_end
        ceiling = min(edges[2 * number + 3], end + _REACH, line_end, limit)
        before, after = text[floor:start], text[end:ceiling]
        bare = not re.sub(r"[\W_]+", "", text[max(line, around.start if around else 0) : start] + text[end:limit])
        if _MARKER.match(text[line:start]):
            before = _heading(text[:line])
        yield _Group(members, _plain(before), _plain(after), bare)


def _heading(above: str) -> str:
    """Return the line that introduces the list under it, if there is one."""
    for line in reversed(above.splitlines()):
        if (said := line.rstrip(" *_")).endswith((":", "：")) or line.startswith("#"):
            return said.rstrip(":：") + ": "
        if line.strip() and not _ITEM.match(line):
            return ""
    return ""


def _weight(group: _Group) -> float:
    """Return what is said of a group right before and after it."""
    cues = list(pattern("answers", "cue").finditer(group.before))
    said = group.before[cues[-1].start() :] if cues else group.before
    total = sum(weight for name, weight in _BEFORE_WEIGHTS.items() if _in(name, said))
    total += sum(weight for name, weight in _AFTER_WEIGHTS.items() if pattern("answers", name).match(group.after))
    if _RANGE.match(group.before):
        total += -2.0 if group.members[0].value in MONTHS else 2.0
    against = total <= _BEFORE_WEIGHTS["context"]
    if not against and cues:
        total += _CUE
    elif not against and _in("weak_cue", said):
        total += _CUE / 2
    if not against and not _in("outcome", said) and _in("outcome", _first_clause(group.after)):
        total += _BEFORE_WEIGHTS["outcome"]
    if not against and _COLON.search(group.before):
        total += 1.0
    if _PARENTHESIS.search(group.before) and not cues:
        total -= 1.0
    return total + (0.75 if group.bare and total >= 0 else 0.0)


def _last_clause(words: str) -> str:
    return _LAST_CLAUSE.split(words)[-1]


def _first_clause(words: str) -> str:
    found = _FIRST_CLAUSE.match(words)
    return found.group() if found else ""


def _in(name: str, words: str) -> bool:
    return pattern("answers", name).search(words) is not None


def _statuses(groups: Sequence[_Group]) -> list[str]:
    """Return the statuses of groups; "the other isn't" says the opposite of what was said before."""
    found: list[str] = []
    for group in groups:
        status = _status(group)
        if _ELLIPTIC.match(group.after):
            status = {"fails": "passes", "passes": "fails"}.get(found[-1] if found else "", "")
        found.append(status)
    return found


def _status(group: _Group) -> str:
    """Return whether a group `fails` or `passes`, or "" where its words do not say so."""
    after = _NEGATOR.sub("", group.after.partition("\n")[0])
    if pattern("answers", "spared_after").match(after):
        return "passes"
    if _in("excepted_before", group.before):
        return "fails"
    for status in ("fails", "passes"):
        if pattern("answers", f"{status}_after").match(after):
            return "passes" if status == "fails" and _in("neither", group.before) else status
    for status in ("fails", "passes"):
        if _in(f"{status}_before", group.before):
            return "passes" if _in("nothing", _last_clause(group.before)) else status
    return ""


def _by_status(status: str, statuses: Sequence[str], *, failing: bool) -> float:
    """Return what a status says for its group: what fails is wanted of checks, what passes of choices."""
    if not status:
        return -0.5 if failing and "fails" in statuses else 0.0
    if failing:
        return 2.0 if status == "fails" else -3.0
    return -3.0 if status == "fails" else 1.0


def _alone(text: str, group: _Group, status: str, place: int) -> float:
    """Return what is said of one member of a group: struck out, picked out by its place, hardly meant as a label."""
    each, size = group.members[place], len(group.members)
    struck = text.count("~~", 0, each.start) % 2 == 1 or _STRUCK.search(text[max(0, each.start - 40) : each.start])
    total = -4.0 if struck else 0.0
    if not each.sure and not status and size == 1:
        total -= 2.0
    picked = (
        _MEMBER.match(group.after)
        if size > 1 and (_LIST_BEFORE.search(group.before) or _ASIDE.match(group.after))
        else None
    )
    if picked:
        wanted = _PLACES.get(picked["place"][:3].lower(), size - 1)
        total += 5.0 if place == wanted else -2.0
    return total


def standing(judged: Sequence[Weighed]) -> list[Candidate]:
    """Return the candidates that stand: those of the values that reach the highest weight, or nearly."""
    reached: dict[str, float] = {}
    for each in judged:
        reached[each.candidate.value] = max(reached.get(each.candidate.value, each.weight), each.weight)
    kept = [each for each in judged if each.weight > max(reached.values()) - _NEARLY]
    ends = {each.end for each in kept if each.end}
    if any({one, other} <= ends for one, other in _OPPOSITES):
        first = next(each.end for each in kept if each.end)
        kept = [each for each in kept if each.end == first]
    return [each.candidate for each in kept]


def _plain(text: str) -> str:
    return re.sub(r"[`\"“”«»]+", "", text).replace("’", "'").replace("**", "").replace("__", "")
