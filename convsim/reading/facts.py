"""The short fact that a message states, without the sentence around it: "It weighs 14.5 kg." says "14.5 kg".

Every run of words of a sentence may be it; what tells is how it begins and ends, what stands before and behind it, and
what the sentences around say. Which run is the fact is learned from these features.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from convsim.reading.groups import line_of
from convsim.reading.lexicon import load
from convsim.reading.sentences import Sentence, sentences
from convsim.reading.standing import BREAKS
from convsim.reading.word_classes import classed, classes_of, words

_TOKEN = re.compile(
    r"[$€£¥]\s?\d[\d.,]*\d|[$€£¥]\s?\d|#[A-Za-z0-9]+|[A-Z]{2,}\d*(?:-[A-Z0-9]+)+|[\w.+-]+@[\w.-]+\w"
    r"|\+\d[\d ()/-]{6,}\d|\d{1,3}(?: \d{3})+\b|\d+(?:[.,:/-]\d+)*"
    r"|[A-Za-zÀ-ÿŒœ]+(?:['’][A-Za-zÀ-ÿ]+)?|[一-鿿]|[^\w\s]|_+"
)
_MONEY = re.compile(r"[$€£¥]\s?\d")
_MARKS = re.compile(r"[*`_\"“”]+")
_IDEOGRAPH = re.compile("[一-鿿]")
_ENDS = frozenset("|;；。！")
_INSIDE = frozenset("%°$€.-/'’")
_CLOSING = frozenset('%€$°)”"+')
_LEVELS = ("<n>", "<$>", "<nw>")
_LIST_ITEM = re.compile(r"\s*(?:[-*•+–]|\d+[.)])\s")
_LONGEST, _LONGEST_IDEOGRAPHS = 12, 20
"""Words, and signs, of the longest fact."""
_LATER = frozenset({"correction", "answer", "so", "asked", "right"})
_ENCLOSING = (("**", "bold"), ("`", "code"), ('"', "quoted"), ("“", "quoted"), ("__", "bold"))


class Run(NamedTuple):
    """A run of words that may be the fact: code points [start, end) of the message."""

    start: int
    end: int
    features: tuple[str, ...]


def runs(text: str) -> Iterator[Run]:
    """Yield all runs of words of the sentences that are no questions."""
    told = [each for each in sentences(text) if not each.is_question] or list(sentences(text))
    around = [classes_of(words(each.text)) for each in told]
    for number, sentence in enumerate(told):
        seen = _Seen(text, sentence)
        shared = [*_sentence_features(text, told, around, number), *seen.size_features]
        for start in range(len(seen.tokens)):
            if seen.tokens[start][-1].isalnum():
                yield from _from(seen, start, shared)


def _from(seen: "_Seen", start: int, shared: Sequence[str]) -> Iterator[Run]:
    reach = _LONGEST_IDEOGRAPHS if _IDEOGRAPH.match(seen.tokens[start]) else _LONGEST
    for end in range(start + 1, min(len(seen.tokens), start + reach) + 1):
        last = seen.tokens[end - 1]
        if last in _ENDS:
            return
        if last[-1].isalnum() or last in _CLOSING:
            yield Run(seen.starts[start], seen.ends[end - 1], (*shared, *seen.features(start, end)))


def _sentence_features(
    text: str, told: Sequence[Sentence], around: Sequence[tuple[str, ...]], number: int
) -> Iterator[str]:
    first, last = number == 0, number == len(told) - 1
    yield from (f"s:{'first' if first else 'later'}", f"s:{'last' if last else 'notlast'}")
    yield f"s:{min(len(told), 4)}|{'first' if first else 'last' if last else 'mid'}"
    if not last:
        yield from (f"ns:{name}" for name in sorted(set(around[number + 1][:3])))
    if not first:
        yield from (f"ps:{name}" for name in sorted(set(around[number - 1])))
    later = {name for each in around[number + 1 :] for name in each}
    yield from (f"rest:{name}" for name in sorted(later & _LATER))
    sentence = told[number]
    line = text[slice(*line_of(text, sentence.start, sentence.start))]
    shapes = {
        "table": "|" in line,
        "item": _LIST_ITEM.match(line),
        "quote": line.lstrip().startswith(">"),
        "heading": line.rstrip().endswith((":", "：")),
    }
    yield from (f"s:{name}" for name, there in shapes.items() if there)
    yield f"tb:{bool(re.search(r'[0-9]', text[: sentence.start]))}"
    yield f"ta:{bool(re.search(r'[0-9]', text[sentence.end :]))}"


def _level(token: str) -> str:
    plain = token.lower().replace("’", "'")
    if token[0].isdigit():
        return "<n>"
    if _MONEY.match(token):
        return "<$>"
    return "<nw>" if plain in _numbers() else plain


def _numbers() -> frozenset[str]:
    return frozenset(load("answers")["numbers"])


def _units() -> frozenset[str]:
    return frozenset(load("answers")["units"])


def _shape(token: str) -> str:
    if _MONEY.match(token):
        return "money"
    if token[0].isdigit():
        return "number"
    if token.isupper() and len(token) > 1:
        return "UPPER"
    if token[0].isupper():
        return "Upper"
    return "lower" if token.isalpha() else token


class _Seen:
    """A sentence as its words, each with what is known of it."""

    def __init__(self, text: str, sentence: Sentence) -> None:
        self.text = text
        found = list(_TOKEN.finditer(sentence.text))
        self.tokens = [each.group() for each in found]
        self.starts = [sentence.start + each.start() for each in found]
        self.ends = [sentence.start + each.end() for each in found]
        self.level = [_level(each) for each in self.tokens]
        self.shape = [_shape(each) for each in self.tokens]
        self.number = [each in _LEVELS for each in self.level]
        self.unit = [each in _units() for each in self.level]
        self.classes: list[tuple[str, ...]] = [() for _ in found]
        for each in classed(
            tuple("<n>" if number else word for word, number in zip(self.level, self.number, strict=True))
        ):
            self.classes[each.place] = each.classes

    @cached_property
    def size_features(self) -> tuple[str, ...]:
        """How long the sentence is and how many numbers it holds."""
        return f"sl:{min(6, len(self.tokens) // 4)}", f"sn:{self._numbers}"

    @cached_property
    def _numbers(self) -> int:
        return min(3, sum(self.number))

    def features(self, start: int, end: int) -> Iterator[str]:
        """Yield the features of the words [start, end)."""
        before, after = self._before(start), self._after(end)
        yield from self._edge_features(start, end, before, after)
        yield from self._number_features(start, end, before, after)
        yield from self._whole_features(start, end, before, after)
        yield from self._inner_features(start, end, before, after)
        yield from self._around_features(start, end)

    def _before(self, place: int) -> int:
        """Return the word before a place, marks of emphasis apart; -1 for none."""
        place -= 1
        while place >= 0 and _MARKS.fullmatch(self.tokens[place]):
            place -= 1
        return place

    def _after(self, place: int) -> int:
        while place < len(self.tokens) and _MARKS.fullmatch(self.tokens[place]):
            place += 1
        return place

    def _edge_features(self, start: int, end: int, before: int, after: int) -> Iterator[str]:
        level, shape, classes, last = self.level, self.shape, self.classes, end - 1
        previous = level[before] if before >= 0 else "<s>"
        following = level[after] if after < len(level) else "</s>"
        second = self._before(before) if before >= 0 else -1
        yield from (f"p:{previous}", f"p2:{level[second] if second >= 0 else '<s>'} {previous}", f"q:{following}")
        yield from (f"f:{level[start]}", f"l:{level[last]}", f"fs:{shape[start]}", f"ls:{shape[last]}")
        yield f"len:{min(end - start, 10)}"
        if before >= 0:
            yield f"ps:{shape[before]}"
            yield from (f"pC:{name}" for name in classes[before])
        if second >= 0:
            yield from (f"p2C:{name}" for name in classes[second])
        if after < len(level):
            yield f"qs:{shape[after]}"
            yield from (f"qC:{name}" for name in classes[after])
        yield from (f"fC:{name}" for name in classes[start])
        yield from (f"lC:{name}" for name in classes[last])
        if previous.endswith(("ed", "en", "et")):
            yield "p:ed"

    def _number_features(self, start: int, end: int, before: int, after: int) -> Iterator[str]:
        number, unit, length = self.number, self.unit, end - start
        held = min(2, sum(number[start:end]))
        yield from (f"num:{held}", f"num:{held}|sn{self._numbers}", f"num:{held}|len{min(length, 6)}")
        behind = after < len(number)
        shapes = {
            "startnum": number[start],
            "num..unit": number[start] and length > 1 and unit[end - 1],
            "cut-unit": behind and unit[after] and (number[end - 1] or unit[end - 1]),
            "num|word": behind and after == end and number[end - 1] and self.shape[after] in ("lower", "Upper"),
            "cut-num": before >= 0 and number[before],
        }
        yield from (name for name, there in shapes.items() if there)
        yield f"unit:{any(unit[start:end])}"
        yield f"nb:{min(2, sum(number[:start]))}|{min(1, held)}"
        yield f"na:{min(2, sum(number[end:]))}|{min(1, held)}"

    def _whole_features(self, start: int, end: int, before: int, after: int) -> Iterator[str]:
        tokens, length = self.tokens, min(end - start, 8)
        left = before < 0 or not tokens[before][-1].isalnum()
        right = after >= len(tokens) or not tokens[after][0].isalnum()
        yield f"edge:{int(left)}{int(right)}"
        if left:
            yield f"edgeL:{self.level[before] if before >= 0 else '<s>'}"
        if right:
            yield f"edgeR:{self.level[after] if after < len(tokens) else '</s>'}"
        if left and right:
            yield f"clause|len{length}"
        if before < 0 and not any(each[0].isalnum() for each in tokens[after:]):
            yield from ("whole", f"whole|len{length}")
        head, tail = self.text[: self.starts[start]], self.text[self.ends[end - 1] :].lstrip("”")
        marks = [name for mark, name in _ENCLOSING if head.endswith(mark) and tail.startswith(mark.replace("“", ""))]
        yield from (f"mark:{name}" for name in marks)
        if "**" in self.text and "bold" not in marks:
            yield "unmarked"

    def _inner_features(self, start: int, end: int, before: int, after: int) -> Iterator[str]:
        within = range(start, end)
        yield from (f"in:{name}" for name in sorted({name for place in within for name in self.classes[place]}))
        yield from (f"iw:{self.level[place]}" for place in within if not self.number[place])
        marks = {each for each in self.tokens[start + 1 : end - 1] if not each[0].isalnum() and each not in _INSIDE}
        yield from (f"ip:{each}" for each in sorted(marks))
        upper = [each in ("Upper", "UPPER") for each in self.shape]
        if all(upper[start:end]):
            yield f"allcap:{min(3, end - start)}|{'start' if before < 0 else 'mid'}"
        if before >= 0 and before == start - 1 and upper[before] and upper[start]:
            yield "cut-cap"
        if after < len(upper) and after == end and upper[after] and upper[end - 1]:
            yield "cut-capR"

    def _around_features(self, start: int, end: int) -> Iterator[str]:
        places = range(len(self.tokens))
        near_before = takewhile(lambda place: self.tokens[place] not in BREAKS, reversed(places[:start]))
        near_after = takewhile(lambda place: self.tokens[place] not in BREAKS, places[end:])
        for name, there in (("B", places[:start]), ("A", places[end:]), ("bc", near_before), ("ac", near_after)):
            yield from (f"{name}:{each}" for each in sorted({each for place in there for each in self.classes[place]}))
        yield from (f"bw:{each}" for each in self.level[max(0, start - 5) : start])
        yield from (f"aw:{each}" for each in self.level[end : end + 3])
