"""The rules of the house as somebody reads them who has nothing but the articles."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_CLAUSE = re.compile(r"[.;:]\s|\n+|[.;]$")
_UNITS = re.compile(r"(\d+) (?:units|pieces)\b")
_PERCENT = re.compile(r"(\d+) percent\b")
_COMPANION_FIRST = re.compile(r"^(?:Without|Put|Add)\b|has to be part of")
_OURS = re.compile(r"\b(?:our|our own|of our) (?:own )?(?:resellers?|dealers?)\b|\b(?:reseller|dealer) of ours\b")
_UNSEEN = re.compile(r"nothing in writing|nothing on paper|no paper|any paper|without showing|hearsay")
_SEEN = re.compile(r"in writing|written|dated copy|on paper|copy in the file")


class Article(NamedTuple):
    """A knowledge article."""

    id: str
    title: str
    text: str


class Line(NamedTuple):
    """A line of a quote."""

    product: str
    """Product2.Name."""
    family: str
    quantity: float
    discount: float
    """Percent."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote as the rules look at it."""

    description: str
    lines: tuple[Line, ...]

    @property
    def competing(self) -> bool:
        """Whether an offer by another company was shown in writing."""
        if _OURS.search(self.description) or _UNSEEN.search(self.description):
            return False
        return _SEEN.search(self.description) is not None


@dataclass(frozen=True, slots=True)
class Page:
    """An article about a rule: its text, the quote's lines of its range, and the names of all products."""

    text: str
    own: tuple[Line, ...]
    quote: Quote
    names: re.Pattern[str]


def violated(articles: Iterable[Article], quote: Quote, *, names: Iterable[str], aspect: str | None) -> list[str]:
    """Return the ids of the articles that the quote violates in the aspect (None: in any)."""
    pattern = re.compile("|".join(re.escape(each) for each in sorted(names, key=len, reverse=True)))
    found = []
    for article in articles:
        kind, _, place = article.title.partition(": ")
        breaks = {name: rule for key, rules in _RULES.items() if aspect in (None, key) for name, rule in rules.items()}
        if kind in breaks:
            families = place.split(" & ")
            own = tuple(line for line in quote.lines if line.family in families)
            if breaks[kind](Page(article.text, own, quote, pattern)):
                found.append(article.id)
    return sorted(found)


def _scale(page: Page) -> bool:
    if page.quote.competing:
        return False
    units = sum(line.quantity for line in page.own)
    reached = [percent for least, percent in steps(page.text) if units >= least]
    return any(line.discount > max(reached, default=0) for line in page.own)


def steps(text: str) -> list[tuple[int, int]]:
    """Return the steps of a scale: least units and percent, from the clauses that tell one of each."""
    found = []
    for clause in _CLAUSE.split(text):
        units, percents = _UNITS.findall(clause), _PERCENT.findall(clause)
        if len(units) == len(percents) == 1:
            found.append((int(units[0]), int(percents[0])))
    return found


def _offer(page: Page) -> bool:
    most = int(_PERCENT.findall(page.text)[0])
    return page.quote.competing and any(line.discount > most for line in page.own)


def _limit(page: Page) -> bool:
    most = int(_UNITS.findall(page.text)[0])
    return any(line.quantity > most for line in page.own)


def _exclusion(page: Page) -> bool:
    present = {line.product for line in page.quote.lines}
    return any(present.issuperset(pair) for pair, _ in _pairs(page))


def _bundle(page: Page) -> bool:
    present = {line.product for line in page.quote.lines}
    for (first, second), sentence in _pairs(page):
        product, companion = (second, first) if _COMPANION_FIRST.search(sentence) else (first, second)
        if product in present and companion not in present:
            return True
    return False


def _pairs(page: Page) -> list[tuple[tuple[str, str], str]]:
    """Return the sentences that name two products, with these in the order of the sentence."""
    named: list[tuple[Sequence[str], str]] = [(page.names.findall(each), each) for each in _SENTENCE.split(page.text)]
    return [((names[0], names[1]), sentence) for names, sentence in named if len(names) == 2]


_RULES: dict[str, dict[str, Callable[[Page], bool]]] = {
    "discounts": {"Volume discounts": _scale, "Quantity discounts": _scale, "Answering competing offers": _offer},
    "configuration": {
        "Quantity limits": _limit,
        "Products that must not be combined": _exclusion,
        "Products that must be sold together": _bundle,
    },
}
"""What breaks the rule of an article, by the aspect and the article's title before the colon."""
