"""Pauses between attempts: doubled, spread, the same every time."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.errors import InfrastructureError
from convsim.models.retry import TransientError, pause, repeated, retry_after


@given(st.integers(0, 8), st.text(), st.floats(0.1, 10))
def test_pause_lies_in_its_range_and_never_changes(number, key, backoff):
    wait = pause(number, backoff=backoff, key=key)
    assert 0.75 * backoff * 2**number <= wait <= 1.25 * backoff * 2**number
    assert wait == pause(number, backoff=backoff, key=key)


def test_retry_after_as_number_date_and_nonsense():
    assert retry_after({"Retry-After": "2.5"}) == 2.5
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert retry_after({"retry-after": then}) == pytest.approx(60, abs=2)
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({"retry-after": "nan"}) is None
    assert retry_after({}) is None
    assert retry_after(None) is None
    assert pause(0, backoff=0.0, key="k", retry_after=4.0) == 4.0


async def test_attempts_are_numbered_and_end():
    seen = []

    async def attempt(number):
        seen.append(number)
        raise TransientError("busy")

    with pytest.raises(InfrastructureError, match=r"busy \(attempt 3 of 3\)"):
        await repeated(attempt, retries=2, backoff=0.0, longest_wait=1.0, key="k")
    assert seen == [0, 1, 2]
