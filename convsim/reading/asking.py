"""Which units a message asks about, by its structure.

`frames` tells which sentences and items request, `objects` what they are about. Here they are put together: items
under a heading, references to choices named before, questions that the message answers itself, offers after an answer.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from convsim.reading.frames import Part, asking_part, parts
from convsim.reading.lexicon import load, pattern
from convsim.reading.objects import Named, choices_in, guessed_in, named_in, nouns_in
from convsim.reading.sentences import Span
from personas.units import UnitName

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_CHOOSES = re.compile(r"\b(?:choose|pick|select|decide|prefer)\b")
_CONFIRMS = re.compile(
    r"\W*(?:(?:kindly|please|could\s+you|can\s+you)\W+)*(?:confirm|correct|right|is\s+that\s+(?:correct|right))\b(?:\s+\w+)?\W*$"
)
_WH = re.compile(r"\b(?:which|what|where|how|who|when)\b")
_FRAGMENT = 3
_ADDRESSED = re.compile(r"\b(?:you|your|i|me|we|us|my|our|shall|should|the\s+user)\b")
_PRONOUN = re.compile(r"\b(?:it|them|this|that|same|both|these)\W*$")
_STOP = re.compile(r"[,;?]|\band\s+(?:the|which|what)\b")


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
    """A request of one or more parts (a heading with its items), as one text that begins at `start`."""

    body: str
    start: int
    spans: tuple[Span, ...]
    before: tuple[Part, ...]
    """What was said before it."""
    choosing: bool = False
    offer: bool = False
    whole: str = ""
    """With its introduction."""


@lru_cache(maxsize=4096)
def asks(text: str, *, answered: bool = False) -> Asks:
    """Return what a message asks; after an answer, offers to do more are none."""
    requests = list(_requests(parts(text), answered=answered))
    asked: dict[UnitName, Asked] = {}
    opened = identity = missed = False
    for request in requests:
        found, about_speaker = _named(request)
        identity |= about_speaker
        for each in found:
            asked.setdefault(each.unit, Asked(each.unit, request.start + each.start, request.start + each.end))
        if not found and not request.offer and not about_speaker:
            is_open = pattern("asking", "open").search(request.body) is not None
            opened, missed = opened or is_open, missed or not is_open
    nothing = not asked and not identity
    if nothing and missed:
        asked = _guessed(requests)
        missed = nothing = not asked
    return Asks(
        tuple(sorted(asked.values(), key=lambda each: each.start)),
        open_question=opened and nothing,
        identity=identity,
        unclear=missed and nothing and not opened,
        spans=tuple(span for each in requests for span in each.spans),
    )


def is_small_talk(text: str) -> bool:
    """Tell whether a message keeps to talk beside the matter: greetings, thanks, work in progress, trouble."""
    talk = pattern("asking", "small_talk")
    told = [each for each in parts(text) if _LETTERS.search(each.body)]
    return all(talk.search(each.body) for each in told)


def is_courtesy(text: str) -> bool:
    """Tell whether a message consists of courtesies alone: thanks, offers, goodbyes."""
    told = parts(text)
    changed = any(each.body != text[each.start : each.end].lower() for each in told)
    return changed and not any(len(_LETTERS.findall(each.body)) > 1 for each in told)


def resolve(unit: UnitName, held: Collection[UnitName]) -> UnitName | None:
    """Return the unit among `held` that a person would take the named one for, or None."""
    if unit in held:
        return unit
    return next((kin for kin in load("asking")["kin"].get(unit, ()) if kin in held), None)


def _requests(told: Sequence[Part], *, answered: bool) -> Iterator[_Request]:
    """Yield the requests; items under a requesting heading belong to it or request by themselves."""
    place = 0
    while place < len(told):
        part = told[place]
        items = _items_below(told, place) if part.requesting and not part.item else []
        items = items or (_fragments_after(told, place) if part.kind == "question" else [])
        if _rhetorical(told, place):
            place += 1
            continue
        if part.requesting or (part.kind == "offer" and not answered):
            yield from _with_items(part, items, tuple(told[:place]))
        place += 1 + len(items)


def _rhetorical(told: Sequence[Part], place: int) -> bool:
    """Tell whether the message answers a question of its own: nobody is addressed and a statement follows."""
    part, rest = told[place], told[place + 1 :]
    if part.kind != "question" or not rest or rest[0].kind != "statement" or _ADDRESSED.search(part.body):
        return False
    return part.heading or not any(each.requesting and _ADDRESSED.search(each.body) for each in rest)


def _items_below(told: Sequence[Part], place: int) -> list[Part]:
    items = []
    for each in told[place + 1 :]:
        if not each.item:
            break
        items.append(each)
    return items


def _fragments_after(told: Sequence[Part], place: int) -> list[Part]:
    """Return the suggestions that follow a question: "Where was it said? In a mail? In the chat?"."""
    if len(told[place].body.split()) <= _FRAGMENT or not _WH.search(told[place].body):
        return []
    fragments = []
    for each in told[place + 1 :]:
        if each.kind != "question" or len(each.body.split()) > _FRAGMENT or _WH.search(each.body):
            break
        fragments.append(each)
    return fragments


def _with_items(part: Part, items: Sequence[Part], before: tuple[Part, ...]) -> Iterator[_Request]:
    offer = part.kind == "offer"
    if before and before[-1].kind == "statement" and _CONFIRMS.match(part.body):
        part = replace(
            part, body=before[-1].body + " " * (part.start - before[-1].end) + part.body, start=before[-1].start
        )
    body = asking_part(part)
    span = (part.start, part.end)
    if not items:
        yield _Request(body, part.start, (span,), before, offer=offer, whole=part.body)
        return
    heading = named_in(body)
    if part.kind == "question" or heading or _CHOOSES.search(body):
        joined = body + "".join(" " * (each.start - end) + each.body for end, each in _gaps(part, items))
        joined = joined.replace("?", ",")
        yield _Request(joined, part.start, (span, *((each.start, each.end) for each in items)), before, choosing=True)
        return
    for each in items:
        if each.kind != "empty":
            text = asking_part(each) if each.requesting else each.body
            yield _Request(text, each.start, ((each.start, each.end),), (*before, part), choosing=True)


def _gaps(part: Part, items: Sequence[Part]) -> Iterator[tuple[int, Part]]:
    end = part.end
    for each in items:
        yield end, each
        end = each.end


def _guessed(requests: Sequence[_Request]) -> dict[UnitName, Asked]:
    """Return what requests are most likely about that say so in no known way and do not just want to hear more."""
    for request in requests:
        if not request.offer and not pattern("asking", "open").search(request.body):
            for each in guessed_in(request.whole or request.body):
                return {each.unit: Asked(each.unit, request.start + each.start, request.start + each.end)}
    return {}


def _named(request: _Request) -> tuple[list[Named], bool]:
    body, speaker = _without_identity(request.body)
    found = named_in(body, choosing=request.choosing, offered=request.offer)
    if speaker and pattern("asking", "named").search(request.body, speaker.start, speaker.end):
        found.append(speaker)
    if not found and _PRONOUN.search(body):
        found = named_in(request.whole)
    if not found and not speaker and pattern("asking", "anaphors").search(body):
        found = _meant_before(request)
    return found, speaker is not None


def _without_identity(body: str) -> tuple[str, Named | None]:
    """Return the sentence without the question who is speaking, and that question's place."""
    found = pattern("asking", "identity").search(body)
    if not found:
        return body, None
    stop = _STOP.search(body, found.end())
    end = stop.start() if stop else len(body)
    return body[: found.start()] + " " * (end - found.start()) + body[end:], Named("customer", *found.span())


def _meant_before(request: _Request) -> list[Named]:
    """Return what "which of the two?" takes up: the choices named last before it, or else the last request's unit."""
    if found := choices_in(request.whole):
        return found
    for count in range(1, len(request.before) + 1):
        told = request.before[-count:]
        origin = told[0].start
        text = "".join(" " * (each.start - end) + each.body for end, each in _joined(told))
        if found := [each for each in choices_in(text) if each.unit != "scope" or count == len(request.before)]:
            return [Named(each.unit, *_shifted(each, origin - request.start)) for each in found[:1]]
    for part in reversed(request.before):
        if found := nouns_in(part.body):
            return [Named(each.unit, *_shifted(each, part.start - request.start)) for each in found[-1:]]
    return []


def _joined(told: Sequence[Part]) -> Iterator[tuple[int, Part]]:
    end = told[0].start
    for each in told:
        yield end, each
        end = each.end


def _shifted(named: Named, by: int) -> tuple[int, int]:
    return named.start + by, named.end + by
