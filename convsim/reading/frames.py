"""Which parts of a message request something: questions, imperatives, needs, lacks, conditions, items under them.

A message falls into sentences and list items. Courtesies and quotations are blanked out; what is left is sorted by
its frame, and of a requesting sentence the asking part is handed on, without its introduction and its reasons.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from convsim.reading.lexicon import pattern
from convsim.reading.sentences import Sentence, sentences

MARKS = str.maketrans(
    {"*": " ", "`": " ", "#": " ", "_": " ", "|": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "\n": " "}
)
_BULLET = re.compile(r"\s*(?:[-*•–+]\s|\(?\d{1,2}[.)]\s|[a-zA-Z][.)]\s|\([a-z]\)\s|\|)\s*")
_RULE_OFF = re.compile(r"[\s|:-]+$")
_QUOTATION = re.compile(r'"[^"]{12,}"')
_LABEL = re.compile(r"^\W*(?:respond|response|assistant|reply|final|answer)\s*:")
_THOUGHT = re.compile(r"^\W*(?:thought|action|observation|plan|reasoning)s?\s*:", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:.?!—–]|$")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_ASKS = re.compile(r"[?？][\"'”’)\]*_`\s]*$")
_WH = (
    r"(?:which|what|whose|who|whom|when|where|how|since\s+when|combien|quel\w*|welche\w*|wann|wo|cuándo|cuál\w*|qué)\b"
)
_PREPOSITION = (
    r"(?:(?:for|in|on|at|by|of|to|from|over|during|within|since|as\s+of|with|about|under|until|up\s+to|through|across"
    r"|between|before|against|sur|de|um|für|pour)\s+)?"
)
_WH_START = re.compile(
    rf"^\W*(?:(?:and|so|but|also|now|then|ok(?:ay)?|well|just|first|next|or),?\s+)*{_PREPOSITION}{_WH}"
)
_ASKING = re.compile(
    r"(?:^\W*|[,;:—–(]\s*|\s-\s|\b(?:but|so|however|know|sure|ask)\s+)"
    rf"({_PREPOSITION}{_WH}|(?:do|does|did|is|are|was|were|should|shall|would|could|can|may|have|has|am|must|will)"
    r"\s+(?:i|you|we|it|this|that|there|the|they|he|she|your|these|those|one|any|a|an)\b)"
)
_REASON = re.compile(
    r"[,(]?\s*\b(?:so\s+that\s+(?:i|we|my|it|they|the)\b|so\s+(?:i|we)\s+(?:can|could|may|know)\b|in\s+order\s+to\b|because\b|before\s+(?:i|we)\s+(?!(?:can\s+)?(?:know|have|hear|see|learn))|as\s+there\b"
    r"|since\s+(?:i|you|there|the|this|it|we|that)\b"
    r"|(?:to|and\s+i'll|and\s+i\s+can|i'll|i\s+will|i\s+can|then\s+i|which\s+will|which\s+helps|that\s+way|and\s+we'll|and\s+you'll)\s+(?:help|make"
    r"|ensure|find|calculate|identify|determine|pull|proceed|compute|get|give|run|locate|retrieve|process|assist|route"
    r"|assign|be\s+able|begin|start|filter|query|provide|work)\b)"
    r".*?(?=[,;?]|\s+and\s+(?:which|what|whether|the|how|if|also|your|any)\b|$)"
)
_INABILITY = re.compile(
    r"(?:\b(?:i|we)\b|^\W*|[,;]\s*)[^,;:.?!]{0,30}(?:\b(?:cannot|can\s+not|unable|not\s+able)|(?:can|could|wo)n't)\b(?![^.?!,;]*\b(?:which|what|whether)\b"
    r"[^.?!]*\byou\b)[^;.?!]*?(?=\b(?:until|unless|without|before|till|but|so)\b|[;.?!]|$)"
)
_FRAGMENT_WORDS = 14
_OPENS = re.compile(
    r"^\W*(?:(?:and|so|but)\s+)?(?:do|does|did|is|are|was|were|should|shall|may|have|has|am|must|if|in\s+case|suppose|when)\b"
)
_COUNTED = re.compile(
    r"\b(?:one|two|three|four|five|six|several|some|a\s+few|a\s+couple\s+of|the\s+following|these|last|final|only)\s+(?:[a-z]+\s+){0,3}[a-z]+\s*:"
)
_WH_WORD = re.compile(r"\b(?:which|what|whose|who|where|how)\b(?!\s+[a-z]+ed\b)")
_NOTHING = re.compile(r"\b(?:please|sorry|thanks|and|or|so|but|well|okay|great|sure|just|do|respond)\b")
_LEFT_OVER = re.compile(r"\W*(?:please\s+)?(?:just\s+|do\s+)?(?:tell\s+me|let\s+me\s+know|ask)\W*")
_TERSE_WORDS = 9
_TERSE = re.compile(rf"\b(?:and|or)\s+{_PREPOSITION}{_WH}")

Kind = Literal["question", "request", "lack", "offer", "statement", "empty"]


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence or list item of a message."""

    kind: Kind
    body: str
    """In lower case, without marks, quotations and courtesies; as long as the sentence."""
    start: int
    """Where it begins in the message, in code points."""
    end: int
    item: bool = False
    heading: bool = False

    @property
    def requesting(self) -> bool:
        """Whether it requests something by itself."""
        return self.kind in ("question", "request", "lack")


