"""What a session asked and got: the log that goes into a transcript, and the budget of actions per turn."""

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from convsim import tracing
from convsim.records.transcript import Query, QueryKind

LOG_LIMIT = 4_000
"""Characters of each answer that the log keeps, unless a session is opened with another limit."""
RECORD_LIMIT = 200
"""Ids of rows that each entry of the log keeps."""
_ID_LENGTH = 18


class ActionLog:
    """The queries of one session, and how many actions its current turn may still take. Safe for threads."""

    def __init__(self, *, limit: int = LOG_LIMIT) -> None:
        self.limit = limit
        self.queries: list[Query] = []
        self.turn = 0
        self.requests = 0
        """Requests of the whole session, as `Sforce-Limit-Info` counts them."""
        self.fault: Exception | None = None
        """The first breakdown of the org itself, which is no fault of whoever asked."""
        self.on_exhausted: Callable[[], None] | None = None
        """Called once in a turn, at its first request beyond the budget."""
        self._left: int | None = None
        self._lock = threading.Lock()
        self._opened_in = tracing.here()

    def begin_turn(self, turn: int, max_actions: int | None = None) -> None:
        """Stamp what follows with this turn and allow it so many actions; None sets no limit."""
        with self._lock:
            self.turn, self._left = turn, max_actions

    def admit(self, *, continues: bool = False) -> bool:
        """Take one action from the budget; return False when nothing was left.

        A request that continues an earlier one (the next page of a query) is no action of its own.
        """
        with self._lock:
            self.requests += 1
            if self._left is None or continues:
                return True
            self._left -= 1
            left = self._left
        if left == -1 and self.on_exhausted is not None:
            self.on_exhausted()
        return left >= 0

    def add(self, kind: QueryKind, text: str, *, payload: Any, body: bytes, duration_ms: float) -> None:
        """Append an entry for an answer (as data and as JSON); an error becomes the outcome and message."""
        code, message = error_of(payload)
        result = body.decode()
        entry = Query(
            turn=self.turn,
            kind=kind,
            text=text,
            outcome=code or "ok",
            message=message,
            rows=0 if code else row_count(payload),
            size=len(result),
            duration_ms=duration_ms,
            records=() if code else record_ids(payload),
            result=shortened(result, self.limit),
        )
        self.append(entry)

    def append(self, entry: Query) -> None:
        """Append an entry, also one that did not come through the API."""
        with self._lock:
            self.queries.append(entry)
        tool = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": entry.kind,
            "convsim.outcome": entry.outcome,
            "convsim.rows": entry.rows,
        }
        tracing.finished(f"execute_tool {entry.kind}", tool, duration_ms=entry.duration_ms, parent=self._opened_in)


def shortened(text: str, limit: int) -> str:
    """Return the text, or its beginning with a remark of how many characters were left out."""
    return (
        text if len(text) <= limit else f"{text[:limit]} [... {len(text) - limit} of {len(text)} characters left out]"
    )


def error_of(payload: Any) -> tuple[str, str]:
    """Return code and message of an error body, or two empty texts."""
    if isinstance(payload, list) and payload and isinstance(payload[0], dict) and "errorCode" in payload[0]:
        return str(payload[0]["errorCode"]), str(payload[0].get("message", ""))
    return "", ""


def row_count(payload: Any) -> int:
    """Return the number of rows at the top level of an answer."""
    if isinstance(payload, list):
        return len(payload)
    if not isinstance(payload, dict):
        return 0
    for key in ("records", "searchRecords", "sobjects", "sObjects"):
        if isinstance(payload.get(key), list):
            return len(payload[key])
    return 1 if "attributes" in payload else 0


def record_ids(payload: Any) -> tuple[str, ...]:
    """Return the ids of the first records in an answer, parents and children included, each once."""
    found: dict[str, None] = {}
    for record_id in _ids(payload):
        found[record_id] = None
        if len(found) == RECORD_LIMIT:
            break
    return tuple(found)


def _ids(payload: Any) -> Iterator[str]:
    """Yield ids in reading order; a record tells its id in its URL even when it was not selected.

    Conversations fetch the same records again and again, so ids are interned.
    """
    waiting = [payload]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            attributes = value.get("attributes")
            if isinstance(attributes, dict) and (url := attributes.get("url")):
                yield sys.intern(str(url)[-_ID_LENGTH:])
            waiting.extend(each for each in reversed(list(value.values())) if isinstance(each, dict | list))
