"""What is seen of the candidates for an answer: the words around each, their classes, its place, and its rivals.

A value's features are those of all places where it is named. Which values stand, and whether the message says that
there is nothing, is learned from these features (`chosen`).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from convsim.reading.candidates import Candidate
from convsim.reading.groups import Group, groups_of, line_of
from convsim.reading.references import references
from convsim.reading.sentences import Sentence
from convsim.reading.tables import cell_features
from convsim.reading.word_classes import classed, classes_of, pairs_of, runs_of, words
from convsim.records.task import Answer

_EMPHASIS = re.compile(r"(?:\*\*|__|✔|✅|☑|👉|➡|→|=>|->)\s*[\[`\"]*$")
_STRUCK = re.compile(r"<(?:s|del|strike)>[^<\n]*$")
_RANGE = re.compile(r"^\s*(?:to|–|—|-|through|thru|until|till|bis|à|au|a|至|到)\s*(?:the )?(?:\d{1,2}\.? )?$")
_LIST_ITEM = re.compile(r"\s*(?:[-*•+–]|\d+[.)])\s")
_PARENTHESIS = re.compile(r"[(（][^)）]*$")
_COLON = re.compile(r"[:：]\W*$")
_NAME_AFTER = re.compile(r"\s[A-ZÀ-Ý][a-zà-ÿ]")
_NAME_BEFORE = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]+\s$")
_MARKS = {
    "tick": re.compile("[✔✅☑✓]"),
    "cross": re.compile("[❌✗✘✖]"),
    "star": re.compile(r"[⭐★🏆🥇⬅←👑👈👉⇐]|<-|!"),
    "bold": re.compile(r"\*\*|__"),
    "words": re.compile(r"\b(?:winner|best|selected|chosen|top|max|this one|answer|pick)\b", re.IGNORECASE),
}
"""What may set one line of several apart."""
BREAKS = frozenset(",;:.()–—!?|→，。；：、")
_FAR = 200
"""Characters between a candidate and its rival that are looked at."""
_LAST = ("Cbc", "Cac", "Cb:", "Ca:", "nea")
_TOLD_OF_NOTHING = ("Cbc", "Cac", "nea", "b1:", "a1:", "b2:", "a2:", "pos", "n1:", "m1:")
"""Features of candidates that also tell whether the message says that there is nothing."""


_VOCABULARIES = {"bant": "Budget", "stage": "Discovery", "rules": "Rule"}
"""Vocabularies of which more is known, by a word in them."""


class Clause(NamedTuple):
    """The words around a group: `before` and `after` reach to the next group or the end, the others to a break."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    near_before: tuple[str, ...]
    near_after: tuple[str, ...]


class Message(NamedTuple):
    """What is known of a message with candidates."""

    text: str
    told: tuple[Sentence, ...]
    """Its sentences without questions."""
    groups: tuple[Group, ...]
    clauses: tuple[Clause, ...]
    tag: str
    """What is asked for, closely: `id:005`, `bant`."""
    sort: str
    """What is asked for, roughly: `check` (what fails is wanted), `choice`, `month`, `state`."""
    rest: tuple[str, ...] = ()
    """The labels of a closed vocabulary that are not named, where they can be meant: `only Need is met`."""


def message_of(text: str, told: Sequence[Sentence], found: Sequence[Candidate], answer: Answer) -> Message:
    """Return what the features of a message are read from."""
    groups = groups_of(text, told, found)
    clauses = tuple(_clause(each.before, each.after) for each in groups)
    return Message(text, tuple(told), groups, clauses, _tag(answer), _sort(answer), _rest(groups, answer))


def _rest(groups: Sequence[Group], answer: Answer) -> tuple[str, ...]:
    """Return what is not named of the labels of a check; a choice is always named."""
    named = {value for group in groups for value in group.values}
    return tuple(each for each in answer.labels if each not in named) if _sort(answer) == "check" else ()


def _tag(answer: Answer) -> str:
    if answer.kind == "id":
        return f"id{'N' if answer.none else ''}:{'+'.join(sorted(answer.prefixes))[:11]}"
    if answer.kind == "label":
        told = " ".join(answer.labels)
        return next((tag for tag, word in _VOCABULARIES.items() if word in told), "label")
    return answer.kind


def _sort(answer: Answer) -> str:
    if answer.kind in ("id", "label"):
        return "check" if answer.none else "choice"
    return answer.kind


@lru_cache(maxsize=4096)
def _clause(before: str, after: str) -> Clause:
    first, last = ("<s>", *words(before)), (*words(after), "</s>")
    return Clause(first, last, near_end(first), near_start(last))


