"""The worker processes as seen by the process that began the run: episodes out, rows back, a lost process replaced."""

import asyncio
import multiprocessing
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

import orjson

from convsim import tracing
from convsim.errors import InfrastructureError
from convsim.models.cassette.deck import in_use
from convsim.models.traffic import Rates
from convsim.runs.config import RunConfig
from convsim.runs.limits import models_of
from convsim.runs.workers.remote import ATTEMPTS, LostError, RemotePlayers, shared_out
from convsim.runs.workers.worker import LINE_LIMIT, serve

_PATIENCE = 5.0
"""Seconds that a process may take to end before it is killed."""


class WorkerPool(RemotePlayers):
    """Plays with `count` processes, each with an event loop of its own."""

    def __init__(
        self, config: RunConfig, *, count: int, rates: Rates, listener: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """Take the run; the rates are shared out evenly, because each process paces its own calls."""
        self._config = config
        self._count = count
        self._rates = shared_out(rates, count)
        self._listener = listener
        self._workers: list[_Worker] = []
        self._replacing = asyncio.Lock()

    async def __aenter__(self) -> "WorkerPool":
        self._workers = [await self._begin() for _ in range(self._count)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.end() for worker in self._workers))

    async def _ask(self, episode: str, request: dict[str, str]) -> dict[str, Any]:
        """Return what the process with the fewest open requests answers; a lost one is replaced and asked again."""
        for _ in range(ATTEMPTS):
            place = min(range(self._count), key=lambda each: len(self._workers[each].waiting))
            worker = self._workers[place]
            try:
                return await worker.ask(request)
            except LostError as error:
                self._listener({"event": "worker_lost", "episode": episode, "error": str(error)})
                await self._replace(place, worker)
        raise InfrastructureError(f"{ATTEMPTS} worker processes ended over episode {episode}; it is left for later")

    async def _replace(self, place: int, lost: "_Worker") -> None:
        """Put a new process where one was lost, once, however many episodes it had."""
        async with self._replacing:
            if self._workers[place] is lost:
                self._workers[place] = await self._begin()
                await lost.end()

    async def _begin(self) -> "_Worker":
        return await _Worker.begin(self._config, self._rates)


class _Worker:
    """One process and the channel to it."""

    def __init__(self, process: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._process = process
        self._writer = writer
        self._numbers = count()
        self.waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._lost = False
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def begin(cls, config: RunConfig, rates: Rates) -> "_Worker":
        """Start a process; returns at once, what goes wrong in it shows when it is asked."""
        ours, theirs = socket.socketpair()
        context = _context(config)
        deck = in_use()
        given = (theirs, config.model_dump_json(), rates, deck and deck.use, tracing.target())
        process = context.Process(target=serve, args=given, daemon=True)
        process.start()
        theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=LINE_LIMIT)
        return cls(process, reader, writer)

    async def ask(self, request: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer; raises LostError when the process ends first."""
        if self._lost:
            raise LostError(self._told())
        number = next(self._numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(orjson.dumps({**request, "number": number}) + b"\n")
            return await self.waiting[number]
        finally:
            del self.waiting[number]

    async def end(self) -> None:
        """Close the channel, upon which the process ends; kill it when it does not."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await asyncio.to_thread(self._process.join, _PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            await asyncio.to_thread(self._process.join)
        self._process.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                answer = orjson.loads(line)
                waiting = self.waiting.get(answer["number"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        except ConnectionError:
            pass
        self._lost = True
        await asyncio.to_thread(self._process.join, _PATIENCE)
        for waiting in self.waiting.values():
            if not waiting.done():
                waiting.set_exception(LostError(self._told()))

    def _told(self) -> str:
        return f"worker process {self._process.pid} ended with code {self._process.exitcode}"


def _context(config: RunConfig) -> Any:
    """Return the way to start processes: forked from a server that has loaded everything once, where there is one."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        played_back = (deck := in_use()) is not None and deck.use.kind == "replay"
        models = not played_back and any("/" in name and not name.startswith("scripted/") for name in models_of(config))
        preload = ["convsim.runs.workers.worker", *(["convsim.models.preloaded"] if models else [])]
        context.set_forkserver_preload(preload)
    return context
