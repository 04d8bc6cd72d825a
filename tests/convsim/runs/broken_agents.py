"""Agents that break in every way that must cost one episode and no more."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from convsim.errors import InfrastructureError

Reply = Callable[[list[dict[str, Any]]], Awaitable[str]]


def unmade(context: Any) -> Reply:
    raise RuntimeError("no such tool")


async def exits(messages: list[dict[str, Any]]) -> str:
    sys.exit(7)


async def cancels_itself(messages: list[dict[str, Any]]) -> str:
    raise asyncio.CancelledError


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
