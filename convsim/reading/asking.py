"""Which units a message asks about, by its structure.

A message falls into sentences and list items. Each is asked whether it requests anything (a question, "I need ...",
an item under "please provide:"); courtesies, offers after an answer, quotations, reasons and examples are set aside;
what remains is searched for the heads of its noun phrases, of which modifiers ("... in the period") do not count.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from convsim.reading.heads import Head, heads
from convsim.reading.lexicon import load, pattern
from convsim.reading.periods import periods
from convsim.reading.sentences import Sentence, Span, sentences
from convsim.reading.tokens import tokenise
from personas.units import UnitName

_MARKS = str.maketrans({"*": " ", "`": " ", "#": " ", "_": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "\n": " "})
_BULLET = re.compile(r"\s*(?:[-*•–+]|\(?\d{1,2}[.)]|[a-zA-Z][.)]|\([a-z]\))\s+")
_QUOTATION = re.compile(r'"[^"]{12,}"')
_CLAUSE_END = re.compile(r"[,;:.?!—–]|$")
_WH = r"(?:which|what|whose|who|when|where|how)\b"
_BEFORE_WH = r"(?:(?:for|in|on|at|by|of|to|from|over|during|within|since|as of|with|about|under|until)\s+)?"
_CLAUSE = r"(?:^\W*|[,;:—–(]\s*|\s-\s|\b(?:but|so|and|or|then|also|however|first|second|finally|lastly|know|sure)\s+)"
_ASKING = re.compile(
    rf"{_CLAUSE}({_BEFORE_WH}{_WH}|(?:do|does|did|is|are|was|were|should|shall|would|could|can|may|have|has|am)\s)"
)
_WH_START = re.compile(rf"^\W*(?:and\s+|also,?\s+)?{_BEFORE_WH}{_WH}[^.]*$")
_PASSIVE = re.compile(r"(?:is|are|'s)\s|depends|without|can't|cannot|unable|not able")
_EXAMPLES = re.compile(
    r"[(,–—-]?\s*\b(?:e\.g\.?|i\.e\.?|eg\b|for example|for instance|such as|including|\(like|, like)(?P<body>[^)?;]*)"
)
_REASON = re.compile(
    r"[,(]?\s*\b(?:so (?:that )?(?:i|we|my)\b|in order to\b|because\b|before (?:i|we)\b|as there\b"
    r"|since (?:i|there|the|this|it|we|that)\b"
    r"|(?:to|and i'll|and i can|i'll|i will|i can|then i|which will|which helps|that way)\s+(?:help|make|ensure|find"
    r"|calculate|identify|determine|pull|proceed|narrow|compute|get|give|answer|run|check|locate|search|retrieve"
    r"|complete|process|assist|route|assign|be able|begin|start|filter|query|provide|work)\b)"
    r".*?(?=[,;?]|\s+and\s+(?:which|what|whether|the|how|if|also|your|any)\b|$)"
)
_CHOICE = re.compile(
    r"\bor\b|/|\bvs\b|versus|(?:do|did) you mean|you mean\b|are you (?:looking|asking|referring|interested|after)"
    r"|\b(?:is|was) (?:it|this|that)\b|correct\W*$|right\W*$|\b(?:use|assume|take|consider|look at|go with)\b|whether"
)
_UNKNOWN_HEAD = re.compile(
    r"\b(?:which|what)\s+(?!is|are|was|were|do|does|did|should|would|could|can|will|has|have|you|i|we|exactly|specifically"
    r"|precisely|kind|one)[a-z]"
)
_WH_BEFORE = re.compile(r"\b(?:which|what|whose)(?:'s)?\s+(?:[a-z'-]+\s+){0,2}$")
_JOINED_BEFORE = re.compile(
    r"(?:[,;/&:+(?]|\b(?:and|or|plus|as well as|also|whether|with|if)\b)\s*"
    r"(?:(?:the|a|an|any|your|their|its|if|whether|you|want|need|also|about|exact|specific|for|it's|is|it|either|by|"
    r"desired|relevant|required|optional|of|what|what's|which|how|preferred|target|associated|corresponding|full|case|agent)"
    r"\s+){0,5}$"
)
_PREPOSITION_BEFORE = re.compile(
    r"\b(?:in|for|during|within|over|of|by|from|with|across|among|on|that|who|per|between|under|against|into|to|at)\s+"
    r"(?:(?:the|a|an|that|this|these|those|your|our|their|any|each|every|all|same|given|average|mean|total|overall|"
    r"certain|particular|selected|specified|requested|relevant|whole|entire|chosen|new|support|which|[a-z]+ing)\s+)*$"
)
_LIGHT = re.compile(r"(?:ids?|identifier|(?:full )?name) (?:of|for) (?:(?:the|your|this|that|a|their) )?(?:[a-z]+ )?\Z")
_QUESTION = re.compile(r"[?？][\"')\] ]*$")
_WHICH_ONE = re.compile(r"\bwhich (?:one|ones|of (?:them|these|those))\b")
_LETTERS = re.compile(r"[a-z]{2,}")
_EXPLICIT_JOIN = re.compile(r"[,;/&:+(?]|\b(?:and|or|plus|as well as|also|whether)\b")


class Asked(NamedTuple):
    """A unit that a message asks about: code points [start, end) of the words that name it."""

    unit: UnitName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asks:
    """What a message asks."""

    asked: tuple[Asked, ...] = ()
    """Units by name, each once, in order of mention."""
    open_question: bool = False
    """It invites to say more and names nothing."""
    identity: bool = False
    """It asks who is speaking, which no unit holds."""
    unclear: bool = False
    """It requests something that fits no unit."""
    spans: tuple[Span, ...] = ()
    """The requesting sentences."""


class _Request(NamedTuple):
    """A sentence that requests something, in lower case and without marks."""

    sentence: Sentence
    body: str
    offer: bool


@lru_cache(maxsize=4096)
def asks(text: str, *, answered: bool = False) -> Asks:
    """Return what a message asks; after an answer, offers to do more are none."""
    plain = text.lower()
    plain = (plain if len(plain) == len(text) else text).translate(_MARKS)
    requests = list(_requests(text, plain, answered))
    asked: dict[UnitName, Asked] = {}
    opened = identity = missed = False
    for request in requests:
        body, speaker = _without_identity(request.body)
        found = [*_focus(body), *([speaker] if speaker and _names(request.body, speaker) else [])]
        if not found and _WHICH_ONE.search(body):
            found = _meant_before(plain, request)
        about_speaker = speaker is not None
        identity |= about_speaker
        offset = request.sentence.start
        for head in found:
            asked.setdefault(head.unit, Asked(head.unit, offset + head.start, offset + head.end))
        if not found and not request.offer and not about_speaker:
            is_open = pattern("asking", "open").search(body) is not None
            opened, missed = opened or is_open, missed or not is_open
    spans = tuple((each.sentence.start, each.sentence.end) for each in requests)
    nothing = not asked and not identity
    return Asks(
        tuple(asked.values()),
        open_question=opened and nothing,
        identity=identity,
        unclear=missed and nothing and not opened,
        spans=spans,
    )


def _meant_before(plain: str, request: "_Request") -> list[Head]:
    """Return what "which one?" takes up: the last unit named before, placed relative to the request."""
    named = heads(plain[: request.sentence.start])[-1:]
    return [Head(each.unit, each.start - request.sentence.start, each.end - request.sentence.start) for each in named]


def is_courtesy(text: str) -> bool:
    """Tell whether a message consists of courtesies alone: thanks, offers, goodbyes."""
    plain = text.lower().translate(_MARKS)
    parts = [plain[each.start : each.end] for each in sentences(text)]
    kept = [_bare(part) for part in parts]
    return kept != parts and not any(len(_LETTERS.findall(each)) > 1 for each in kept)


def resolve(unit: UnitName, held: Collection[UnitName]) -> UnitName | None:
    """Return the unit among `held` that a person would take the named one for, or None."""
    if unit in held:
        return unit
    return next((kin for kin in load("asking")["kin"].get(unit, ()) if kin in held), None)


def _requests(text: str, plain: str, answered: bool) -> Iterator[_Request]:
    """Yield the sentences that request; items under a request do so without saying it."""
    listing = in_item = False
    line_end = -1
    for sentence in sentences(text):
        new_line = sentence.start > line_end
        if new_line:
            in_item = _BULLET.match(sentence.text) is not None
            line_end = text.find("\n", sentence.start) % (len(text) + 1)
        body = _bare(plain[sentence.start : sentence.end])
        if not _LETTERS.search(body):
            continue
        kind = _kind(sentence, body)
        if in_item and listing and new_line and kind != "courtesy":
            yield _Request(sentence, body, offer=False)
            continue
        if kind in ("request", "question"):
            yield _Request(sentence, body, offer=False)
        elif kind == "offer" and not answered:
            yield _Request(sentence, body, offer=True)
        if not in_item:
            listing = kind in ("request", "question") and (":" in sentence.text[-6:] or sentence.end >= line_end)


def _bare(body: str) -> str:
    """Blank out quotations and courtesies."""
    if '"' in body:
        body = _QUOTATION.sub(_blank, body)
    while found := pattern("asking", "courtesies").search(body):
        stop = _CLAUSE_END.search(body, found.end())
        end = stop.start() if stop else len(body)
        body = body[: found.start()] + " " * (end - found.start()) + body[end:]
    return body


def _kind(sentence: Sentence, body: str) -> str:
    letters = len(_LETTERS.findall(body))
    if letters < 2 and len(_LETTERS.findall(sentence.text.lower())) > letters:
        return "courtesy"
    wh_question = _WH_START.match(body) is not None
    if not wh_question and pattern("asking", "offers").search(body):
        return "offer"
    if wh_question or _QUESTION.search(body):
        return "question"
    return "request" if pattern("asking", "requests").search(body) else "statement"


def _without_identity(body: str) -> tuple[str, Head | None]:
    """Return the sentence without the question who is speaking, and that question's place."""
    found = pattern("asking", "identity").search(body)
    if not found:
        return body, None
    return pattern("asking", "identity").sub(_blank, body), Head("customer", *found.span())


