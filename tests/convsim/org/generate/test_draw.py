"""Draws depend on their key alone; shares sum to what is shared."""

from hypothesis import given
from hypothesis import strategies as st

from convsim.org.generate.draw import Draw, Weights, ranked, shares, skewed


@given(st.integers(0, 500), st.lists(st.floats(0.01, 10), min_size=1, max_size=40), st.integers(0, 2))
def test_shares_sum_to_the_total_and_keep_the_least(total: int, weights: list[float], least: int) -> None:
    total = max(total, least * len(weights))
    found = shares(total, weights, least=least)
    assert sum(found) == total
    assert min(found) >= least


def test_shares_follow_the_weights() -> None:
    assert shares(10, [3.0, 1.0, 1.0]) == [6, 2, 2]


@given(st.integers(), st.integers(1, 30))
def test_ranked_is_a_permutation(seed: int, size: int) -> None:
    assert sorted(ranked(range(size), seed, "order")) == list(range(size))


def test_a_draw_depends_on_every_part_of_its_key_and_on_nothing_else() -> None:
    first = Draw("b2b", 0, "case", 1)
    assert first.unit("x") == Draw("b2b", 0, "case", 1).unit("x")
    others = [
        Draw("b2c", 0, "case", 1),
        Draw("b2b", 1, "case", 1),
        Draw("b2b", 0, "deal", 1),
        Draw("b2b", 0, "case", 2),
    ]
    assert len({first.unit("x"), first.unit("y"), *(each.unit("x") for each in others)}) == 6


@given(st.integers())
def test_between_and_tail_stay_in_their_range(seed: int) -> None:
    draw = Draw(seed)
    assert 3 <= draw.between(3, 7, "n") <= 7
    assert 0.05 <= draw.tail("t") <= 11.0


def test_tail_is_long() -> None:
    factors = sorted(Draw(0, index).tail("t") for index in range(4000))
    mean = sum(factors) / len(factors)
    assert mean > 1.5 * factors[2000]


def test_weights_choose_in_proportion() -> None:
    weights = Weights("ab", [3.0, 1.0])
    chosen = [weights.index(Draw(0, index).unit("w")) for index in range(4000)]
    assert 0.22 < sum(chosen) / 4000 < 0.28


def test_skewed_weights_fall() -> None:
    found = skewed(5, fall=0.5)
    assert found == sorted(found, reverse=True)
    assert found[0] == 1.0
