"""The two companies' own content, read from the files in `data`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from convsim.org.generate.draw import Draw
from convsim.org.generate.grammar import Grammar
from convsim.org.generate.latent import Audience, OrgType

DATA = Path(__file__).parent / "data"
COMPANIES: dict[OrgType, str] = {"b2b": "Corvane Systems", "b2c": "Brindlewood Home"}
DOMAINS: dict[OrgType, str] = {"b2b": "corvane.example", "b2c": "brindlewood.example"}
_RIGID_NOT = ("tent", "sleeping bag", "comforter", "blanket", "sheet set", "towel set", "throw", "light strip", "bulb")
_SELF_POWERED = ("asset tag", "driver key", "container tracker", "cold chain logger", "ring scanner")
_TANKS = ("kettle", "coffee maker", "espresso machine", "carpet cleaner", "steam mop", "humidifier", "dehumidifier")


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """One line of a product file."""

    name: str
    family: str
    kind: str
    price: float
    trait: str
    does: str
    tags: frozenset[str]

    @property
    def plural(self) -> bool:
        """True for things that come as several: speakers, headphones."""
        return self.kind.rsplit(" ", 1)[-1] in {"speakers", "headphones", "earbuds"}


@dataclass(frozen=True, slots=True)
class IssuePlan:
    """One line of an issue file: key in the grammar, name, description, tag of the products that can have it."""

    key: str
    name: str
    description: str
    tag: str


@dataclass(frozen=True, slots=True)
class State:
    """A state of the US: two letters, name, weight by population, an area code and some of its cities."""

    code: str
    name: str
    weight: int
    area: str
    cities: tuple[str, ...]


@cache
def blocks(name: str, mark: str = "= ") -> dict[str, list[str]]:
    """Return the lines of a data file by the heading above them; a heading starts with the mark."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line.startswith(mark):
            heading = line.removeprefix(mark)
            found[heading] = []
        elif line:
            found[heading].append(line.replace("\\n", "\n"))
    return found


@cache
def grammar(name: str) -> Grammar:
    """Return the grammar of the file `NAME.txt`."""
    return Grammar(name, blocks(f"{name}.txt"))


@cache
def names(kind: str) -> tuple[str, ...]:
    """Return the words of `KIND_names.txt` (given or family)."""
    return tuple((DATA / f"{kind}_names.txt").read_text("utf-8").split())


@cache
def namesakes() -> tuple[tuple[str, str], ...]:
    """Return pairs of given names that are easily mixed up."""
    pairs = (line.split(" ") for line in (DATA / "namesakes.txt").read_text("utf-8").splitlines())
    return tuple((first, second) for first, second in pairs)


@cache
def states() -> tuple[State, ...]:
    """Return the fifty states."""
    return tuple(_state(line) for line in (DATA / "states.txt").read_text("utf-8").splitlines())


def _state(line: str) -> State:
    code, rest = line.split(" ", 1)
    place = next(i for i, character in enumerate(rest) if character.isdigit())
    weight, area, cities = rest[place:].split(" ", 2)
    return State(code, rest[:place].strip(), int(weight), area, tuple(cities.split(";")))


@cache
def state(code: str) -> State:
    """Return the state of two letters."""
    return next(each for each in states() if each.code == code)


@cache
def products(org_type: OrgType) -> tuple[ProductPlan, ...]:
    """Return the products of a company."""
    tags = _tags(org_type)
    return tuple(_product(fields, tags) for fields in _table(f"{org_type}_products.txt"))


def _product(fields: list[str], tags: dict[str, list[str]]) -> ProductPlan:
    family, name, kind, price, trait, does = fields
    found = {tag for tag, members in tags.items() if name in members} | {"any"}
    found.add("software" if family == "Software" else "hardware")
    if "electric" in found and "cordless" not in found and "bulb" not in kind:
        found |= {"corded"} if "heating" in found else {"corded", "humming"}
    if "cordless" in found:
        found.add("draining" if "motor" in found else "lasting")
    if "hardware" in found and "battery_long" not in found and kind not in _SELF_POWERED:
        found.add("powered")
    if kind not in _SELF_POWERED:
        found.add("placed")
    if not kind.endswith(_RIGID_NOT):
        found.add("rigid")
    if kind.endswith(_TANKS):
        found.add("tank")
    return ProductPlan(name, family, kind, float(price), trait, does, frozenset(found))


def _tags(org_type: OrgType) -> dict[str, list[str]]:
    lines = (line.split(": ", 1) for line in (DATA / f"{org_type}_tags.txt").read_text("utf-8").splitlines())
    return {tag: members.split("; ") for tag, members in lines}


@cache
def issues(org_type: OrgType) -> tuple[IssuePlan, ...]:
    """Return the issues of a company."""
    return tuple(IssuePlan(*fields) for fields in _table(f"{org_type}_issues.txt"))


