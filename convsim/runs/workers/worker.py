"""A worker process: answers the requests that come through its channel, many at a time, until it is closed.

Each line of the channel is a JSON object with a `number`; its answer bears the same.
"""

import asyncio
import os
import signal
import socket
from contextlib import suppress
from typing import Any

import orjson

from convsim.agents.threads import hold_the_process
from convsim.models.cassette.deck import Use, collecting
from convsim.models.traffic import Rates
from convsim.runs.config import RunConfig
from convsim.runs.workers.desk import Desk

LINE_LIMIT = 1 << 30
"""Characters of one message; a transcript with an agent's huge reply fits."""


def serve(channel: socket.socket, config: str, rates: Rates, use: Use | None, traces: str | None) -> None:
    """Work until the other side closes, recording spans to `traces`; Ctrl-C is for the process that began the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with collecting(use):
        desk = Desk(RunConfig.model_validate_json(config), rates)
        with desk.open(traces):
            asyncio.run(_work(desk, channel))
    if hold_the_process():
        os._exit(0)


async def _work(desk: Desk, channel: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=channel, limit=LINE_LIMIT)
    open_: set[asyncio.Task[None]] = set()
    with suppress(ConnectionError):
        while line := await reader.readline():
            task = asyncio.create_task(_answer(desk, orjson.loads(line), writer))
            open_.add(task)
            task.add_done_callback(open_.discard)
    for task in open_:
        task.cancel()
    await asyncio.gather(*open_, return_exceptions=True)


async def _answer(desk: Desk, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
    answer = await desk.answer(request) | {"number": request["number"]}
    writer.write(orjson.dumps(answer) + b"\n")
    with suppress(ConnectionError):
        await writer.drain()
