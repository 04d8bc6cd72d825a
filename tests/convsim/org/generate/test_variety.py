"""Texts of a kind differ by more than names and numbers, and every kind of fact has many wordings."""

import pytest

from convsim.org.generate.build import GeneratedOrg
from convsim.org.generate.content import grammar
from convsim.org.generate.draw import Draw
from convsim.org.generate.grammar import Grammar
from convsim.org.generate.variety import NAMES, TEXTS, WORDINGS, Mask, near_copies, variety, wordings


@pytest.fixture(scope="session")
def masks(orgs: dict[str, GeneratedOrg]) -> dict[str, Mask]:
    return {
        name: Mask(org.latent.org_type, [row.get(field) or "" for sobject, field in NAMES for row in org.rows[sobject]])
        for name, org in orgs.items()
    }


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_a_kind_are_varied(org: GeneratedOrg, masks: dict[str, Mask], kind: str) -> None:
    sobject, field = TEXTS[kind]
    mask = masks[org.latent.org_type]
    found = variety(mask.form(row[field]) for row in org.rows[sobject] if row.get(field))
    assert found.long + found.notes > 100
    assert found.varied, found


@pytest.mark.parametrize("org_type", ["b2b", "b2c"])
def test_every_kind_of_fact_has_eight_wordings(org_type: str) -> None:
    few = [(name, number) for name, number in wordings(org_type) if number < WORDINGS]  # type: ignore[arg-type]
    assert few == []


def test_who_and_how_much_do_not_make_a_form(orgs: dict[str, GeneratedOrg], masks: dict[str, Mask]) -> None:
    one, other = (contact.name for contact in orgs["b2b"].latent.contacts[:2])
    form = masks["b2b"].form
    assert form(f"{one} wants 12 units of the Relay 5 Gateway by May 3.") == form(
        f"{other} wants two units of the Plumb Leak Sensor by May 10."
    )
    assert form("Our label printer is silent") == form("Our gate reader is silent")
    assert form("The price is too high") != form("The price is too low")


def test_near_copies_are_those_with_most_grams_in_common() -> None:
    text = [f"w{place}" for place in range(60)]
    late = [*text[:57], "x", "y", "z"]
    apart = [*text[:40], *(f"v{place}" for place in range(20))]
    assert near_copies([text, text, apart]) == 2
    assert near_copies([text, late]) == 2
    assert near_copies([text, apart]) == 0
    assert near_copies([]) == 0


def test_a_count_of_wordings_is_that_of_the_texts() -> None:
    rules = {"all": ["{a|b {c|d}|} <part> [slot]", "e"], "part": ["{f|g}", "h"]}
    words = Grammar("counted", rules)
    said = {words.raw("all", Draw("test", number), {"slot": "s"}) for number in range(2000)}
    assert words.wordings("all") == len(said) == 13
    assert grammar("insights").wordings("praise") >= WORDINGS
