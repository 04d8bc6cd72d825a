"""How fast a provider is called, and what the account of a run says."""

import asyncio
import time

import pytest
from autogen_core.models import UserMessage

from convsim.models import open_client
from convsim.models.pace import Bucket, Pace
from convsim.models.prices import price
from convsim.models.traffic import Account, Rates, Traffic, counted, flowing
from convsim.records.transcript import Usage

HELLO = [UserMessage(content="Hi", source="user")]


async def begun(pace: Pace, calls: int, *, tokens: int = 1) -> list[float]:
    """The seconds after which each of the calls began."""
    start = time.monotonic()
    times: list[float] = []

    async def call() -> None:
        async with pace.turn(tokens):
            times.append(time.monotonic() - start)

    await asyncio.gather(*(call() for _ in range(calls)))
    return times


async def test_requests_a_minute_are_spread_evenly() -> None:
    times = await begun(Pace(requests=1200), 25)
    # A bucket of one second's worth (20) goes at once, the rest at 20 a second.
    assert times[19] < 0.05
    assert times[20:] == pytest.approx([0.05, 0.10, 0.15, 0.20, 0.25], abs=0.03)


async def test_tokens_a_minute_count_what_was_really_taken() -> None:
    pace = Pace(tokens=6000)
    assert (await begun(pace, 1, tokens=100))[0] < 0.02
    pace.succeeded(expected=100, tokens=120)
    (waited,) = await begun(pace, 1, tokens=10)
    assert waited == pytest.approx(0.3, abs=0.05)


def test_an_amount_above_the_capacity_waits_for_a_full_bucket_and_no_longer() -> None:
    bucket = Bucket(600)
    assert bucket.wait(1000) == 0
    bucket.take(1000)
    assert bucket.wait(1) == pytest.approx(99.1, abs=0.1)


def test_a_long_pause_is_told_once_with_its_provider() -> None:
    told: list[tuple[str, float]] = []
    traffic = Traffic(Account(), Rates(), paused=lambda provider, seconds: told.append((provider, round(seconds))))
    for wish in (None, 2.0, 500.0, 500.0, 3.0):
        traffic.pace("openai").refused(wish)
    assert told == [("openai", 500)]


async def test_a_refusal_pauses_everybody_and_halves_what_is_in_flight() -> None:
    pace = Pace()
    flying = peak = 0

    async def call(*, refused: bool) -> None:
        nonlocal flying, peak
        async with pace.turn(1):
            flying += 1
            peak = max(peak, flying)
            await asyncio.sleep(0.01)
            flying -= 1
            if refused:
                pace.refused(0.1)
        if not refused:
            pace.succeeded(expected=1, tokens=1)

    await asyncio.gather(*(call(refused=True) for _ in range(8)))
    assert peak == 8
    peak, start = 0, time.monotonic()
    await asyncio.gather(*(call(refused=False) for _ in range(4)))
    assert time.monotonic() - start >= 0.09
    assert peak == 4
    peak = 0
    await asyncio.gather(*(call(refused=False) for _ in range(40)))
    assert 4 < peak < 12


async def test_calls_begin_in_the_order_in_which_they_ask() -> None:
    pace = Pace(requests=60 * 200)
    order: list[int] = []

    async def call(number: int) -> None:
        async with pace.turn(1):
            order.append(number)

    await asyncio.gather(*(call(number) for number in range(210)))
    assert order == list(range(210))


async def test_a_429_slows_all_calls_of_the_run_and_none_is_lost(model_server, monkeypatch) -> None:
    model_server.script(model_server.status(429, retry_after=0.3), "Hello")
    client = open_client("openai/any", base_url=model_server.url, args={"backoff": 0.001})
    traffic = Traffic(Account(), Rates())
    with flowing(traffic):
        first = asyncio.ensure_future(client.create(HELLO))
        while traffic.pace("openai")._window is None:
            await asyncio.sleep(0.001)
        start = time.monotonic()
        assert (await client.create(HELLO)).content == "Hello"
        assert time.monotonic() - start > 0.05
        assert (await first).content == "Hello"
    assert traffic.account.usage.calls == 2
    assert traffic.account.usage.retries == 1


async def test_a_run_counts_every_call_and_each_part_its_own() -> None:
    totals: list[int] = []
    whole = Account(told=lambda usage: totals.append(usage.calls))
    client = open_client("scripted/echo")

    async def part(calls: int) -> Usage:
        with counted() as account:
            for _ in range(calls):
                await client.fork().create(HELLO)
        return account.usage

    with flowing(Traffic(whole, Rates())):
        parts = await asyncio.gather(part(1), part(3))
    assert [usage.calls for usage in parts] == [1, 3]
    assert sum(parts, Usage()) == whole.usage
    assert totals == [1, 2, 3, 4]
    await client.fork().create(HELLO)
    assert whole.usage.calls == 4


def test_paces_are_those_of_the_provider_or_of_all() -> None:
    traffic = Traffic(Account(), Rates(requests={"": 60, "openai": 600}))
    assert traffic.pace("openai") is traffic.pace("openai")
    assert traffic.pace("openai")._requests.per_minute == 600
    assert traffic.pace("mistral")._requests.per_minute == 60


def test_an_unknown_price_is_not_a_price_of_zero() -> None:
    assert price("hosted_vllm/nobody-knows") is None
    assert price("scripted/echo").of(1000, 1000) == 0
    # List price of gpt-4o: 2.50 USD in and 10 USD out, a million tokens.
    assert price("openai/gpt-4o").of(1e6, 1e6) == pytest.approx(12.5)
