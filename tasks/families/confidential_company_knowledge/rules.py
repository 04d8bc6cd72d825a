"""What can be asked about the company's internal rules: each figure by the facts, by SQL and through the API."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from convsim.org.generate.policy import RuleFact
from tasks.ground import Ground
from tasks.numerals import in_words
from tasks.quote_rules.reading import steps
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

MATCH, LIMIT = "match limit", "quantity limit"
"""Canonical values of the unit `attribute`; beside them `discount for N`."""
_TITLES = {
    "discount": ("Volume discounts", "Quantity discounts"),
    MATCH: ("Answering competing offers",),
    LIMIT: ("Quantity limits",),
}
_FIGURE = re.compile(r"\b(\d+ (?:percent|units|pieces))\b")
_SQL = """
SELECT "Title", "FAQ_Answer__c" FROM "Knowledge__kav" WHERE "Audience__c" = 'internal' ORDER BY "Id" """
_FAMILY = 'SELECT "Family" FROM "Product2" WHERE "Name" = :name'
_SOQL = "SELECT Title, FAQ_Answer__c FROM Knowledge__kav WHERE Audience__c = 'internal' ORDER BY Id"


def discount_for(quantity: int) -> str:
    """Return the attribute "discount for 40"."""
    return f"discount for {quantity}"


def aliases(figure: str) -> tuple[str, ...]:
    """Return other ways to say "7 percent" or "45 units"."""
    number, unit = figure.split(" ")
    words = in_words(int(number))
    if unit == "percent":
        return (f"{number}%", f"{number} %", f"{words} percent", f"{number} per cent", f"{number} pct")
    other = "pieces" if unit == "units" else "units"
    return (f"{number} {other}", number, f"{words} {unit}", f"{words} {other}")


def by_facts(ground: Ground, subject: str, attribute: str) -> tuple[RuleFact | None, str | None]:
    """Return the rule that holds for a range or product, and its figure; nothing where there is none or no discount."""
    kinds = {MATCH: "offers", LIMIT: "limit"}
    kind = kinds.get(attribute, "tiers")
    place = _families(ground).get(subject, subject)
    rule = next((each for each in ground.latent.rules if each.kind == kind and each.range == place), None)
    if rule is None:
        return None, None
    if kind == "limit":
        return rule, f"{rule.most} {'units' if ground.org == 'b2b' else 'pieces'}"
    percent = rule.most if kind == "offers" else rule.step(_quantity(attribute))
    return rule, f"{percent} percent" if percent else None


def by_tables(ground: Ground, subject: str, attribute: str) -> tuple[str, ...]:
    """Return the figure as the tables' articles tell it."""
    found = ground.store.connection().execute(_FAMILY, {"name": subject}).fetchone()
    return _read(_pages(ground), found[0] if found else subject, attribute)


def through_api(salesforce: "Salesforce", subject: str, attribute: str) -> tuple[str, ...]:
    """Return the figure as the articles tell it that the API gives; nothing without a range and a rule."""
    if not subject or not attribute:
        return ()
    named = rows(salesforce, "SELECT Family FROM Product2 WHERE Name = {name}", name=subject)
    place = str(named[0]["Family"]) if named else subject
    found = ((str(row["Title"]), str(row["FAQ_Answer__c"])) for row in rows(salesforce, _SOQL))
    return _read(found, place, attribute)


def _read(pages: Iterable[tuple[str, str]], place: str, attribute: str) -> tuple[str, ...]:
    titles = _TITLES.get(attribute, _TITLES["discount"])
    body = next((text for title, text in pages if title in {f"{each}: {place}" for each in titles}), None)
    if body is None:
        return ()
    if attribute not in _TITLES:
        percents = [percent for least, percent in sorted(steps(body)) if _quantity(attribute) >= least]
        return (f"{percents[-1]} percent",) if percents else ()
    percent = attribute == MATCH
    figures = [each for each in _FIGURE.findall(body) if each.endswith("percent") == percent]
    return tuple(figures[:1])


@cache
def _families(ground: Ground) -> dict[str, str]:
    return {each.name: each.family for each in ground.latent.products}


def _quantity(attribute: str) -> int:
    return int(attribute.rpartition(" ")[2])


@cache
def _pages(ground: Ground) -> tuple[tuple[str, str], ...]:
    return tuple(ground.store.connection().execute(_SQL))
