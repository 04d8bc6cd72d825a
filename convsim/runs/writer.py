"""The one writer of a run: group commit. While a batch is being written the next one gathers, so that batches grow
with the load and nobody waits for a timer; each row is acknowledged when it is on disk."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convsim.models.traffic import Account
from convsim.runs.store import Store
from convsim.turns import long_step

Row = Mapping[str, Any]


class Writer:
    """Appends the rows of one event loop; use as `async with Writer(store) as writer`.

    The account's total is stored with each batch, so that a budget holds over several commands.
    """

    def __init__(
        self, store: Store, *, account: Account | None = None, stored: Callable[[Row], None] = lambda _: None
    ) -> None:
        """Take the place to write to, the account, and who hears of each transcript that is on disk."""
        self._store = store
        self._stored = stored
        self._account = account or Account()
        self._spent = self._account.usage
        self._transcripts: list[Row] = []
        self._verdicts: list[Row] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Writer":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writing is not None:
            await self._writing
        if self._account.usage is not self._spent:
            await self._on_disk([], [])

    def transcript(self, row: Row) -> asyncio.Future[None]:
        """Take a transcript, which is written in any case; to be awaited until it is on disk, or the store fails."""
        self._transcripts.append(row)
        return self._acknowledged()

    def verdicts(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        """Take verdicts; to be awaited like a transcript."""
        self._verdicts.extend(rows)
        return self._acknowledged()

    def _acknowledged(self) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        if self._writing is None:
            self._writing = asyncio.ensure_future(self._write())
        return done

    async def _write(self) -> None:
        """Write batches until none is left."""
        while self._waiting:
            await long_step(patient=True)
            transcripts, self._transcripts = self._transcripts, []
            verdicts, self._verdicts = self._verdicts, []
            waiting, self._waiting = self._waiting, []
            try:
                await self._on_disk(transcripts, verdicts)
            except Exception as error:  # noqa: BLE001 - handed to everybody who waits for this batch
                _settle(waiting, error)
            else:
                for row in transcripts:
                    self._stored(row)
                _settle(waiting, None)
        self._writing = None

    async def _on_disk(self, transcripts: Sequence[Row], verdicts: Sequence[Row]) -> None:
        """Append at once where that takes a millisecond; a server is waited for in a thread.

        A thread would have to fight for the interpreter at each call into SQLite, which held conversations up for 77 ms
        where the append itself takes 3.
        """
        if self._store.is_file:
            self._append(transcripts, verdicts)
        else:
            await asyncio.to_thread(self._append, transcripts, verdicts)

    def _append(self, transcripts: Sequence[Row], verdicts: Sequence[Row]) -> None:
        spent = self._account.usage
        told = None if spent is self._spent else {"": spent, **self._account.apart}
        self._store.append(transcripts, verdicts, spent=told)
        self._spent = spent


def _settle(waiting: list[asyncio.Future[None]], error: Exception | None) -> None:
    for future in waiting:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