def _names(body: str, speaker: Head) -> bool:
    """Tell whether the speaker's name or company is asked for, and not a proof of identity or an address."""
    return pattern("asking", "named").search(body, speaker.start, speaker.end) is not None


def _focus(body: str) -> list[Head]:
    """Return the units that a requesting sentence is about."""
    start = _region_start(body)
    main, examples = _split_examples(" " * start + body[start:])
    main = _REASON.sub(_blank, main) if heads(_REASON.sub(_blank, main)) else main
    found = _heads_in_focus(main) or _heads_in_focus(_split_examples(body)[0]) or _values(main)
    return found or heads(examples) or _values(examples, choosing=True)


def _region_start(body: str) -> int:
    """Return where the asking part begins: at its first cue, not at an introduction before it."""
    starts = []
    if request := pattern("asking", "requests").search(body):
        starts.append(0 if _PASSIVE.match(request.group()) else request.start())
    if asking := _ASKING.search(body):
        starts.append(asking.start(1))
    return min(starts, default=0)


def _split_examples(body: str) -> tuple[str, str]:
    found = _EXAMPLES.search(body)
    if not found:
        return body, ""
    start, end = found.span()
    return body[:start] + " " * (end - start) + body[end:], " " * found.start("body") + found["body"]


def _heads_in_focus(body: str) -> list[Head]:
    kept: list[Head] = []
    unknown = _UNKNOWN_HEAD.search(body)
    for head in _without_owners(body, heads(body)):
        before = body[max(0, head.start - 60) : head.start]
        if not kept:
            stranger = unknown and unknown.start() < head.start and not _WH_BEFORE.search(before)
            asked_by = body[head.start :].startswith(("which ", "what "))
            if stranger and not asked_by and _PREPOSITION_BEFORE.search(before):
                continue
            kept.append(head)
        elif _coordinated(before, body[kept[-1].end : head.start]):
            kept.append(head)
    return kept


