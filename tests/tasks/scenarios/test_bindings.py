"""Units in queries: values are quoted, quoted text is left alone, whatever the value holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.org.org import Org
from tasks.written.bindings import UnboundError, bound, filled

WINDOW = {"window": "2024-04-01/2024-07-01"}


def test_windows_are_bound_as_instants_or_days() -> None:
    query = "SELECT Id FROM Case WHERE CreatedDate >= :window.start AND CreatedDate < :window.end"
    assert filled(query, WINDOW).endswith("CreatedDate >= 2024-04-01T00:00:00Z AND CreatedDate < 2024-07-01T00:00:00Z")
    assert filled("A >= :window.start_day AND A < :window.end_day", WINDOW) == "A >= 2024-04-01 AND A < 2024-07-01"
    assert bound(query) == (("window", "start"), ("window", "end"))


def test_directions_are_orders_and_counts_are_numbers() -> None:
    values = {"direction": "lowest", "minimum_cases": 5}
    assert filled("HAVING COUNT(Id) > :minimum_cases ORDER BY A :direction.order", values).endswith(
        "> 5 ORDER BY A ASC"
    )


def test_quoted_text_and_instants_are_left_alone() -> None:
    query = (
        r"SELECT Id FROM Case WHERE Subject = 'at 12:window o\'clock :product' AND CreatedDate > 2024-01-01T00:00:00Z"
    )
    assert filled(query, {}) == query


def test_a_unit_without_a_value_is_told() -> None:
    with pytest.raises(UnboundError) as error:
        filled("WHERE Name = :product", {})
    assert error.value.unit == "product"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40))
def test_any_value_stands_for_itself_only(value: str) -> None:
    query = filled("SELECT Id FROM Account WHERE Name = :customer AND Name != null", {"customer": value})
    assert Org.generated("b2b").connect().query(query)["totalSize"] == 0
