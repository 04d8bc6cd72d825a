"""Date literals as ranges of days, by hand from the vendor's page, and at the edges of the calendar."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.errors import ConfigError
from convsim.org.local import local_time
from convsim.org.soql.clock import SessionClock, wire
from convsim.org.soql.literals import moment_value
from convsim.org.soql.periods import COUNTED_FORMULAS, FORMULAS, period

# Wednesday, 2024-05-15 for the user, though Thursday in UTC
CLOCK = SessionClock(now=datetime(2024, 5, 16, 2, 0, tzinfo=UTC), time_zone="America/New_York", fiscal_month=4)

KNOWN = {
    "TODAY": ("2024-05-15", "2024-05-16"),
    "YESTERDAY": ("2024-05-14", "2024-05-15"),
    "TOMORROW": ("2024-05-16", "2024-05-17"),
    "THIS_WEEK": ("2024-05-12", "2024-05-19"),
    "LAST_WEEK": ("2024-05-05", "2024-05-12"),
    "NEXT_WEEK": ("2024-05-19", "2024-05-26"),
    "THIS_MONTH": ("2024-05-01", "2024-06-01"),
    "LAST_MONTH": ("2024-04-01", "2024-05-01"),
    "NEXT_MONTH": ("2024-06-01", "2024-07-01"),
    "LAST_90_DAYS": ("2024-02-15", "2024-05-16"),
    "NEXT_90_DAYS": ("2024-05-16", "2024-08-14"),
    "THIS_QUARTER": ("2024-04-01", "2024-07-01"),
    "LAST_QUARTER": ("2024-01-01", "2024-04-01"),
    "NEXT_QUARTER": ("2024-07-01", "2024-10-01"),
    "THIS_YEAR": ("2024-01-01", "2025-01-01"),
    "LAST_YEAR": ("2023-01-01", "2024-01-01"),
    "NEXT_YEAR": ("2025-01-01", "2026-01-01"),
    "THIS_FISCAL_QUARTER": ("2024-04-01", "2024-07-01"),
    "LAST_FISCAL_QUARTER": ("2024-01-01", "2024-04-01"),
    "NEXT_FISCAL_QUARTER": ("2024-07-01", "2024-10-01"),
    "THIS_FISCAL_YEAR": ("2024-04-01", "2025-04-01"),
    "LAST_FISCAL_YEAR": ("2023-04-01", "2024-04-01"),
    "NEXT_FISCAL_YEAR": ("2025-04-01", "2026-04-01"),
    "LAST_N_DAYS:3": ("2024-05-12", "2024-05-16"),
    "LAST_N_DAYS:0": ("2024-05-15", "2024-05-16"),
    "NEXT_N_DAYS:3": ("2024-05-16", "2024-05-19"),
    "N_DAYS_AGO:2": ("2024-05-13", "2024-05-14"),
    "LAST_N_WEEKS:2": ("2024-04-28", "2024-05-12"),
    "NEXT_N_WEEKS:2": ("2024-05-19", "2024-06-02"),
    "N_WEEKS_AGO:2": ("2024-04-28", "2024-05-05"),
    "LAST_N_MONTHS:2": ("2024-03-01", "2024-05-01"),
    "NEXT_N_MONTHS:2": ("2024-06-01", "2024-08-01"),
    "N_MONTHS_AGO:2": ("2024-03-01", "2024-04-01"),
    "LAST_N_QUARTERS:2": ("2023-10-01", "2024-04-01"),
    "N_QUARTERS_AGO:2": ("2023-10-01", "2024-01-01"),
    "NEXT_N_QUARTERS:1": ("2024-07-01", "2024-10-01"),
    "LAST_N_YEARS:2": ("2022-01-01", "2024-01-01"),
    "N_YEARS_AGO:2": ("2022-01-01", "2023-01-01"),
    "NEXT_N_YEARS:1": ("2025-01-01", "2026-01-01"),
    "LAST_N_FISCAL_QUARTERS:1": ("2024-01-01", "2024-04-01"),
    "N_FISCAL_QUARTERS_AGO:1": ("2024-01-01", "2024-04-01"),
    "NEXT_N_FISCAL_QUARTERS:1": ("2024-07-01", "2024-10-01"),
    "LAST_N_FISCAL_YEARS:1": ("2023-04-01", "2024-04-01"),
    "N_FISCAL_YEARS_AGO:1": ("2023-04-01", "2024-04-01"),
    "NEXT_N_FISCAL_YEARS:1": ("2025-04-01", "2026-04-01"),
}


def test_all_formulas_are_known() -> None:
    assert {each.split(":")[0] for each in KNOWN} == FORMULAS | COUNTED_FORMULAS


@pytest.mark.parametrize("formula", KNOWN)
def test_ranges(formula: str) -> None:
    name, _, count = formula.partition(":")
    start, end = period(name, int(count) if count else None, CLOCK)
    assert (start.isoformat(), end.isoformat()) == KNOWN[formula]


def test_weeks_begin_where_the_locale_says() -> None:
    monday = SessionClock(now=datetime(2024, 5, 19, 12, tzinfo=UTC), time_zone="UTC", week_start=0)
    assert period("THIS_WEEK", None, monday) == (date(2024, 5, 13), date(2024, 5, 20))


@given(st.sampled_from(sorted(COUNTED_FORMULAS)), st.integers(0, 999_999_999))
def test_no_number_leaves_the_calendar(name: str, count: int) -> None:
    start, end = period(name, count, CLOCK)
    assert date.min <= start <= end <= date.max
    assert CLOCK.midnight(start) <= CLOCK.midnight(end)


def test_days_begin_at_the_users_midnight() -> None:
    assert CLOCK.midnight(date(2024, 5, 15)) == "2024-05-15T04:00:00.000+0000"
    assert CLOCK.midnight(date(2024, 1, 15)) == "2024-01-15T05:00:00.000+0000"
    gap = SessionClock(now=CLOCK.now, time_zone="America/Santiago")
    assert gap.midnight(date(2023, 9, 3)) == "2023-09-03T04:00:00.000+0000"


@pytest.mark.parametrize(
    ("kind", "written", "stored"),
    [
        ("datetime", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000+0000"),
        ("datetime", "2024-01-01T00:00:00.5+05:30", "2023-12-31T18:30:00.500+0000"),
        ("datetime", "2024-01-01T10:00-0800", "2024-01-01T18:00:00.000+0000"),
        ("datetime", "0001-01-01T00:00:00+05:00", None),
        ("datetime", "2024-13-01T00:00:00Z", None),
        ("datetime", "2024-01-01T25:00:00Z", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "2023-02-29", None),
        ("time", "09:30:00Z", "09:30:00.000Z"),
        ("time", "09:30:00.25+02:00", "07:30:00.250Z"),
    ],
)
def test_moments(kind: str, written: str, stored: str | None) -> None:
    assert moment_value(kind, written) == stored


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "America/St_Johns", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Chatham"]),
)
def test_local_time(moment: datetime, zone: str) -> None:
    local = moment.astimezone(SessionClock(now=moment, time_zone=zone).zone)
    assert local_time(wire(moment), zone) == local.strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"now": datetime(2024, 1, 1)}, "no time zone"),
        ({"time_zone": "Mars/Olympus"}, "unknown time zone 'Mars/Olympus'"),
        ({"fiscal_month": 13}, "fiscal month 13"),
        ({"week_start": 7}, "week start 7"),
    ],
)
def test_clocks_that_cannot_be(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        SessionClock(**{"now": CLOCK.now, **wrong})  # type: ignore[arg-type]
