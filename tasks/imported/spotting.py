"""The units of a published query, each with its place: what a family's queries hold, in the words in which they do."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from convsim.records.task import UnitValue
from personas.units import UnitName
from tasks.imported.periods import ago, period
from tasks.numerals import in_words

_WORDS = {in_words(n): n for n in range(100)}
_LOW = "lowest|shortest|quickest|fastest|fewest|least|minimum|minimal|smallest|briefest|speediest|swiftest"
_HIGH = "highest|longest|slowest|most|greatest|largest|biggest|maximum|maximal"
_DIRECTION = re.compile(rf"\b(?:the\s+)?(?P<word>{_LOW}|{_HIGH}|best|top|worst)\b", re.IGNORECASE)
_LOW_IS_BEST = ("handle_time", "sales_cycle_understanding", "transfer_count")
_N = r"\d+|" + "|".join(sorted(_WORDS, key=len, reverse=True))
_NOUN = r"(?:\s+(?:cases?|leads?|tickets?))"
_MINIMUM = re.compile(
    r"\b(?:(?:who|that)\s+)?(?:(?:have|has|had)\s+)?"
    r"(?:(?:managed|managing|handled|handling|dealt with|dealing with|processed|processing|worked on|with)\s+)?"
    rf"(?P<form>(?P<above>more than|over|above|exceeding|greater than|beyond)\s+(?P<a>{_N}){_NOUN}"
    rf"|(?P<least>at least|no fewer than|no less than|a minimum of)\s+(?P<b>{_N}){_NOUN}"
    rf"|(?P<c>{_N})\s+or more{_NOUN})\b",
    re.IGNORECASE,
)
_METRICS: dict[str, tuple[str, re.Pattern[str]]] = {
    "handle_time": (
        "handle_time",
        re.compile(
            r"\b(?:(?:average|mean)\s+)?(?:case\s+)?(?:handle|handling|resolution|closing)\s+times?\b"
            r"|\b(?:average|mean)\s+times?\s+to\s+\w+\s+(?:a\s+)?cases?\b",
            re.IGNORECASE,
        ),
    ),
    "transfer_count": (
        "transfer_count",
        re.compile(
            r"\b(?:number\s+of\s+)?(?:case\s+)?transfer(?:\s+counts?|s)\b|\bnumber\s+of\s+transferred\s+cases\b", re.I
        ),
    ),
    "best_region_identification": (
        "closure_time",
        re.compile(
            rf"\b(?:the\s+)?(?:{_LOW}|best)\s+(?:average\s+)?(?:case\s+)?(?:clos\w+|resolution\w*)"
            r"(?:\s+(?:times?|rates?|durations?|speeds?))?(?:\s+(?:of|for)\s+cases)?\b",
            re.IGNORECASE,
        ),
    ),
    "conversion_rate_comprehension": (
        "conversion_rate",
        re.compile(r"\b(?:lead\s+)?conversion(?:\s+rates?)?\b", re.IGNORECASE),
    ),
}
_ANSWER = re.compile(r"(?:Please\s+)?\b(?:Return|Provide|Answer|Give)\s+only\b.*\Z", re.DOTALL)
_STATUS = re.compile(
    r"(?:(?:that are|which are|marked(?: as)?|labell?ed(?: as)?|in|with (?:the |a )?status(?: of)?)\s+)?"
    r"(?P<form>['\"‘“]?Not Started['\"’”]?)",
    re.IGNORECASE,
)
_CASE = re.compile(r"^#+\s*Given Case\s*$.*\Z", re.DOTALL | re.MULTILINE)
_BOUGHT = re.compile(
    r"(?P<form>\b(?:the|my|a|an|that|those|these)\s+.+?)\s+(?:that\s+|which\s+)?(?:I|we)(?:'ve|\s+have)?\s+"
    r"(?:\w+ly\s+)?(?:purchased|bought|ordered|got|acquired|obtained)\b",
    re.IGNORECASE | re.DOTALL,
)
_KIND = re.compile(
    r"\b(?P<form>(?:sub)?topics?(?:\s+(?:related to|in|from|of)\s+(?:the\s+)?sales\s+\w+)?|competitors?"
    r"|competing\s+offer\w*(?:\s+\w+)?|compan(?:y|ies)|rivals?)\b",
    re.IGNORECASE,
)
_POLARITY = re.compile(
    r"\b(?P<form>(?:the\s+)?(?:most\s+)?(?P<tone>negative|positive)\s+sentiments?"
    r"|posed?\s+the\s+(?:greatest|biggest|most)\s+challenges?\s+to\s+us|(?:beat|outperform\w*|surpass\w*)\s+us"
    r"|(?:we|do we|have we)\s+(?:beat\w*|outperform\w*|surpass\w*))\b",
    re.IGNORECASE,
)
_ID_SENTENCE = re.compile(r"The associated product Id is\s+(?P<id>\w{15,18})\.?", re.IGNORECASE)
_NAME = re.compile(
    r"(?<![\w'’.-])(?:[a-z]?[A-Z][\w'’.&+/-]*|\d+[A-Z]\w*)"
    r"(?:\s+(?:(?:of|and|for|with|the|&)\s+)?(?:[a-z]?[A-Z][\w'’.&+/-]*|\d[\w.-]*))*"
)
_NO_NAME = re.compile(r"(?:I|Id|Ids|Q[1-4]|None)\b")


class Spot(NamedTuple):
    """A unit in a query: code points [start, end), value, and a wording that tells it by itself."""

    start: int
    end: int
    unit: UnitName
    value: UnitValue
    form: str


Spotter = Callable[[str, str, date], Iterator[Spot]]


def spots(query: str, family: str, today: date) -> list[Spot]:
    """Return the units that the query tells, in its order and apart from each other."""
    found: list[Spot] = []
    for spotter in (_answer_format, *_SPOTTERS.get(family, ())):
        for spot in spotter(query, family, today):
            if all(spot.end <= each.start or each.end <= spot.start for each in found):
                found.append(spot)
    return sorted(found)


def _answer_format(query: str, family: str, today: date) -> Iterator[Spot]:
    del family, today
    # A case that is quoted after it belongs to the description.
    until = case.start() if (case := _CASE.search(query)) else len(query)
    if found := _ANSWER.search(query[:until]):
        text = found.group().strip()
        yield Spot(found.start(), found.start() + len(found.group().rstrip()), "answer_format", text, text)


def _window(query: str, family: str, today: date) -> Iterator[Spot]:
    del family
    if found := period(query, today):
        yield Spot(found.start, found.end, "window", found.window.value, found.form)


def _purchase(query: str, family: str, today: date) -> Iterator[Spot]:
    del family
    if found := ago(query, today):
        yield Spot(found.start, found.end, "purchase_date", found.day.isoformat(), found.form)


def _direction(query: str, family: str, today: date) -> Iterator[Spot]:
    del today
    for found in _DIRECTION.finditer(query):
        word = found["word"].lower()
        if query[max(0, found.start() - 3) : found.start()].lower().endswith("at ") or word == "worst":
            continue  # "at least", "at most"; the worst may lie at either end
        low = re.fullmatch(_LOW, word) or (word in ("best", "top") and family in _LOW_IS_BEST)
        form = found.group() if found.group().lower().startswith("the ") else f"the {found.group()}"
        yield Spot(*found.span(), "direction", "lowest" if low else "highest", form)
        return


def _metric(query: str, family: str, today: date) -> Iterator[Spot]:
    del today
    value, pattern = _METRICS[family]
    if found := pattern.search(query):
        yield Spot(*found.span(), "metric", value, found.group())


def _minimum(query: str, family: str, today: date) -> Iterator[Spot]:
    del family, today
    if found := _MINIMUM.search(query):
        said = (found["a"] or found["b"] or found["c"]).lower()
        number = int(said) if said.isdigit() else _WORDS[said]
        yield Spot(*found.span(), "minimum_cases", number if found["above"] else number - 1, found["form"])


def _product(query: str, family: str, today: date) -> Iterator[Spot]:
    del family
    identifier = _ID_SENTENCE.search(query)
    names = [each for each in _names(query, today) if not identifier or each.start < identifier.start()]
    if not names:
        return
    name = max(names, key=lambda each: each.end - each.start)
    form = f"{name.form}, product Id {identifier['id']}" if identifier else name.form
    yield name._replace(value=name.form, form=form)
    if identifier:
        yield Spot(*identifier.span(), "product", name.form, form)


def _names(query: str, today: date) -> Iterator[Spot]:
    """Yield the proper names: capitalised words that begin no sentence and name no time."""
    taken = [each for spotter in (_window, _answer_format) for each in spotter(query, "", today)]
    for found in _NAME.finditer(query):
        if any(found.start() < each.end and each.start < found.end() for each in taken):
            continue
        if _NO_NAME.fullmatch(found.group()) or re.search(r"(?:^|[.?!:]\s+)\Z", query[: found.start()]):
            continue
        text = found.group().rstrip(".")
        if text.endswith(("'s", "’s")):
            text = text[:-2]
        yield Spot(found.start(), found.start() + len(text), "product", text, text)


def _subject(query: str, family: str, today: date) -> Iterator[Spot]:
    del family
    text = query.strip()
    start = query.index(text)
    yield Spot(start, start + len(text), "attribute", text, text)
    del today


def _described(query: str, family: str, today: date) -> Iterator[Spot]:
    del family, today
    if found := _BOUGHT.search(query):
        yield Spot(*found.span("form"), "description", found["form"], f"It is {found['form']}.")


def _case(query: str, family: str, today: date) -> Iterator[Spot]:
    del family, today
    if found := _CASE.search(query):
        lines = [line.lstrip("- ").strip() for line in found.group().splitlines()[1:] if line.strip()]
        form = " ".join(line if line.endswith((".", "?", "!")) else f"{line}." for line in lines)
        yield Spot(found.start(), found.start() + len(found.group().rstrip()), "description", form, form)


def _status(query: str, family: str, today: date) -> Iterator[Spot]:
    del family, today
    if found := _STATUS.search(query):
        yield Spot(*found.span(), "status_filter", "Not Started", f"tasks that are {found['form']}")


def _insight(query: str, family: str, today: date) -> Iterator[Spot]:
    del family, today
    if found := _KIND.search(query):
        yield Spot(*found.span(), "kind", found["form"].lower(), found["form"])
    if found := _POLARITY.search(query):
        tone = (found["tone"] or ("negative" if found["form"].lower().endswith(" us") else "positive")).lower()
        form = found["form"] if found["tone"] else f"those that {found['form']}"
        yield Spot(*found.span(), "polarity", tone, form)


_SIGNED = (_window, _direction)
_RANKED = (_window, _minimum, _metric, _direction)
_SPOTTERS: dict[str, tuple[Spotter, ...]] = {
    "handle_time": _RANKED,
    "transfer_count": _RANKED,
    "top_issue_identification": (_window, _product),
    "monthly_trend_analysis": (_window, _product),
    "best_region_identification": (_window, _metric),
    "sales_amount_understanding": _SIGNED,
    "sales_cycle_understanding": _SIGNED,
    "conversion_rate_comprehension": (_window, _metric, _direction),
    "case_routing": (_case,),
    "knowledge_qa": (_subject,),
    "sales_insight_mining": (_window, _insight),
    "activity_priority": (_status,),
    "named_entity_disambiguation": (_purchase, _described),
}