def parts(text: str) -> list[Part]:
    """Return the sentences and items of a message with what each does."""
    plain = text.lower()
    plain = (plain if len(plain) == len(text) else text).translate(MARKS)
    return list(_parts(text, plain))


def asking_part(part: Part) -> str:
    """Return a requesting sentence with all blanked out that stands before or beside its request."""
    body = part.body
    if confirming(body):
        return _REASON.sub(blank, body)
    start = 0 if part.kind == "lack" else _start(body)
    main = _COUNTED.sub(blank, " " * start + body[start:])
    return _REASON.sub(blank, main)


def confirming(body: str) -> bool:
    """Tell whether a text puts a value up for confirmation and does not ask for one by a question word."""
    return pattern("asking", "confirms").search(body) is not None and not _WH_WORD.search(body)


def blank(found: re.Match[str]) -> str:
    """Return as many blanks as the match has characters."""
    return " " * len(found.group())


def _parts(text: str, plain: str) -> Iterator[Part]:
    line_end, item, heading = -1, False, False
    for sentence in sentences(text):
        if sentence.start > line_end:
            item, heading = _BULLET.match(sentence.text) is not None, sentence.text.startswith("#")
            line_end = text.find("\n", sentence.start) % (len(text) + 1)
        if item and _RULE_OFF.match(sentence.text):
            continue
        body = _bare(plain[sentence.start : sentence.end])
        part = Part("statement", body, sentence.start, sentence.end, item=item, heading=heading)
        yield replace(part, kind=_kind(sentence, body))


def _bare(body: str) -> str:
    """Blank out quotations, labels and courtesies."""
    if ":" in body:
        body = _LABEL.sub(blank, body)
    if '"' in body:
        body = _QUOTATION.sub(blank, body)
    body = _INABILITY.sub(blank, body)
    while found := pattern("asking", "courtesies").search(body):
        stop = _CLAUSE_END.search(body, found.end())
        end = stop.start() if stop else len(body)
        body = body[: found.start()] + " " * (end - found.start()) + body[end:]
    return body


def _kind(sentence: Sentence, body: str) -> Kind:
    if len(body.split()) < len(sentence.text.split()) and _LEFT_OVER.fullmatch(body):
        return "empty"
    if not _LETTERS.search(_NOTHING.sub("", body)) or _THOUGHT.match(sentence.text):
        return "empty"
    question = _ASKS.search(body) is not None
    wh_question = _WH_START.match(body) is not None
    if wh_question and (question or ("." not in body[-2:] and len(body.split()) <= _FRAGMENT_WORDS)):
        return "question"
    if pattern("asking", "offers").search(body):
        return "offer"
    if question:
        return "question"
    if _cue(body) is not None:
        return "request"
    if len(body.split()) <= _TERSE_WORDS and _TERSE.search(body):
        return "question"
    return "lack" if pattern("asking", "lacks").search(body) else "statement"


@lru_cache(maxsize=512)
def _cue(body: str) -> int | None:
    """Return where a text says that it requests, which is asked twice of each sentence."""
    found = pattern("asking", "requests").search(body)
    return found.start() if found else None


def _start(body: str) -> int:
    """Return where the asking part begins: at its first cue, not at an introduction before it."""
    if _OPENS.match(body):
        return 0
    starts = []
    if (cue := _cue(body)) is not None:
        starts.append(cue)
    if asking := _ASKING.search(body):
        starts.append(asking.start(1))
    return min(starts, default=0)
