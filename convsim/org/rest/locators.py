"""Results longer than a page: a locator names the query and the place; the rows are kept or else fetched again.

The data never changes, so a locator needs no rows of its own: it is a hash of the query, the same in every session.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from convsim.draws import digest
from convsim.org.errors import SalesforceError
from convsim.org.soql.engine import QueryResult
from convsim.org.soql.plan import Nesting

LOCATOR_SECONDS = 2 * 24 * 60 * 60.0
"""A locator is valid for two days (SOQL and SOSL Reference)."""
_MOST_LOCATORS, _MOST_ROWS = 8_192, 20_000
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
    steps: tuple[tuple[str, str], ...] = ()
    """From the query's result to that of a child subquery: a parent's id and its key, level by level."""

    @property
    def whole(self) -> "Cursor":
        """The query itself."""
        return replace(self, steps=()) if self.steps else self

    @property
    def locator(self) -> str:
        """18 characters with prefix 0r8 that depend on the query and the steps alone."""
        number = digest("locator", self.text, self.include_deleted, self.version, self.batch, self.user_id, *self.steps)
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
        if len(result.records) > cursor.batch:
            self._keep(cursor, result)
        return self._page(cursor, result, offset=0)

    def more(self, place: str) -> Page:
        """Return the page at `locator-offset`; raises INVALID_QUERY_LOCATOR."""
        found = _LOCATOR.fullmatch(place)
        if found is None:
            raise _invalid()
        locator, offset = found.group(1), int(found.group(2))
        with self._lock:
            cursor, expires = self._cursors.get(locator, (None, 0.0))
        if cursor is None or expires <= self._clock():
            raise _invalid()
        result = self._result(cursor)
        if not 0 < offset < len(result.records):
            raise _invalid()
        return self._page(cursor, result, offset=offset)

    def _result(self, cursor: Cursor) -> QueryResult:
        """Return the whole result that the cursor is in, kept or fetched again."""
        with self._lock:
            result = self._results.get(cursor.whole.locator)
        if result is None:
            result = self._run(cursor.whole)
            self._keep(cursor.whole, result)
        for parent, key in cursor.steps:
            answer = next(each[key] for each in result.records if _id(each) == parent)
            result = QueryResult(answer["totalSize"], answer["records"], result.nesting[key])
        return result

    def _page(self, cursor: Cursor, result: QueryResult, *, offset: int) -> Page:
        end = offset + cursor.batch
        records = result.records[offset:end]
        if result.nesting:
            records = [self._cut(cursor, each, result.nesting) for each in records]
        return Page(records, result.total_size, f"{cursor.locator}-{end}" if end < len(result.records) else None)

    def _cut(self, cursor: Cursor, record: dict[str, Any], nesting: Nesting) -> dict[str, Any]:
        """Return the record with the results of its child subqueries cut to their first pages."""
        return record | {
            key: self._first_of(replace(cursor, steps=(*cursor.steps, (_id(record), key))), record[key], inner)
            for key, inner in nesting.items()
            if record[key] is not None and (inner or len(record[key]["records"]) > cursor.batch)
        }

    def _first_of(self, cursor: Cursor, answer: dict[str, Any], nesting: Nesting) -> dict[str, Any]:
        page = self._page(cursor, QueryResult(answer["totalSize"], answer["records"], nesting), offset=0)
        if page.next is None:
            return answer | {"records": page.records}
        self._keep(cursor)
        url = f"/services/data/v{cursor.version}/query/{page.next}"
        return {"totalSize": page.total, "done": False, "nextRecordsUrl": url, "records": page.records}

    def _keep(self, cursor: Cursor, result: QueryResult | None = None) -> None:
        locator = cursor.locator
        with self._lock:
            self._cursors[locator] = cursor, self._clock() + LOCATOR_SECONDS
            self._cursors.move_to_end(locator)
            if result is not None:
                self._results[locator] = result
                self._results.move_to_end(locator)
            while len(self._cursors) > _MOST_LOCATORS:
                self._cursors.popitem(last=False)
            while len(self._results) > 1 and sum(len(each.records) for each in self._results.values()) > _MOST_ROWS:
                self._results.popitem(last=False)


def _id(record: dict[str, Any]) -> str:
    """Return a record's id, which its address ends with whether it was selected or not."""
    return str(record["attributes"]["url"]).rsplit("/", 1)[1]


def _invalid() -> SalesforceError:
    return SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
