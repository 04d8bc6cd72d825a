"""The grammar words choices, slots and rules; every data file can be worded completely."""

import re
from functools import cache
from typing import Any

import pytest

from convsim.org.generate import content
from convsim.org.generate.content import DATA, grammar, issues, products
from convsim.org.generate.draw import Draw
from convsim.org.generate.grammar import Grammar, article, count, tidy
from convsim.org.generate.texts.phrases import slots_by_name


@cache
def inflections() -> Any:
    """Return the oracle; its import takes a second, which only the process that needs it pays."""
    from inflect import engine

    return engine()


def test_choices_slots_and_rules() -> None:
    said = Grammar("t", {"all": ["{hello|hello} [who], <end>"], "end": ["bye."]})
    assert said.say("all", Draw(0), {"who": "Ana"}) == "Hello Ana, bye."


def test_every_alternative_is_reached() -> None:
    said = Grammar("t", {"all": ["{a|b{c|d}}", "e"]})
    assert {said.say("all", Draw(index), {}) for index in range(200)} == {"A", "Bc", "Bd", "E"}


def test_another_choice_leaves_the_others_as_they_are() -> None:
    one = Grammar("t", {"all": ["{a|b|c} {d|e|f}"]})
    two = Grammar("t", {"all": ["{a|b|c} {d|e|f} {g|h}"]})
    for index in range(40):
        assert two.say("all", Draw(index), {}).startswith(one.say("all", Draw(index), {}))


@pytest.mark.parametrize("text", ["{a|b", "a}", "[two words]", "<Rule>"])
def test_mistakes_are_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"rule all\.0"):
        Grammar("t", {"all": [text]})


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a  b .  c", "A b. C"),
        ("a~ hour", "An hour"),
        ("take a~ unit", "Take a unit"),
        ("take a~ asset tag", "Take an asset tag"),
        ("one.\n\ntwo", "One.\n\nTwo"),
        ("really ? yes", "Really? Yes"),
        ("about 1.5 meters", "About 1.5 meters"),
    ],
)
def test_tidy(raw: str, clean: str) -> None:
    assert tidy(raw) == clean


def test_articles_are_those_of_inflect() -> None:
    words = {plan.kind.split()[0] for org in ("b2b", "b2c") for plan in products(org)}
    words |= {line.split("|")[0].lower() for line in content.blocks("firms.txt")["tail"]}
    words |= {"hour", "unit", "used", "honest", "old", "university", "European", "office"}
    wanted = inflections()
    assert {word: article(word) for word in words} == {word: wanted.a(word).split()[0] for word in words}


def test_count_has_the_plural_of_inflect() -> None:
    wanted = inflections()
    for noun in ("unit", "license"):
        assert count(2, noun) == f"2 {wanted.plural(noun)}"
        assert count(1, noun) == f"1 {noun}"


@pytest.mark.parametrize(
    "name",
    ["b2b_cases", "b2c_cases", "b2b_talk", "b2c_talk", "b2b_records", "b2c_records", "b2b_calls", "b2c_calls", "rules"],
)
def test_rules_that_are_named_exist(name: str) -> None:
    text = (DATA / f"{name}.txt").read_text("utf-8")
    assert [rule for rule in re.findall(r"<([a-z_0-9]+)>", text) if rule not in grammar(name)] == []


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_every_issue_is_told_in_at_least_eight_ways_for_every_product_that_can_have_it(org: str) -> None:
    said = grammar(f"{org}_cases")
    for issue in issues(org):
        fitting = [plan for plan in products(org) if issue.tag in plan.tags]
        assert fitting, issue.name
        slots = {**slots_by_name(org)[fitting[0].name], "order": "7", "first": "A", "name": "A B", "city": "C"}
        slots["account"] = "D"
        told = {said.say(f"sym_{issue.key}", Draw(index), slots) for index in range(200)}
        assert len(told) >= 8, issue.name


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_every_attribute_is_stated_in_at_least_eight_ways(org: str) -> None:
    for plan in content.attributes(org):
        fitting = next(each for each in products(org) if plan.tag in each.tags)
        slots = {**slots_by_name(org)[fitting.name], "S": "the thing", "value": "X"}
        told = {plan.say(Draw(index), slots) for index in range(300)}
        assert len(told) >= 7, plan.name
        assert all("X" in sentence for sentence in told), plan.name


def test_tags_name_products_that_exist() -> None:
    for org in ("b2b", "b2c"):
        names = {plan.name for plan in products(org)}
        for line in (DATA / f"{org}_tags.txt").read_text("utf-8").splitlines():
            assert set(line.split(": ", 1)[1].split("; ")) <= names
