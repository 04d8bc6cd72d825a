"""Rules, offers and qualifications: what is planted is there, everything else is clean, and all of it is worded."""

from collections import Counter
from dataclasses import replace

import pytest

from convsim.org.generate.build import GeneratedOrg
from convsim.org.generate.content import grammar, pairs, products
from convsim.org.generate.draw import Draw
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import FACTORS, KINDS, QuotedLine, RuleFact, broken
from convsim.org.generate.texts.rules import rule_page

SCAN = QuotedLine("scan", "Scanning", 10, 5)
PRINT = QuotedLine("print", "Printing", 30, 0)


@pytest.mark.parametrize(
    ("rule", "lines", "written", "breaks"),
    [
        (RuleFact("tiers", "Scanning", ("Scanning",), steps=((10, 5), (25, 8))), [SCAN, PRINT], False, False),
        (RuleFact("tiers", "Scanning", ("Scanning",), steps=((11, 5),)), [SCAN, PRINT], False, True),
        (RuleFact("tiers", "Scanning", ("Scanning",), steps=((11, 5),)), [SCAN, PRINT], True, False),
        (RuleFact("tiers", "both", ("Scanning", "Printing"), steps=((40, 5),)), [SCAN, PRINT], False, False),
        (RuleFact("offers", "Scanning", ("Scanning",), most=4), [SCAN], True, True),
        (RuleFact("offers", "Scanning", ("Scanning",), most=4), [SCAN], False, False),
        (RuleFact("limit", "Printing", ("Printing",), most=30), [SCAN, PRINT], False, False),
        (RuleFact("limit", "Printing", ("Printing",), most=29), [SCAN, PRINT], False, True),
        (RuleFact("exclusion", "Scanning", ("Scanning",), pairs=(("scan", "print"),)), [SCAN, PRINT], False, True),
        (RuleFact("exclusion", "Scanning", ("Scanning",), pairs=(("scan", "print"),)), [SCAN], False, False),
        (RuleFact("bundle", "Scanning", ("Scanning",), pairs=(("scan", "print"),)), [SCAN], False, True),
        (RuleFact("bundle", "Scanning", ("Scanning",), pairs=(("scan", "print"),)), [SCAN, PRINT], False, False),
        (RuleFact("bundle", "Scanning", ("Scanning",), pairs=(("scan", "print"),)), [PRINT], False, False),
    ],
)  # fmt: skip
def test_a_rule_is_broken_or_not(rule: RuleFact, lines: list[QuotedLine], written: bool, breaks: bool) -> None:
    assert bool(broken([rule], lines, written=written)) == breaks


def test_steps_are_reached_from_their_least_units_on() -> None:
    rule = RuleFact("tiers", "", (), steps=((10, 5), (25, 8)))
    assert [rule.step(units) for units in (0, 9, 10, 24, 25, 900)] == [0, 0, 5, 5, 8, 8]


def test_quotes_break_the_planted_rule_alone(org: GeneratedOrg) -> None:
    families = {each.id: each.family for each in org.latent.products}
    planted: Counter[str] = Counter()
    for quote in (each for deal in org.latent.deals for each in deal.quotes):
        lines = [QuotedLine(each.product, families[each.product], each.quantity, each.discount) for each in quote.lines]
        found = [each.key for each in broken(org.latent.rules, lines, written=quote.competing == "written")]
        assert found == ([quote.breach] if quote.breach else []), quote.number
        planted.update(found)
    for aspect, kinds in KINDS.items():
        own = [key for key in planted if key.partition("/")[0] in kinds]
        assert len(own) >= 10, aspect
        assert sum(planted[key] for key in own) >= 125, aspect


def test_won_deals_keep_to_the_rules_and_orders_have_the_quoted_prices(org: GeneratedOrg) -> None:
    for deal in org.latent.deals:
        if deal.order is not None:
            accepted = next(each for each in deal.quotes if each.status == "Accepted")
            assert accepted.breach is None
            assert [replace(each, id="") for each in accepted.lines] == [
                replace(each, id="") for each in deal.order.lines
            ]


def test_every_rule_has_an_article_of_its_own(org: GeneratedOrg) -> None:
    articles = {each.id: each for each in org.latent.articles}
    told = [*(rule.article for rule in org.latent.rules), *(each.article for each in org.latent.solutions)]
    assert len(set(told)) == len(told)
    assert all(articles[rule.article].audience == "internal" for rule in org.latent.rules)
    assert all(articles[each.article].audience == "public" for each in org.latent.solutions)


@pytest.mark.parametrize("kind", ["tiers", "offers", "limit", "exclusion", "bundle", "installation"])
def test_every_rule_is_worded_in_at_least_eight_ways(org: GeneratedOrg, kind: str) -> None:
    rule = next(each for each in org.latent.rules if each.kind == kind)
    names = {each.id: each.name for each in org.latent.products}
    told = {rule_page(org.latent.org_type, rule, names, draw=Draw(index)).body for index in range(60)}
    assert len(told) >= 50


@pytest.mark.parametrize("org_type", ["b2b", "b2c"])
@pytest.mark.parametrize("part", ["need_yes", "need_no", "money_customer", "who_yes", "who_no", "when_customer"])
def test_facts_of_leads_are_worded_in_at_least_eight_ways(org_type: str, part: str) -> None:
    slots = {"budget": "B", "days": "D"}
    assert len({grammar(f"{org_type}_calls").say(part, Draw(index), slots) for index in range(200)}) >= 8


@pytest.mark.parametrize("org_type", ["b2b", "b2c"])
def test_pairs_name_products_and_never_exclude_a_companion(org_type: OrgType) -> None:
    names = {each.name for each in products(org_type)}
    listed = pairs(org_type)
    assert names >= {name for _, _, *both in listed for name in both}
    foes = {frozenset(both) for kind, _, *both in listed if kind == "x"}
    assert foes.isdisjoint({frozenset(both) for kind, _, *both in listed if kind == "n"})


def test_offers_are_allowed_or_have_their_fault(org: GeneratedOrg) -> None:
    cases = {each.id: each for each in org.latent.cases}
    bought = {each.id: each.effective for each in org.latent.orders}
    listed = {each.issue: dict(each.remedies) for each in org.latent.solutions}
    faults: Counter[tuple[str, str | None]] = Counter()
    for offer in org.latent.offers:
        case = cases[offer.case]
        days = listed[case.issue].get(offer.remedy)
        if offer.fault == "unlisted":
            assert days is None
        else:
            assert days is not None
            late = [(day - bought[case.order]).days > days for day in (offer.first, offer.last)]
            assert late == [offer.fault == "expired"] * 2
        faults[offer.channel, offer.fault] += 1
    assert len(faults) == 6
    assert min(faults.values()) >= 20


def test_leads_fail_in_none_one_or_two_factors_by_their_figures(org: GeneratedOrg) -> None:
    prices = {each.id: each.price for each in org.latent.products}
    patterns: Counter[tuple[str, ...]] = Counter()
    for bant in org.latent.bants:
        price = sum(prices[product] * quantity for product, quantity in bant.basket)
        checks = (bant.budget >= price, bant.decides, bant.needs, bant.days >= bant.least_days)
        assert bant.fails == tuple(name for name, good in zip(FACTORS, checks, strict=True) if not good)
        assert abs(bant.budget - price) > 0.01 * price
        assert abs(bant.days - bant.least_days) >= 2
        patterns[bant.fails] += 1
    assert len(patterns) == 11
    assert min(patterns.values()) >= 10
