"""What the learned reader sees of a message: words in their place, concepts, and what the rules made of it.

Words stand by themselves and in runs of up to three; those of requesting parts are told from the rest, those of
questions, of the first and of the last sentence too. Ids, numbers, years and months are levelled.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from convsim.reading.asking import Asks
from convsim.reading.concepts import mentions
from convsim.reading.frames import Part, parts
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


def features(text: str, *, refusal: RefusalReading, form: str, asked: Asks) -> Sequence[str]:
    """Return the features of a message, each once, in order of their first appearance."""
    return tuple(dict.fromkeys(_features(text, refusal, form, asked)))


def requests_of(text: str) -> list[Part]:
    """Return the parts that may request something."""
    return [part for part in parts(text) if _requests(part)]


def _features(text: str, refusal: RefusalReading, form: str, asked: Asks) -> Iterator[str]:
    told = parts(text)
    count = 0
    for number, part in enumerate(told):
        words = ["<s>", *words_of(text[part.start : part.end]), "</s>"]
        count += len(words)
        yield from part_features(text, part)
        if text[part.start : part.end].rstrip().endswith(_ASKED):
            yield from _runs("q:", words, 2)
        if number == 0:
            yield from _runs("f:", words, 2)
        if number == len(told) - 1:
            yield from _runs("l:", words, 2)
    yield f"sentences:{min(len(told), 5)}"
    yield f"length:{min(6, count // 10)}"
    yield f"questions:{min(3, text.count('?') + text.count('？'))}"
    yield from _rule_features(refusal, form, asked)


def part_features(text: str, part: Part) -> Iterator[str]:
    """Yield the features of one part, wherever it stands."""
    yield from _runs("w:", ["<s>", *words_of(text[part.start : part.end]), "</s>"], 3)
    requests = _requests(part)
    where = "R" if requests else "N"
    words = ["<s>", *words_of(part.body), "</s>"]
    yield from _runs(f"{where}:", words, 3 if requests else 1)
    found = sorted({concept for each in mentions(part.body) for concept in each.concepts})
    yield from (f"C{where}:{concept}" for concept in found)
    if requests:
        yield from (f"P:{word[:_STEM]}" for word in words if len(word) > _STEM and word.isalpha())
        yield from (f"G:{gram}" for word in words if word.isalpha() for gram in _grams(word))
        yield from (f"C2:{one}+{other}" for one, other in combinations(found, 2))
        yield from (f"U:{each.unit}" for each in named_in(part.body))


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


def _requests(part: Part) -> bool:
    return part.requesting or part.item or part.kind in ("question", "offer")


def words_of(text: str) -> list[str]:
    """Return the words and marks of a text, levelled."""
    return [_level(word) for word in _WORD.findall(_ID.sub(" ID ", text).replace("’", "'").lower())]


def _level(word: str) -> str:
    if word.isdigit():
        return "<year>" if len(word) == 4 and word[:2] in ("19", "20") else "<number>"
    return "<month>" if word in _MONTHS else word


def _runs(prefix: str, words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield prefix + " ".join(words[start : start + length])
