"""Agents that break in every way that must cost one episode and no more."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from autogen_core.models import UserMessage

from convsim.errors import InfrastructureError
from convsim.models import open_client

Reply = Callable[[list[dict[str, Any]]], Awaitable[str]]


def unmade(context: Any) -> Reply:
    raise RuntimeError("no such tool")


async def exits(messages: list[dict[str, Any]]) -> str:
    sys.exit(7)


async def cancels_itself(messages: list[dict[str, Any]]) -> str:
    raise asyncio.CancelledError


class Panic(BaseException):
    """What code in Rust raises through Python when it panics: no Exception."""


async def panics(messages: list[dict[str, Any]]) -> str:
    raise Panic("index out of bounds")


async def surrogates(messages: list[dict[str, Any]]) -> str:
    return "\ud800"


async def unreachable(messages: list[dict[str, Any]]) -> str:
    raise InfrastructureError("the network is down")


class Miscounting:
    """Replies, but its account raises."""

    @property
    def usage(self) -> Any:
        raise KeyError("tokens")

    async def __call__(self, messages: list[dict[str, Any]]) -> str:
        return "I do not know."


def miscounts(context: Any) -> Reply:
    return Miscounting()


class Sleepy:
    """Answers after the seconds that it is given."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def __call__(self, messages: list[dict[str, Any]]) -> str:
        await asyncio.sleep(self._seconds)
        return "I do not know."


def sleepy(context: Any) -> Reply:
    return Sleepy(float(context.args.get("seconds", 1)))


FAILING = True


def flaky(context: Any) -> Reply:
    """Fails while FAILING is set."""

    async def reply(messages: list[dict[str, Any]]) -> str:
        if FAILING:
            raise ValueError("out of luck")
        return "I do not know."

    return reply


async def raises(messages: list[dict[str, Any]]) -> str:
    raise ValueError("\ud800" * 10_000_000)


async def says_nothing(messages: list[dict[str, Any]]) -> Any:
    return None


def _at_work() -> None:
    Path("at_work").touch()


async def blocks(messages: list[dict[str, Any]]) -> str:
    _at_work()
    while True:
        time.sleep(0.01)


async def computes(messages: list[dict[str, Any]]) -> str:
    _at_work()
    while True:
        pass


async def awaits(messages: list[dict[str, Any]]) -> str:
    while True:
        await asyncio.sleep(0.01)


async def never_leaves(messages: list[dict[str, Any]]) -> str:
    """Awaits, and does not heed that it is cancelled."""
    _at_work()
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.01)


async def blocks_elsewhere(messages: list[dict[str, Any]]) -> str:
    """Leaves a thread behind for whose end every Python process waits."""
    await asyncio.to_thread(time.sleep, 3600)
    return "too late"


async def shouts(messages: list[dict[str, Any]]) -> str:
    return "x" * 10_000_000


async def is_of_another_kind(messages: list[dict[str, Any]]) -> Any:
    return b"bytes"


async def odd_final(messages: list[dict[str, Any]]) -> Any:
    return {"content": "Here.", "final": ["\udfff"]}


async def exits_in_a_task(messages: list[dict[str, Any]]) -> str:
    async def end() -> None:
        sys.exit(7)

    await asyncio.create_task(end())
    return "never"


def blocks_in_the_factory(context: Any) -> Reply:
    time.sleep(3600)
    raise AssertionError


class Looking:
    """Looks something up and says how it went; its account and its name are of no use."""

    served_model = "\ud800" * 1000

    def __init__(self, salesforce: Any) -> None:
        self._salesforce = salesforce

    async def __call__(self, messages: list[dict[str, Any]]) -> str:
        found = self._salesforce.query("SELECT Id FROM User ORDER BY Id LIMIT 1")["records"][0]["Id"]
        other = (await asyncio.to_thread(self._salesforce.query, "SELECT COUNT() FROM Case"))["totalSize"]
        return f"It is {found} of {other}."


def looks(context: Any) -> Reply:
    return Looking(context.salesforce)


_client = open_client("scripted/echo", args={"latency": 0.01})


def asks_a_model(context: Any) -> Reply:
    """Stands on a model client that all conversations share."""
    client = _client.fork()

    async def reply(messages: list[dict[str, Any]]) -> str:
        return str((await client.create([UserMessage(content="Which period?", source="user")])).content)

    return reply


OPEN = [0]
"""First how many conversations of `counting` wait for a reply now, then how many did at each one."""


def counting(context: Any) -> Any:
    async def reply(messages: Any) -> str:
        OPEN[0] += 1
        OPEN.append(OPEN[0])
        await asyncio.sleep(0.01)
        OPEN[0] -= 1
        return "I do not know."

    return reply
