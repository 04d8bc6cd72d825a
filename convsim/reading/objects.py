"""What a request is about: the units of its clauses, by question word, head noun and the choices that it offers.

A request falls into segments at strong boundaries (`;`, "and which ...", "and whether ..."), a segment into pieces at
commas and conjunctions. Choices are looked for in a segment, question words and heads of noun phrases in each piece.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from convsim.reading.concepts import Mention, mentions
from convsim.reading.frames import confirming
from convsim.reading.function_words import FILLERS, INTRODUCES
from convsim.reading.periods import periods
from convsim.reading.rules import keyed, unkeyed
from convsim.reading.tokens import tokenise
from personas.units import UnitName

_WH_WORD = r"(?:which|what|whose|whom?|when|where|how|whether)"
_AUX = r"(?:do|does|did|is|are|was|were|should|shall|would|could|can|may|have|has|am|must|will)"
_PREPOSITION = (
    r"(?:for|in|on|at|by|of|to|from|over|during|within|since|as\s+of|with|about|under|up\s+to|across"
    r"|between|against|after|through|among|per|than|like|into|concerning|regarding|who)"
)
_STRONG = re.compile(
    rf"[;?!]|[.](?=\s)|\([a-z\d]\)|,?\s+(?:and|but|plus)\s+(?:also\s+|then\s+|please\s+)?(?=(?:tell|let|give|specify|state|indicate|confirm|clarify|say|advise)\b|(?:{_PREPOSITION}\s+)?{_WH_WORD}\b|if\b|{_AUX}\s+"
    rf"(?:i|you|we|it|this|that|there|the|they)\b)|,\s+and\s+(?={_AUX}\s)|,\s*(?=(?:{_PREPOSITION}\s+)?{_WH_WORD}\b(?!\s+(?:are|is|was|were|would|will)\b))"
)
_WEAK = re.compile(r"[,:()/+&–—]|\s-\s|\b(?:and|or|plus|as\s+well\s+as|together\s+with|along\s+with|versus|vs)\b")
_WH = re.compile(rf"\b(?:{_PREPOSITION}\s+)?(?P<wh>which|what|whose|whom|who|when|where|how)(?:'s|'re|\s+is|\s+are)?\b")
_BARE = re.compile(
    rf"(?:'s|'re|'d)\b|\s*(?:exactly\s+|precisely\s+|else\s+|then\s+)?(?:{_AUX}|i|you|we|it|this|that|they|he|she|to|the|your|makes?|about|a|an|their|its|\w+ed|happened|went|goes|counts?|of)\b"
)
_COPULA = re.compile(
    r"\s*(?:exactly\s+)?(?:is|are|was|were|'s|would\s+be|should\s+be|must\s+be)\s+(?:the|your|its|their|his|her|our|a|an)\b"
)
_MODIFIER = re.compile(
    rf"\b{_PREPOSITION}\s+(?:(?:the|a|an|that|this|these|those|your|our|their|its|any|each|every|all|same|given|one|average|total"
    r"|certain|particular|selected|requested|relevant|whole|entire|new|which|such|some|my|his|her|other|[a-z]+ing)\s+)*$"
)
_OR = re.compile(r"\bor\b|/|\bvs\b|versus|\bwhether\b|\bif\b|\byes\b|\bnot\b|\balso\b")
_INVERTED = re.compile(rf"^\W*(?:(?:and|so|but|just|or|then|well|ok|okay)\W+)*(?:{_AUX}|want|need)\s")
_EXAMPLES = re.compile(
    r"[(,–—-]?\s*\b(?:e\.g\.?|i\.e\.?|eg\b|for\s+example|for\s+instance|such\s+as|including|\(like|,\s+like)(?P<body>[^)?;]*)"
)
_PARENTHESIS = re.compile(r"\([^)]{2,}\)")
_NUMBERS_OF = re.compile(
    r"\s*(?:of|for|on|in|about|behind)\s+(?:(?:the|your|this|that|a|an|their|which|its|our|all|any|handled|\w+ed)\s+){0,2}$"
)
_BETWEEN_COMPOUND = re.compile(r"(?:\s|-|'s\s)+(?:(?:type|full|exact|specific|own|respective)\s+)?$")
_ARGUMENT = re.compile(
    r"(?:\b(?:ask|talk|wonder|inquir|enquir|speak|think)\w*\s+about|\bknow(?:ing)?\s+about|\blook(?:ing|s)?\s+(?:for|at|into|up)|\binterested\s+in"
    r"|\brefer\w*\s+to|\brelat\w+\s+to|\bconcerned\s+with|\b(?:is|it|this|that|be|are|question|was)\s+(?:about|for)|\bafter|\bwait\w*\s+(?:for|on)"
    r"|\bwalk\w*\s+(?:me|us)\s+through|\bdepend\w*\s+(?:up)?on|\bpreference\s+for|\bunclear\s+about|\b(?:sure|unsure|certain)\s+(?:about|of))\s+(?:[a-z-]+\s+){0,3}$"
)
_BACK = re.compile(
    r"\s+(?:one|ones|of\s+(?:them|these|those|the\s+(?:two|three|four|five)|your\s+own|yours)|to)\b(?!\s+(?:groups?|compan|account|[a-z]+s\b))|\s*\?"
)
_PEOPLE = frozenset({"rep", "task"})
_SPEAKER = re.compile(r"\s+(?:i|we|you|it|the|they)\b")
_NONE = frozenset[str]()
_THINGS = frozenset({"record", "records", "product", "customer", "quote", "text", "ref", "limit", "channel"})
_CONDITION = re.compile(r"^\W*(?:if|in\s+case|suppose|when|given|for)\b[^,?]*(,)")
_ENTITIES = frozenset(
    {"record", "records", "product", "customer", "subject", "article", "fact", "text", "name", "ref", "number"}
)
_GIVES = re.compile(
    r"\b(?:tell|give|have|share|send|provide|name|specify|state|confirm|let|know|say|supply|remind|clarify|describe|indicate|paste|need|point)\b"
)
_FREE = frozenset(keyed("phrases"))


_ASIDE = re.compile(
    r"\s*(?:and\s+|but\s+|so\s+)?(?:i|we|it|there|this|that|they|he|she|you'll|then)\b(?!.*\b(?:need|require|miss|lack|know\s+its|want|wonder))"
)
_OF = re.compile(
    r"\s+of\s+(?:(?:our|your|the|these|those|its|their)\s+)?(?=[a-z]{4})(?!(?:them|these|those|your|own|which)\b)"
)
_NEAR = 32
_NAMES = re.compile(r"\b[a-z]+ \d{2,}\b[^.?!]{0,30}\bor\b[^.?!]{0,20}\b\d{2,}\b")


class Named(NamedTuple):
    """A unit asked for: characters [start, end) of the words that name it."""

    unit: UnitName
    start: int
    end: int


def named_in(body: str, *, choosing: bool = False, offered: bool = False) -> list[Named]:
    """Return the units that a requesting text is about.

    With `choosing` its alternatives count without a marker, with `offered` a single value does.
    """
    return list(_named_in(body, choosing=choosing, offered=offered))


@lru_cache(maxsize=2048)
def _named_in(body: str, *, choosing: bool, offered: bool) -> Sequence[Named]:
    body = _CONDITION.sub(lambda found: found.group()[:-1] + " ", body)
    main, examples = _split_examples(body)
    found = _units(main, choosing=choosing, offered=offered)
    if not found and examples.strip():
        found = _units(examples, choosing=True, offered=False)
    return found


def guessed_in(body: str) -> list[Named]:
    """Return the unit that a request most likely means whose structure says nothing: a value, or the first noun."""
    told = mentions(body)
    for unit, _ in _chosen(body, told, sections=("choices",)):
        return [unit]
    alternatives = _NAMES.search(body)
    if alternatives:
        return [Named("product", *alternatives.span())]
    return nouns_in(body)[:1]


def nouns_in(body: str) -> list[Named]:
    """Return what the nouns of a text stand for, whatever their part in it."""
    told = mentions(body)
    return [found for place in range(len(told)) if (found := _phrase(body, told, place))]


def choices_in(body: str) -> list[Named]:
    """Return the units of whose values a text names at least two."""
    return [each for each, _ in _chosen(body, mentions(body), sections=("choices",), weak=False)]


def _units(body: str, *, choosing: bool, offered: bool) -> list[Named]:
    found: list[Named] = []
    for start, end in _cut(body, _STRONG):
        found += _of_segment(body, (start, end), choosing=choosing, offered=offered)
    return found


def _of_segment(body: str, span: tuple[int, int], *, choosing: bool, offered: bool) -> list[Named]:
    start, end = span
    text = " " * start + body[start:end]
    told = mentions(text)
    if not told and not any(char.isdigit() for char in text[start:]) and not _WH.search(text, start):
        return []
    chosen = list(_alternatives(body, text, told, choosing=choosing, offered=offered))
    used = [mention for _, taken in chosen for mention in taken]
    plain = _PARENTHESIS.sub(lambda each: " " * len(each.group()), text)
    return [*(each for each, _ in chosen), *_of_pieces(plain, start, told, used, choosing=choosing)]


def _alternatives(
    body: str, text: str, told: list[Mention], *, choosing: bool, offered: bool
) -> Iterator[tuple[Named, list[Mention]]]:
    confirmed = offered or confirming(body)
    listed = ":" in text and _WH.search(text) is not None
    if choosing or confirmed or listed or _OR.search(text) or _INVERTED.match(text.lstrip()):
        sections = ("choices", "confirmations") if confirmed else ("choices",)
        yield from _chosen(text, told, sections=sections, times=confirmed or choosing or " or " in text)


def _of_pieces(
    text: str, start: int, told: list[Mention], used: Sequence[Mention], *, choosing: bool
) -> Iterator[Named]:
    """Yield what each piece asks for; the alternatives of a choice that was understood ask for nothing more."""
    pieces = [each for each in _cut(text, _WEAK) if each[1] > start]
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        inside = [each for each in told if piece[0] <= each.start < piece[1]]
        before = text[max(0, piece[0] - 4) : piece[0]]
        beside = ("or" in before or "/" in before) or (after and re.search(r"\bor\b|/", text[piece[1] : after[0]]))
        if used and (beside or any(each in used for each in inside)):
            continue
        if _ASIDE.match(text[piece[0] : piece[1]]) and not _WH.search(text, piece[0], piece[1]):
            continue
        wh = _WH.search(text, *piece)
        if used and ((choosing and not wh) or (wh and wh["wh"] == "what" and text[piece[1] : piece[1] + 1] == ":")):
            continue
        if named := _of_piece(text[: piece[1]], piece[0], inside, told):
            yield named


def _of_piece(text: str, start: int, inside: list[Mention], told: Sequence[Mention]) -> Named | None:
    """Return the unit that a piece asks for by its question word or by the head of its first noun phrase."""
    asking = next((each for each in _WH.finditer(text, start) if _interrogative(text, start, each)), None)
    if asking is None:
        yes_no = _INVERTED.match(text[start:]) and not _GIVES.search(text, start)
        return _first_phrase(text, inside, limit=len(text), floor=start, without=_ENTITIES if yes_no else _NONE)
    wh, after = asking["wh"], asking.end("wh")
    rest = [each for each in inside if each.start >= asking.start()]
    if wh in ("which", "what"):
        if wh == "which" and _BACK.match(text, after):
            return _first_phrase(text, inside, limit=asking.start(), floor=start)
        of = _OF.match(text, after)
        if not _BARE.match(text, after) or of:
            after = of.end() if of else after
            return _first_phrase(text, rest, limit=after + _NEAR, since=after) or _bare_question(
                wh, inside, asking.span("wh")
            )
    if (
        wh in ("which", "what", "who", "how")
        and _COPULA.match(text, after)
        and (head := _first_phrase(text, rest, limit=after + 2 * _NEAR))
    ):
        return head
    span = asking.span("wh")
    bare = _bare_question(wh, inside, span, default=False) or _bare_question(wh, told, span)
    return bare or _first_phrase(text, rest, limit=len(text), floor=start, without=_ENTITIES)


def _interrogative(text: str, start: int, wh: re.Match[str]) -> bool:
    """Tell a question word from a relative ("the day on which") and a conjunction ("when I compute")."""
    before = text[start : wh.start()].split()
    if not before or not text[wh.end() :].strip():
        return True
    if wh["wh"] in ("what", "how") or (wh["wh"] == "which" and not _BARE.match(text, wh.end("wh"))):
        return True
    last = before[-1].strip(".:")
    if last in INTRODUCES or last.endswith("ly") or (len(before) == 1 and last in FILLERS):
        return True
    told = any(each.concepts & (_FREE | _PEOPLE) for each in mentions(last))
    return wh["wh"] in ("when", "where") and not told and not _SPEAKER.match(text, wh.end("wh"))


def _bare_question(wh: str, told: Sequence[Mention], span: tuple[int, int], *, default: bool = True) -> Named | None:
    key = {"which": "what", "whom": "who"}.get(wh, wh)
    for rule in keyed("questions").get(key, ()):
        taken = rule.used(told)
        if taken is not None and (default or rule.conditions):
            start, end = (taken[0].start, taken[0].end) if taken else span
            return Named(rule.unit, start, end)
    return None


def _first_phrase(
    text: str, told: Sequence[Mention], *, limit: int, since: int = 0, floor: int = 0, without: frozenset[str] = _NONE
) -> Named | None:
    """Return the unit of the first noun phrase that modifies nothing and begins before `limit`."""
    skipped = False
    for place, mention in enumerate(told):
        if mention.start > limit:
            return None
        if since and _BARE.search(text, since, mention.start):
            return None
        if not mention.concepts & _FREE or mention.concepts & without:
            continue
        skipped = _modifies(text, max(since, floor, mention.start - 50), mention.start) or (
            skipped and _BETWEEN_COMPOUND.fullmatch(text, told[place - 1].end, mention.start) is not None
        )
        if not skipped and (unit := _phrase(text, told, place)):
            return unit
    return None


def _modifies(text: str, start: int, end: int) -> bool:
    return _MODIFIER.search(text, start, end) is not None and not _ARGUMENT.search(text, start, end)


def _phrase(text: str, told: Sequence[Mention], place: int) -> Named | None:
    """Return the unit of a noun phrase by its head, the last noun of the compound, and what belongs to it."""
    last = place
    while last + 1 < len(told) and _BETWEEN_COMPOUND.fullmatch(text, told[last].end, told[last + 1].start):
        if not told[last + 1].concepts & _FREE:
            break
        last += 1
    complement = [
        each
        for before, each in zip(told[last:], told[last + 1 :], strict=False)
        if _NUMBERS_OF.match(text, before.end, each.start)
    ]
    others = [*told[place:last], *(complement or _further(told[last + 1 : last + 3]))]
    head = told[last]
    for key in _keys():
        if key not in head.concepts:
            continue
        for rule in keyed("phrases")[key]:
            if rule.used(others) is not None:
                return Named(rule.unit, head.start, head.end)
    return None


def _further(told: Sequence[Mention]) -> list[Mention]:
    """Return what stands further off without its nouns, which do not belong to the phrase."""
    return [each._replace(concepts=each.concepts - _THINGS) for each in told]


def _keys() -> Sequence[str]:
    return tuple(keyed("phrases"))


def _chosen(
    text: str, told: Sequence[Mention], *, sections: Sequence[str], times: bool = True, weak: bool = True
) -> Iterator[tuple[Named, list[Mention]]]:
    left = list(told)
    seen: set[UnitName] = set()
    for rule in (each for section in sections for each in unkeyed(section)):
        taken = None if rule.unit in seen else rule.used(left)
        if taken and (rule.unit != "scope" or not seen):
            seen.add(rule.unit)
            left = [each for each in left if each not in taken]
            yield Named(rule.unit, taken[0].start, taken[0].end), taken
    if not seen and weak:
        for rule in unkeyed("weak_choices"):
            if taken := rule.used(left):
                seen.add(rule.unit)
                yield Named(rule.unit, taken[0].start, taken[0].end), taken
                break
    if times and "window" not in seen and any(char.isdigit() for char in text):
        tokens = tokenise(text)
        for each in periods(tokens.flat)[:1]:
            yield Named("window", *tokens.span(each.start, each.end)), []


def _split_examples(body: str) -> tuple[str, str]:
    found = _EXAMPLES.search(body)
    if not found:
        return body, ""
    start, end = found.span()
    return body[:start] + " " * (end - start) + body[end:], " " * found.start("body") + found["body"]


def _cut(text: str, boundary: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in boundary.finditer(text):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    if start < len(text):
        yield start, len(text)
