"""What the learned reader sees of a message: words in their place, concepts, and what the rules made of it.

First a model tells which parts ask (`asking_parts`): rules see a question mark or a known phrase, it also sees
requests in other words, in other languages and without any mark. Then words stand by themselves and in runs of up to
three; those of asking parts are told from the rest, those of questions, of the first and of the last sentence too.
Ids, numbers, years and months are levelled.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from convsim.reading.asking import Asks
from convsim.reading.concepts import mentions
from convsim.reading.frames import Part, parts
from convsim.reading.linear import model
from convsim.reading.objects import named_in
from convsim.reading.refusals import RefusalReading

_WORD = re.compile(r"[A-Za-zÀ-ÿ']+|\d+|[一-鿿]|[^\w\s]")
_ID = re.compile(r"\b(?=\w*\d)\w{15}(?:\w{3})?\b")
_MONTHS = frozenset(
    {
        "january", "february", "march", "april", "june", "july", "august", "september",
        "october", "november", "december", "jan", "feb", "mar", "apr", "jun",
        "jul", "aug", "sep", "oct", "nov", "dec",
    }
)  # fmt: skip
NAMED = "asked:"
"""Before a unit that the rules saw asked for."""
_GRAM = 4
_STEM = 5
"""Letters of the beginning by which longer words also count."""
_ASKED = ("?", "？")
_LETTER = re.compile(r"[^\W\d_]")
_ELISION = re.compile(r"\b(?:qu|[cdjlmnst])'(?=[^\W\d_]{3})")
"""What French leaves of a word before a vowel."""
_OR = r"(?:\b(?:or|oder|ou|vs|versus|rather than|bzw)\b|/|还是|或)"
_PLACES = (
    ("or", rf"{_OR}\s*(?:[^\W\d]+\s+){{0,2}}$"),
    (
        "which",
        r"(?:\b(?:which|what|whose|who|when|where|how|welche\w*|was|wer|wessen|wann|wo|wie|quel\w*|qui|quand|où|combien|qué"
        r"|cuál\w*|quién|cuándo|dónde|cuánt\w*)\s+(?:[^\W\d]+\s+)?|[哪几]\w?|什么|多少)$",
    ),
    (
        "of",
        r"\b(?:of|for|in|on|from|to|with|by|at|about|under|per|as|since|within|von|für|mit|zu|zum|zur|bei|nach|im|am|auf|aus|de"
        r"|du|des|pour|sur|dans|avec|par|à|del|para|con|por|en|sobre)\s+(?:(?:the|a|an|your|our|this|that|these|those|its|their"
        r"|each|all|every|which|der|die|das|dem|den|ihr\w*|le|la|les|un|une|votre|vos|el|los|las|su|sus)\s+)?$",
    ),
    ("and", r"(?:[,;:(•-]|\b(?:and|plus|und|sowie|et|y)\b|[和、,])\s*(?:[^\W\d]+\s+){0,2}$"),
    ("start", r"^\W*(?:[^\W\d]+\s+)?$"),
)
"""Where a concept stands in an asking part, by what goes before it."""
_PLACE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PLACES))
_OR_AFTER = re.compile(rf"\s*(?:[^\W\d]+\s+)?{_OR}")
_BACK = 32


def features(
    text: str, *, refusal: RefusalReading, form: str, asked: Asks, asking: Sequence[bool] | None = None
) -> Sequence[str]:
    """Return the features of a message, each once, in order of their first appearance.

    `asking` tells of each part whether it asks; the training knows better than the model that it is about to train.
    """
    told = parts(text)
    known = asking_parts(text) if asking is None else asking
    found = _features(text, told, known)
    return tuple(dict.fromkeys([*found, *_rule_features(refusal, form, asked)]))


@lru_cache(maxsize=1024)
def asking_parts(text: str) -> tuple[bool, ...]:
    """Tell of each part of a message whether it asks for something."""
    told = parts(text)
    weighed = model("parts")
    return tuple(weighed.scores(asking_features(text, told, number))["asks"] > 0 for number in range(len(told)))


def asking_features(text: str, told: Sequence[Part], number: int) -> Sequence[str]:
    """Return what tells whether a part asks: its words, its frame, its end mark and its neighbours."""
    return tuple(dict.fromkeys(_asking_features(text, told, number)))


def _asking_features(text: str, told: Sequence[Part], number: int) -> Iterator[str]:
    part, raw = told[number], text[told[number].start : told[number].end]
    words = words_of(raw)
    yield from _word_runs(raw)
    yield from (f"P:{word[:_STEM]}" for word in words if len(word) > _STEM and word.isalpha())
    yield from (f"C:{concept}" for concept in _concepts(_body(text, part)))
    yield f"kind:{part.kind}"
    yield f"frame:{part.kind} {part.item} {_mark(raw)}"
    yield f"mark:{_mark(raw)}"
    yield f"length:{min(6, len(words) // 4)}"
    before, after = told[number - 1] if number else None, told[number + 1] if number + 1 < len(told) else None
    for name, other in (("before", before), ("after", after)):
        kind = f"{other.kind} {_mark(text[other.start : other.end])}" if other else "none"
        yield f"{name}:{kind}"
        yield f"{name}+:{part.kind} {_mark(raw)} {kind}"
    yield f"parts:{min(len(told), 4)}"


def _mark(text: str) -> str:
    last = text.rstrip("\"'”’)]}*_` \n")[-1:]
    return "letter" if _LETTER.match(last) else "?" if last in _ASKED else last


def _features(text: str, told: Sequence[Part], asking: Sequence[bool]) -> Iterator[str]:
    count = 0
    for number, (part, asks) in enumerate(zip(told, asking, strict=True)):
        words = words_of(text[part.start : part.end])
        count += len(words)
        yield from part_features(text, part, asks=asks)
        if text[part.start : part.end].rstrip().endswith(_ASKED):
            yield from _runs("q:", words, 2)
        if number == 0:
            yield from _runs("f:", words, 2)
        if number == len(told) - 1:
            yield from _runs("l:", words, 2)
    yield f"sentences:{min(len(told), 5)}"
    yield f"length:{min(6, count // 10)}"
    yield f"questions:{min(3, text.count('?') + text.count('？'))}"
    yield f"asking:{min(3, sum(asking))}"
    yield f"last asks:{bool(asking) and asking[-1]}"
    yield f"first asks:{bool(asking) and asking[0]}"


def part_features(text: str, part: Part, *, asks: bool) -> Iterator[str]:
    """Yield the features of one part, wherever it stands."""
    yield from _word_runs(text[part.start : part.end])
    where, body = "R" if asks else "N", _body(text, part)
    words = words_of(body)
    yield from _runs(f"{where}:", words, 3 if asks else 1)
    found = _concepts(body)
    yield from (f"C{where}:{concept}" for concept in found)
    if asks:
        yield from _placed(body)
        yield from (f"P:{word[:_STEM]}" for word in words if len(word) > _STEM and word.isalpha())
        yield from (f"G:{gram}" for word in words if word.isalpha() for gram in _grams(word))
        yield from (f"C2:{one}+{other}" for one, other in combinations(found, 2))
        yield from (f"U:{each.unit}" for each in named_in(body))


def _body(text: str, part: Part) -> str:
    """Return what a part says beside courtesies and quotations, all of it where nothing else is left."""
    return part.body if len(_LETTER.findall(part.body)) > 2 else text[part.start : part.end].lower()


def _concepts(body: str) -> list[str]:
    return sorted({concept for each in mentions(body) for concept in each.concepts})


def _placed(body: str) -> Iterator[str]:
    """Yield the concepts by their place: after "which", in an alternative, after a preposition, in a list or within."""
    for each in mentions(body):
        found = _PLACE.search(body, max(0, each.start - _BACK), each.start)
        place = (found.lastgroup if found else None) or "within"
        after = " or" if _OR_AFTER.match(body, each.end) else ""
        yield from (f"A:{place}{after}:{concept}" for concept in each.concepts)


def _rule_features(refusal: RefusalReading, form: str, asked: Asks) -> Iterator[str]:
    yield f"refusal:{refusal.turn_class}"
    yield f"form:{form}"
    yield f"units:{min(3, len(asked.asked))}"
    yield from (NAMED + each.unit for each in asked.asked)
    yield from (name for name in ("open_question", "identity", "unclear") if getattr(asked, name))


def _grams(word: str) -> Iterator[str]:
    """Yield the runs of four letters of a word, its ends marked: what mistyped and foreign words share with others."""
    marked = f"^{word}$"
    yield from (marked[start : start + _GRAM] for start in range(max(1, len(marked) - _GRAM + 1)))


@lru_cache(maxsize=1024)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words and marks of a text, levelled, between its beginning and its end."""
    plain = _ID.sub(" ID ", text).replace("’", "'").lower()
    found = _WORD.findall(_ELISION.sub(_apart, plain) if "'" in plain else plain)
    return ("<s>", *(_level(word) for word in found), "</s>")


@lru_cache(maxsize=256)
def _word_runs(text: str) -> tuple[str, ...]:
    """Return the runs of words of a part, which both models see."""
    return tuple(_runs("w:", words_of(text), 3))


def _apart(found: re.Match[str]) -> str:
    return f"{found.group()} "


def _level(word: str) -> str:
    if word.isdigit():
        return "<year>" if len(word) == 4 and word[:2] in ("19", "20") else "<number>"
    return "<month>" if word in _MONTHS else word


def _runs(prefix: str, words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield prefix + " ".join(words[start : start + length])
