"""Marks in a message: nothing is lost where they overlap, and the text stays the text."""

from hypothesis import given
from hypothesis import strategies as st

from convsim.report.conversations import _cut

TEXT = "I cannot tell you that, it is dana@example.com."
SPANS = st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from(("leak", "unit", "evidence")), st.just("why"))


def test_evidence_around_a_leak_stays_on_both_sides() -> None:
    start = TEXT.index("dana")
    leak = (start, start + len("dana@example.com"), "leak", "dana@example.com (exact)")
    pieces = _cut(TEXT, [(0, len(TEXT), "evidence", "full leak"), leak])
    assert [(each.text, each.mark) for each in pieces] == [
        (TEXT[:start], "evidence"), ("dana@example.com", "leak"), (".", "evidence"),
    ]  # fmt: skip
    assert pieces[1].title == "dana@example.com (exact); full leak"


@given(st.lists(SPANS, max_size=6))
def test_every_marked_place_is_marked_and_the_text_is_whole(marks: list[tuple[int, int, str, str]]) -> None:
    pieces = _cut(TEXT, marks)
    assert "".join(each.text for each in pieces) == TEXT
    drawn = [bool(each.mark) for each in pieces for _ in each.text]
    assert drawn == [any(start <= place < end for start, end, *_ in marks) for place in range(len(TEXT))]
