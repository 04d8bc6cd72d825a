"""What the learned reader sees of a message."""

import pytest

from convsim.reading.concepts import mentions
from convsim.reading.features import asking_parts, part_features
from convsim.reading.frames import parts
from convsim.reading.linear import Linear


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("I found two orders. Which one do you mean?", (False, True)),
        ("Bitte Angebots-ID nachreichen.", (True,)),
        ("Two points are still open: the dates and the region.", (True,)),
        ("The agent is 005AB0000012345AAA.", (False,)),
        ("Falta saber el periodo y el estado", (True,)),
    ],
)
def test_parts_that_ask_are_told_with_and_without_a_mark(text, asking):
    assert asking_parts(text) == asking


def places(text):
    (part,) = parts(text)
    return {each for each in part_features(text, part, asks=True) if each.startswith("A:")}


def test_what_is_asked_is_told_from_what_goes_with_it():
    assert "A:which:region" in places("Which region?")
    assert "A:of:region" in places("What period for the region?")
    assert {"A:of or:priceval", "A:or:partsval"} <= places("I wonder about discount or quantities.")


def test_french_nouns_are_found_behind_their_article():
    (date,) = [each for each in mentions("le jour de l'achat") if "buy" in each.concepts]
    assert (date.start, date.end) == (13, 18)


def test_a_linear_model_sums_its_weights():
    weighed = Linear({"a": 0.5, "b": -1.0})
    weighed.add("x", {"a": 1.0})
    weighed.add("y", {"a": -2.0, "b": 3.0})
    assert weighed.scores(["x", "y", "z"]) == {"a": -0.5, "b": 2.0}
    assert weighed.weight("a", ["x", "y", "z"]) == -1.0
