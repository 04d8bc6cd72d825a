"""named_entity_disambiguation: counting back to the day of a purchase, and reading a vague description."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.roles import Task
from tasks.families.named_entity_disambiguation.ago import drawn
from tasks.families.named_entity_disambiguation.reading import meant

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Build = Callable[[str, str], Sequence[Task]]
DAYS = {"day": 1, "week": 7, "month": 30}


@given(st.integers(0, 2000), st.integers())
def test_offsets_fit_and_their_forms_count_the_same_days(most: int, key: int) -> None:
    ago = drawn(most, key)
    assert ago is None or 2 <= ago.days <= most
    for form in () if ago is None else ago.forms:
        digits = form.removeprefix("exactly ").split(" ")
        if digits[0].isdigit():
            assert int(digits[0]) * DAYS[digits[1].rstrip("s")] == ago.days  # type: ignore[union-attr]


@pytest.mark.parametrize("org", ["b2b", "b2c"])
def test_days_away_by_one_give_no_product(built: Build, clients: "Callable[[str], Salesforce]", org: str) -> None:
    for task in built("named_entity_disambiguation", org)[:4]:
        told = {unit.name: unit.value for unit in task.record.units}
        day = date.fromisoformat(str(told["purchase_date"]))
        early, late = (
            task.solve(clients(org), {**told, "purchase_date": str(day + timedelta(off))}) for off in (-1, 1)
        )
        assert () in (early, late)


def test_a_tie_means_nothing_and_rare_words_weigh_more() -> None:
    texts = {"a": "A lamp with a green shade.", "b": "A lamp with a brass foot.", "c": "A kettle."}
    assert meant("the lamp with the brass foot", texts) == "b"
    assert meant("the lamp", texts) is None
    assert meant("some spoons", texts) is None
