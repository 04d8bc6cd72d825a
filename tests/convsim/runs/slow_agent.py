"""An agent that takes its time, so that a run can be killed in the middle of anything."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


def factory(context: Any) -> Callable[[list[dict[str, Any]]], Awaitable[str]]:
    async def reply(messages: list[dict[str, Any]]) -> str:
        await asyncio.sleep(float(context.args.get("seconds", 0.03)))
        found = context.salesforce.query("SELECT Id FROM User ORDER BY Id LIMIT 1")
        return f"The agent is {found['records'][0]['Id']}."

    return reply
