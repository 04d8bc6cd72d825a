"""Results longer than a page: a locator names the query and the place; the rows are kept or else fetched again.

The data never changes, so a locator needs no rows of its own: it is a hash of the query, the same in every session.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convsim.draws import digest
from convsim.org.errors import SalesforceError
from convsim.org.soql.engine import QueryResult

LOCATOR_SECONDS = 2 * 24 * 60 * 60.0
"""A locator is valid for two days (SOQL and SOSL Reference)."""
_MOST_LOCATORS, _MOST_ROWS = 4_096, 20_000
"""Locators, and rows of all kept results together, beyond which the oldest are dropped."""
_LOCATOR = re.compile(r"(0r8[A-Za-z0-9]{15})-(\d{1,9})")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Cursor:
    """A query whose result may be longer than a page."""

    text: str
    include_deleted: bool
    version: str
    batch: int
    user_id: str

    @property
    def locator(self) -> str:
        """18 characters with prefix 0r8 that depend on the query alone."""
        number = digest("locator", self.text, self.include_deleted, self.version, self.batch, self.user_id)
        number = number << 64 | digest("locator", number)
        characters = []
        for _ in range(15):
            number, place = divmod(number, 62)
            characters.append(_DIGITS[place])
        return "0r8" + "".join(characters)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a result."""

    records: list[Any]
    total: int
    next: str | None
    """Locator and offset of the next page, None when there is none."""


class Pages:
    """Cuts results into pages, for all sessions of an org. Safe for threads."""

    def __init__(self, run: Callable[[Cursor], QueryResult], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._run = run
        self._clock = clock
        self._cursors: OrderedDict[str, tuple[Cursor, float]] = OrderedDict()
        self._results: OrderedDict[str, QueryResult] = OrderedDict()
        self._lock = threading.Lock()

    def first(self, cursor: Cursor) -> Page:
        """Return the first page; raises SalesforceError where the query does."""
        result = self._run(cursor)
        if len(result.records) <= cursor.batch:
            return Page(result.records, result.total_size, None)
        self._keep(cursor, result)
        return _cut(cursor, result, offset=0)

    def more(self, place: str) -> Page:
        """Return the page at `locator-offset`; raises INVALID_QUERY_LOCATOR."""
        found = _LOCATOR.fullmatch(place)
        if found is None:
            raise _invalid()
        locator, offset = found.group(1), int(found.group(2))
        with self._lock:
            cursor, expires = self._cursors.get(locator, (None, 0.0))
            result = self._results.get(locator)
        if cursor is None or expires <= self._clock():
            raise _invalid()
        if result is None:
            result = self._run(cursor)
            self._keep(cursor, result)
        if not 0 < offset < len(result.records):
            raise _invalid()
        return _cut(cursor, result, offset=offset)

    def _keep(self, cursor: Cursor, result: QueryResult) -> None:
        with self._lock:
            self._cursors[cursor.locator] = cursor, self._clock() + LOCATOR_SECONDS
            self._cursors.move_to_end(cursor.locator)
            self._results[cursor.locator] = result
            self._results.move_to_end(cursor.locator)
            while len(self._cursors) > _MOST_LOCATORS:
                self._cursors.popitem(last=False)
            while len(self._results) > 1 and sum(len(each.records) for each in self._results.values()) > _MOST_ROWS:
                self._results.popitem(last=False)


def _cut(cursor: Cursor, result: QueryResult, *, offset: int) -> Page:
    records, end = result.records, offset + cursor.batch
    return Page(records[offset:end], result.total_size, f"{cursor.locator}-{end}" if end < len(records) else None)


def _invalid() -> SalesforceError:
    return SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
