"""Ids are valid, unique, repeatable and not sequential to the eye."""

from convsim.org.generate.mint import Mint
from convsim.org.ids import normal_id


def test_ids() -> None:
    mint = Mint("b2b", 0)
    made = [mint.make("500", index) for index in range(3000)]
    assert len(set(made)) == 3000
    assert all(len(each) == 18 and each.startswith("500") and normal_id(each) == each for each in made)
    assert made != sorted(made)
    again = Mint("b2b", 0)
    assert [again.make("500", index) for index in range(50)] == made[:50]
    assert Mint("b2b", 1).make("500", 0) != made[0]