@cache
def territories(org_type: OrgType) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the names of the territories with their states."""
    return tuple((name, tuple(codes.split(","))) for name, codes in _table(f"{org_type}_territories.txt"))


def _table(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text("utf-8").splitlines():
        yield line.split("|")


def firm_words(draw: Draw, attempt: int) -> tuple[str, str, str]:
    """Return the stem, industry and tail of a firm's name."""
    words = blocks("firms.txt")
    industry, tail = draw.pick(words["tail"], ("tail", attempt)).split("|")
    return draw.pick(words["stem"], ("stem", attempt)), industry, tail


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """A kind of fact about products: how it is called, asked for and stated, and the values that it may have."""

    name: str
    tag: str
    by_size: bool
    """True if the values rise with the size of the product."""
    phrases: tuple[str, ...]
    questions: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    """Each value with its other wordings after it."""
    said: Grammar

    def options(self, tags: frozenset[str]) -> tuple[tuple[str, ...], ...]:
        """Return the values that fit a product of these tags."""
        third = len(self.values) // 3
        if not self.by_size:
            return self.values
        if "small" in tags:
            return self.values[: third + 1]
        return self.values[-third - 1 :] if "large" in tags else self.values[third - 1 : -third + 1]

    def say(self, draw: Draw, slots: Mapping[str, str]) -> str:
        """Return a sentence that states the value."""
        return self.said.say("s", draw, slots)


@cache
def attributes(org_type: OrgType) -> tuple[AttributePlan, ...]:
    """Return the kinds of facts about products."""
    return tuple(
        _attribute(f"{org_type}_attributes/{heading}", heading, _marked(lines))
        for heading, lines in blocks(f"{org_type}_attributes.txt", "@ ").items()
    )


def _attribute(place: str, heading: str, lines: dict[str, list[str]]) -> AttributePlan:
    name, tag, *by_size = heading.split(" | ")
    values = tuple(tuple(each.split("; ")) for each in lines["v"])
    phrases = tuple(lines["phrases"][0].split("; "))
    return AttributePlan(
        name, tag, bool(by_size), phrases, tuple(lines["q"]), values, Grammar(place, {"s": lines["s"]})
    )


def _marked(lines: list[str]) -> dict[str, list[str]]:
    """Return the lines by the mark before their first colon."""
    found: dict[str, list[str]] = {}
    for line in lines:
        mark, rest = line.split(": ", 1)
        found.setdefault(mark, []).append(rest)
    return found


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """One fact of a policy page."""

    name: str
    phrase: str
    question: str
    values: tuple[tuple[str, ...], ...]
    said: Grammar

    def say(self, draw: Draw, slots: Mapping[str, str]) -> str:
        """Return a sentence that states the value."""
        return self.said.say("s", draw, slots)


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A page about a rule of the house; one per product family when its title says so."""

    audience: Audience
    topic: str
    title: str
    subject: str
    facts: tuple[PolicyFact, ...]
    said: Grammar

    @property
    def per_family(self) -> bool:
        """True when every product family has a page of its own."""
        return "[family]" in self.subject

    def aside(self, draw: Draw, slots: Mapping[str, str]) -> str:
        """Return what else the page says."""
        return self.said.say("t", draw, slots)


@cache
def policies(org_type: OrgType) -> tuple[PolicyPlan, ...]:
    """Return the policy pages of a company."""
    name = f"{org_type}_policies.txt"
    return tuple(_policy(heading, _marked(lines)) for heading, lines in blocks(name, "@ ").items())


def _policy(heading: str, lines: dict[str, list[str]]) -> PolicyPlan:
    audience, topic, title, subject = heading.split("|")
    facts = tuple(_policy_fact(f"{audience}/{topic}", line) for line in lines["f"])
    said = Grammar(f"{audience}/{topic}", {"t": lines["t"]})
    return PolicyPlan(cast("Audience", audience), topic, title, subject, facts, said)


def _policy_fact(place: str, line: str) -> PolicyFact:
    name, phrase, question, values, sentence = line.split("|", 4)
    options = tuple(tuple(each.split(";")) for each in values.split("/"))
    return PolicyFact(name, phrase, question, options, Grammar(f"{place}/{name}", {"s": [sentence]}))


@cache
def remedies(org_type: OrgType) -> dict[str, tuple[str, ...]]:
    """Return what is offered for each issue, by the issue's key."""
    return {key: tuple(offers) for key, *offers in _table(f"{org_type}_remedies.txt")}


@cache
def pairs(org_type: OrgType) -> tuple[tuple[str, str, str, str], ...]:
    """Return pairs of products: x (never in one quote) or n (needs the other), range, and both names."""
    return tuple((kind, place, one, other) for kind, place, one, other in _table(f"{org_type}_pairs.txt"))


@cache
def ranges(org_type: OrgType) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the product ranges for which the house has rules, each with its product families."""
    named = dict.fromkeys(place for _, place, _, _ in pairs(org_type))
    return tuple((name, tuple(name.split(" & "))) for name in named)
