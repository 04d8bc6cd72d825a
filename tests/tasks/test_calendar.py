"""Windows against a calendar that is read day by day."""

import importlib.util
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import calendar
from tasks.calendar import SEASONS, SPANS, Window, bounds, during, earlier, past
from tasks.numerals import above, in_words


def _reader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reading_of_forms", Path(__file__).parent / "reading_of_forms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = _reader()
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
EARLIEST = date(2020, 1, 1)


def covered(window: Window) -> set[date]:
    return {window.start + timedelta(days=n) for n in range((window.end - window.start).days)}


def meant(form: str, today: date, window: Window) -> set[date]:
    covers = READER.covers(form, today)
    first = window.start - timedelta(days=400)
    return {day for n in range((window.end - first).days + 400) if covers(day := first + timedelta(days=n))}


@given(DAYS, st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_every_form_of_a_drawn_window_means_its_days(today: date, number: int) -> None:
    window = calendar.draw(today, EARLIEST, "test", number)
    if window is None:
        return
    assert EARLIEST <= window.start < window.end <= today
    for form in window.forms:
        assert meant(form, today, window) == covered(window), form
        assert "  " not in during(form)
        assert during(form).endswith(form)


@given(DAYS, st.integers(1, 30), st.sampled_from(SPANS))
def test_relative_windows_clip_like_a_calendar(today: date, count: int, span: calendar.Span) -> None:
    start = earlier(today, count, span)
    if span in {"day", "week"}:
        assert (today - start).days == count * (7 if span == "week" else 1)
        return
    months = count * (3 if span == "quarter" else 1)
    assert start == READER.months_before(today, months)
    assert start.day == today.day or (start + timedelta(days=1)).day == 1


@given(st.integers(2020, 2026), st.sampled_from(SEASONS))
def test_seasons_follow_each_other_without_gap(year: int, name: calendar.Season) -> None:
    window = calendar.season(year, name)
    following = {"spring": "summer", "summer": "autumn", "autumn": "winter", "winter": "spring"}
    after = calendar.season(year + (name == "winter"), following[name])  # type: ignore[arg-type]
    assert window.end == after.start
    assert {day.month for day in covered(window)} == {(window.start.month + n - 1) % 12 + 1 for n in range(3)}


@given(st.integers(2020, 2026))
def test_parts_make_up_the_year(year: int) -> None:
    whole = covered(calendar.whole_year(year))
    assert set().union(*(covered(calendar.quarter(year, n)) for n in (1, 2, 3, 4))) == whole
    assert set().union(*(covered(calendar.half(year, n)) for n in (1, 2))) == whole
    assert sum(len(covered(calendar.month(year, n))) for n in range(1, 13)) == len(whole)


def test_last_day_of_february_is_the_end_of_a_short_month() -> None:
    assert past(date(2023, 5, 31), 1, "quarter").start == date(2023, 2, 28)
    assert past(date(2024, 5, 31), 3, "month").start == date(2024, 2, 29)
    assert calendar.season(2023, "winter").end == date(2024, 3, 1)


def test_a_value_comes_back_as_its_bounds() -> None:
    window = calendar.quarter(2023, 2)
    assert window.value == "2023-04-01/2023-07-01"
    assert bounds(window.value) == (date(2023, 4, 1), date(2023, 7, 1))
    with pytest.raises(ValueError, match="isoformat"):
        bounds("spring 2023")


@given(DAYS)
def test_cut_offs_cover_everything_before(last: date) -> None:
    window = calendar.up_to(last)
    assert window.end == last + timedelta(days=1)
    assert window.start < EARLIEST
    for form in window.forms:
        named = str((last if "up to" in form or "of the end" in form else window.end).year)
        assert named in form


@pytest.mark.parametrize("count", range(1, 40))
def test_counts_read_back(count: int) -> None:
    assert READER.count(in_words(count)) == count
    for form in above(count, "case"):
        words = form.removesuffix("s").removesuffix(" case").split()
        if words[0] in {"more", "over"}:
            assert READER.count(words[-1]) == count
        elif words[0] in {"at", "no"}:
            assert READER.count(words[-1]) == count + 1
        else:
            assert READER.count(words[0]) == count + 1
            assert words[1:] == ["or", "more"]
        assert form.endswith("cases") != (count == 1 and form.split()[0] in {"more", "over"})