def _without_owners(body: str, found: list[Head]) -> list[Head]:
    """Drop "the product's" before "attributes", and "the Id of" before "the product"."""
    owners = {one for one, other in pairwise(found) if body.startswith("'s ", one.end) and other.start - one.end < 25}
    light = {one for one, other in pairwise(found) if _LIGHT.match(body, one.start, other.start)}
    return [each for each in found if each not in owners and each not in light]


def _coordinated(before: str, between: str) -> bool:
    """Tell whether a later head stands beside the one before it, and does not belong to it."""
    if _WH_BEFORE.search(before):
        return True
    if _JOINED_BEFORE.search(before) and _EXPLICIT_JOIN.search(between):
        return True
    return not _PREPOSITION_BEFORE.search(before) and re.search(r"[,;?]|\band\b", between) is not None


def _values(body: str, *, choosing: bool = False) -> list[Head]:
    """Return the units whose values are offered for choice or confirmation."""
    if not choosing and not _CHOICE.search(body):
        return []
    told = heads(body, section="values")
    if sum(each.unit == "direction" for each in told) > 1:
        # "Fewest transfers or most?" takes the measure for granted.
        told = [each for each in told if each.unit == "direction"]
    tokens = tokenise(body)
    times = [Head("window", *tokens.span(each.start, each.end)) for each in periods(tokens.flat)[:1]]
    return [*told, *times]


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
