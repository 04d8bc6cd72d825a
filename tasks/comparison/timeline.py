"""Facts in order of time, of which a window is one slice."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime
from typing import Generic, TypeVar

from tasks.soql import midnight

Entry = TypeVar("Entry")


class Timeline(Generic[Entry]):
    """Entries with the instant at which each counts."""

    def __init__(self, entries: Iterable[tuple[datetime, Entry]]) -> None:
        ordered = sorted(entries, key=lambda each: each[0])
        self._times = [when for when, _ in ordered]
        self._entries = [entry for _, entry in ordered]

    def within(self, start: date, end: date) -> list[Entry]:
        """Return the entries of `[start 00:00Z, end 00:00Z)`."""
        first, after = midnight(start), midnight(end)
        return self._entries[bisect_left(self._times, first) : bisect_left(self._times, after)]
