"""Wrong values are plausible, fit the wording, and are wrong."""

import pytest

from convsim.records.task import Unit
from convsim.users.slips import slip_of


@pytest.mark.parametrize(
    ("form", "rival", "said"),
    [
        ("more than five cases", 2, "more than two cases"),
        ("more than 5 cases", 2, "more than 2 cases"),
        ("6 or more cases", 2, "3 or more cases"),
        ("six or more cases", 0, "one or more cases"),
        ("at least six cases", 0, "at least one case"),
        ("more than five cases", 0, None),
        ("more than five cases", 40, "more than 40 cases"),
        ("quite a few cases", 3, None),
    ],
)
def test_counts(form, rival, said):
    assert slip_of(Unit(name="minimum_cases", value=5, forms=(form,), rival=rival), form) == said


@pytest.mark.parametrize(
    ("name", "rival", "form", "said"),
    [
        ("window", "2023-07-01/2023-10-01", "Q2 2023", "Q3 2023"),
        ("window", "1970-01-01/2024-04-01", "Q2 2023", None),
        ("window", "no window", "Q2 2023", None),
        ("direction", "highest", "the lowest", "the highest"),
        ("metric", "transfer_count", "average handle time", "the transfer count"),
        ("product", "Pinnacle 12 switch", "our Meridian 40 router", "our Pinnacle 12 switch"),
        ("product", "Pinnacle Watch", "Meridian Manager", "Pinnacle Watch"),
        ("region", "TX", "Oregon", "Texas"),
        ("region", "nowhere", "Oregon", None),
        ("product", "Pinnacle 12 switch", "the Meridian 40 router", "the Pinnacle 12 switch"),
        ("description", "something else", "It is broken.", None),
        ("window", None, "Q2 2023", None),
    ],
)
def test_other_values(name, rival, form, said):
    assert slip_of(Unit(name=name, value="x", forms=(form,), rival=rival), form) == said