def near_end(said: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words behind the last break."""
    for place in range(len(said) - 2, -1, -1):
        if said[place] in BREAKS:
            return said[place + 1 :]
    return said


def near_start(said: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words before the first break."""
    for place in range(1, len(said)):
        if said[place] in BREAKS:
            return said[:place]
    return said


def value_features(message: Message) -> dict[str, tuple[str, ...]]:
    """Return the features of each value, in order of mention."""
    seen: dict[str, list[list[str]]] = {}
    for number, group in enumerate(message.groups):
        shared = list(_group_features(message, number))
        for each in group.members:
            seen.setdefault(each.value, []).append([*shared, *([] if each.sure else ["unsure"])])
    pointed = references(message.text, message.groups)
    found = {}
    for value, places in seen.items():
        told = dict.fromkeys(each for place in places for each in place)
        told |= dict.fromkeys(f"last_{each}" for each in places[-1] if each.startswith(_LAST))
        told |= dict.fromkeys([f"mentions:{min(3, len(places))}", f"tag:{message.tag}", *pointed.get(value, ())])
        found[value] = tuple(told)
    return found


def _group_features(message: Message, number: int) -> Iterator[str]:
    yield from _word_features(message.clauses[number])
    yield from _class_features(message, message.clauses[number])
    yield from _sentence_features(message, message.groups[number])
    yield from _gap_features(message, number)
    yield from _place_features(message, number)
    yield from _shape_features(message, number)
    yield from _rival_features(message, number)
    if "\n" in message.text:
        yield from _lone_features(message, number)


def _word_features(clause: Clause) -> Iterator[str]:
    for length in (1, 2, 3):
        yield f"b{length}:{' '.join(clause.before[-length:])}"
        yield f"a{length}:{' '.join(clause.after[:length])}"
    yield from runs_of("bc:", clause.near_before, 2)
    yield from runs_of("ac:", clause.near_after, 2)
    yield from runs_of("bw:", clause.before, 1)
    yield from runs_of("aw:", clause.after, 1)


def _class_features(message: Message, clause: Clause) -> Iterator[str]:
    for name, said in zip(("Cb", "Ca", "Cbc", "Cac"), clause, strict=True):
        for each in sorted(set(classes_of(said))):
            yield f"{name}:{each}"
            yield f"{name}:{each}|{message.sort}"
            if name in ("Cbc", "Cac"):
                yield f"{name}:{each}|{message.tag}"
        yield from (f"{name}2:{pair}" for pair in pairs_of(said))
    before, after = classed(clause.before), classed(clause.after)
    last, first = (before[-1].classes if before else ("-",)), (after[0].classes if after else ("-",))
    yield from (f"n1:{each}" for each in last)
    yield from (f"m1:{each}" for each in first)
    yield from (f"nm:{one}/{other}" for one in last for other in first)
    close = [f"near:{name}" for each in before if each.place >= len(clause.before) - 3 for name in each.classes]
    close += [f"neara:{name}" for each in after if each.place <= 1 for name in each.classes]
    yield from close
    yield from (f"{each}|{message.sort}" for each in close)


def _sentence_features(message: Message, group: Group) -> Iterator[str]:
    told = message.told
    place = next((number for number, each in enumerate(told) if each.start <= group.start < each.end), None)
    if place is None:
        return
    yield from _some("sb:", message.text[told[place].start : group.start])
    yield from _some("sa:", message.text[group.end : told[place].end])
    if place + 1 < len(told):
        said = words(told[place + 1].text)
        yield from _some("ns:", told[place + 1].text)
        yield f"ns1:{' '.join(said[:1])}"
        yield from (f"nsf:{name}" for each in classed(said[:4])[:1] for name in each.classes)
    if place:
        yield from _some("ps:", told[place - 1].text)
    yield f"sent:{'first' if place == 0 else ''}{'last' if place == len(told) - 1 else ''}"


def _some(prefix: str, text: str) -> Iterator[str]:
    yield from (prefix + each for each in sorted(set(classes_of(words(text)))))


def _gap_features(message: Message, number: int) -> Iterator[str]:
    """Yield what is said between a group and the next rival on both sides, across sentences."""
    text, group = message.text, message.groups[number]
    after = next((each for each in message.groups[number + 1 :] if not each.values & group.values), None)
    before = next((each for each in reversed(message.groups[:number]) if not each.values & group.values), None)
    gaps = (
        ("gan" if after else "gae", text[group.end : after.start if after else len(text)][:_FAR]),
        ("gbp" if before else "gbs", text[before.end if before else 0 : group.start][-_FAR:]),
    )
    for name, gap in gaps:
        yield from _some(f"{name}:", gap)
        yield from (f"{name}2:{pair}" for pair in pairs_of(words(gap)))


def _place_features(message: Message, number: int) -> Iterator[str]:
    groups, group = message.groups, message.groups[number]
    size, distinct = len(groups), min(4, len({value for each in groups for value in each.values}))
    yield f"pos:{'only' if size == 1 else 'first' if number == 0 else 'last' if number == size - 1 else 'mid'}"
    for name, there in (("first", number == 0), ("last", number == size - 1)):
        if there:
            yield from (f"pos:{name}|{message.tag}", f"pos:{name}|nv{distinct}")
    for name, others in (("later", groups[number + 1 :]), ("earlier", groups[:number])):
        yield f"{name}:{min(2, len({value for each in others for value in each.values} - group.values))}"
    yield from (f"nv:{distinct}", f"size:{min(3, len(group.members))}", f"bare:{group.bare}")


def _shape_features(message: Message, number: int) -> Iterator[str]:
    text, group = message.text, message.groups[number]
    start, end = group.start, group.end
    line = text[slice(*line_of(text, start, end))]
    if _emphasised(text, group):
        yield "emph"
        if not all(_emphasised(text, each) for each in message.groups):
            yield "emph-alone"
    shapes = {
        "item": _LIST_ITEM.match(line),
        "paren": _PARENTHESIS.search(group.before),
        "colon": _COLON.search(group.before),
        "json": text.lstrip().startswith(("{", "[")),
        "struck": text.count("~~", 0, start) % 2 or _STRUCK.search(text[max(0, start - 40) : start]),
        "range-end": _RANGE.match(group.before),
        "range-start": _RANGE.match(group.after),
        "cap-after": _NAME_AFTER.match(text[end : end + 3]),
        "cap-before": _NAME_BEFORE.search(text[max(0, start - 20) : start]),
    }
    yield from (name for name, there in shapes.items() if there)
    if "\n" in text:
        yield "lastline" if text.rstrip().rfind("\n") < start else "notlastline"
    yield from cell_features(text, start, end, message.sort)


def _emphasised(text: str, group: Group) -> bool:
    return _EMPHASIS.search(text[max(0, group.start - 6) : group.start]) is not None


def _lone_features(message: Message, number: int) -> Iterator[str]:
    """Yield the marks that this group's line has and the line of no other value."""
    own = message.groups[number].values
    rivals = {mark for group in message.groups if not group.values & own for mark in _marks(message.text, group)}
    yield from (f"lone:{mark}" for mark in _MARKS if mark in _marks(message.text, message.groups[number]) - rivals)
    yield from (f"lacks:{mark}" for mark in _MARKS if mark in rivals - _marks(message.text, message.groups[number]))


def _marks(text: str, group: Group) -> set[str]:
    line = text[slice(*line_of(text, group.start, group.end))]
    return {name for name, mark in _MARKS.items() if mark.search(line)}


def _rival_features(message: Message, number: int) -> Iterator[str]:
    """Yield what is said of the other values."""
    own, found = message.groups[number].values, set()
    for place, (group, clause) in enumerate(zip(message.groups, message.clauses, strict=True)):
        if place == number or group.values & own:
            continue
        side = "before" if place < number else "after"
        for name, said in (("ob", clause.near_before), ("oa", clause.near_after)):
            found |= {f"{name}{where}:{each}" for each in classes_of(said) for where in ("", side)}
        if group.bare:
            found.add("o:bare")
    yield from sorted(found)


def nothing_features(message: Message, values: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the features by which a message says that there is nothing; `values` are the features of its values."""
    found: dict[str, None] = {}
    for place, sentence in enumerate(message.told):
        found |= dict.fromkeys(_told(message, sentence, place))
    distinct = f"nv:{min(3, len(values))}"
    found |= dict.fromkeys(
        [distinct, f"{distinct}|{message.tag}", f"tag:{message.tag}", f"len:{min(5, len(message.told))}"]
    )
    for told in values.values():
        found |= dict.fromkeys(f"v_{each}" for each in told if each.startswith(_TOLD_OF_NOTHING))
    return tuple(found)


def _told(message: Message, sentence: Sentence, place: int) -> Iterator[str]:
    said = ("<s>", *words(sentence.text), "</s>")
    names = classes_of(said)
    held = any(sentence.start <= each.start < sentence.end for group in message.groups for each in group.members)
    yield from runs_of("w:", said, 3)
    for name in names:
        yield from (f"C:{name}", f"C:{name}|{message.tag}", f"{'Ch' if held else 'Cn'}:{name}")
    for pair in pairs_of(said):
        yield from (f"C2:{pair}", f"{'Ch2' if held else 'Cn2'}:{pair}")
    ends = [("f", place == 0), ("l", place == len(message.told) - 1)]
    for mark in (mark for mark, there in ends if there):
        yield from runs_of(f"{mark}:", said, 2)
        yield from (f"{mark}C:{name}" for name in names)
