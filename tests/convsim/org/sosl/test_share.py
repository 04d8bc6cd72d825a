"""Results spread over objects."""

from hypothesis import given
from hypothesis import strategies as st

from convsim.org.sosl.share import shares


def test_what_one_object_leaves_goes_to_the_others() -> None:
    assert shares([15, 25, 1], 20) == [10, 9, 1]
    assert shares([1, 1, 1], 20) == [1, 1, 1]
    assert shares([5, 5], 3) == [2, 1]
    assert shares([0, 9], 0) == [0, 0]


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 120))
def test_shares_are_even_and_waste_nothing(found: list[int], limit: int) -> None:
    kept = shares(found, limit)
    assert sum(kept) == min(limit, sum(found))
    assert all(0 <= some <= count for some, count in zip(kept, found, strict=True))
    most = max(kept, default=0)
    assert all(some >= most - 1 for some, count in zip(kept, found, strict=True) if some < count)
