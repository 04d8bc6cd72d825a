"""Values in all their forms."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.reading.periods import keys_of, wording
from convsim.reading.tokens import tokenise
from convsim.reading.values import find_ids, find_values
from convsim.records.task import Unit

WINDOW = Unit(name="window", value="2023-04-01/2023-07-01", forms=("Q2 2023", "the second quarter of 2023"))
RELATIVE = Unit(name="window", value="2024-06-20/2024-09-20", forms=("the past three months",))
MINIMUM = Unit(name="minimum_cases", value=5, forms=("more than five cases",))
RECORD = Unit(name="record", value="500AB0000012345AAA", forms=("500AB0000012345AAA",))
REGION = Unit(name="region", value="OR", forms=("Oregon",))
BOUGHT = Unit(name="purchase_date", value="2024-03-12", forms=("three weeks ago", "21 days ago"))
TEXT = Unit(
    name="description",
    value="Battery: drains",
    forms=("The battery of the new router drains within two hours after every update.",),
)
PRODUCT = Unit(name="product", value="Meridian 40 router", forms=("the Meridian 40 router",))


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (WINDOW, "I mean Q2 2023"),
        (WINDOW, "2nd quarter of 2023"),
        (WINDOW, "from April 1st, 2023 through June 30, 2023"),
        (WINDOW, "1 April to 30 June 2023"),
        (WINDOW, "2023-04-01 to 2023-07-01"),
        (WINDOW, "04/01/2023 - 06/30/2023"),
        (WINDOW, "April to June 2023"),
        (WINDOW, "SECOND\u2011QUARTER  of\u00a02023"),
        (RELATIVE, "over the last 3 months"),
        (RELATIVE, "the previous quarter"),
        (MINIMUM, "at least six cases"),
        (MINIMUM, "over 5"),
        (MINIMUM, "6 or more"),
        (RECORD, "it is 500AB0000012345, I think"),
        (REGION, "somewhere in OREGON"),
        (REGION, "they're in OR."),
        (BOUGHT, "on 12 March 2024"),
        (BOUGHT, "twenty-one days ago"),
        (BOUGHT, "March 12th, 2024"),
        (TEXT, "After every update the router battery drains within 2 hours"),
        (PRODUCT, "the Meridian\u200b forty router"),
    ],
)
def test_is_told(unit, text):
    found = find_values(text, [unit])
    assert {each.unit for each in found} == {unit.name}
    assert 0 <= found[0].start < found[0].end <= len(text)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (WINDOW, "Q3 2023 or Q2 2022"),
        (WINDOW, "April 1, 2023"),
        (RELATIVE, "the past three weeks"),
        (MINIMUM, "more than 5 days"),
        (MINIMUM, "more than six cases"),
        (RECORD, "500AB0000054321AAA"),
        (REGION, "this OR that, either or".lower()),
        (BOUGHT, "two weeks ago, on 13 March 2024"),
        (TEXT, "The battery is fine."),
        (PRODUCT, "the Meridian 41 router"),
    ],
)
def test_is_not_told(unit, text):
    assert find_values(text, [unit]) == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 500))
def test_every_window_is_read_as_it_is_worded(first, days):
    window = f"{first}/{first + timedelta(days=days)}"
    assert window in keys_of(wording(window))


@given(st.text())
def test_words_know_where_they_stand(text):
    tokens = tokenise(text)
    assert len(tokens.starts) == len(tokens.ends) == len(tokens.places)
    for start, end, place in zip(tokens.starts, tokens.ends, tokens.places, strict=True):
        assert 0 <= start < end <= len(text)
        assert tokens.span(place, place + 1) == (start, end)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    for each in find_values(text, [WINDOW, MINIMUM, RECORD, REGION, TEXT]):
        assert 0 <= each.start < each.end <= len(text)


def test_ids_have_fifteen_or_eighteen_characters_and_a_digit():
    assert find_ids("005000000000001, 005000000000001AAA, troublesomeness") == ("005000000000001", "005000000000001AAA")
