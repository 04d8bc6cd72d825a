"""An agent that takes its time, so that a run can be killed in the middle of anything.

After CONVSIM_TEST_REPLIES replies of a process it never answers again: however slow the killer is, no run ends first.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

_replies = count(1)


def factory(context: Any) -> Callable[[list[dict[str, Any]]], Awaitable[str]]:
    async def reply(messages: list[dict[str, Any]]) -> str:
        await asyncio.sleep(float(context.args.get("seconds", 0.03)))
        if next(_replies) > int(os.environ.get("CONVSIM_TEST_REPLIES", "1000000")):
            await asyncio.sleep(3600)
        found = context.salesforce.query("SELECT Id FROM User ORDER BY Id LIMIT 1")
        return f"The agent is {found['records'][0]['Id']}."

    return reply
