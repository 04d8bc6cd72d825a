"""What an agent sees of the org's answers: rows as JSON lines, errors in the org's own words, cut at a stated size."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from convsim.errors import InfrastructureError
from convsim.guidance.calling import SessionFunction
from convsim.guidance.functions import CallError
from convsim.guidance.prompt import RESULT_LIMIT
from convsim.guidance.query import plain
from convsim.guidance.schema import described_object, outline
from convsim.org.client import runs_in_process

if TYPE_CHECKING:
    from simple_salesforce import Salesforce


@dataclass(frozen=True, slots=True)
class Observation:
    """The outcome of one action, as text for the model."""

    text: str
    failed: bool = False


class Observer:
    """Runs an agent's actions on its session."""

    def __init__(self, salesforce: "Salesforce", *, limit: int = RESULT_LIMIT) -> None:
        self._salesforce = salesforce
        self._limit = limit

    async def soql(self, query: str) -> Observation:
        """Return the rows of a query."""
        return await self._observe(lambda: self._query(query))

    async def sosl(self, search: str) -> Observation:
        """Return the records that a search finds, each with its type."""
        return await self._observe(lambda: self._search(search))

    async def describe(self, object: str) -> Observation:
        """Return an object's fields and relationships."""
        return await self._observe(lambda: outline(described_object(self._salesforce, object), values=True))

    async def query(self, text: str) -> Observation:
        """Return the result of SOQL or SOSL, told apart by the first word."""
        return await (self.sosl(text) if text.lstrip()[:4].upper() == "FIND" else self.soql(text))

    async def call(self, function: SessionFunction, arguments: Mapping[str, Any]) -> Observation:
        """Return the result of a guidance function as JSON."""

        def called() -> str:
            return _cut(orjson.dumps(function.call(arguments)).decode(), self._limit)

        return await self._observe(called, aside=function.waits)

    def _query(self, query: str) -> str:
        answer = self._salesforce.query(query)
        rows = [plain(row) for row in answer["records"]]
        more = "" if answer["done"] else f" (the first {len(rows)} of them follow; use LIMIT and OFFSET for the others)"
        return self._shown(rows, f"{_counted(answer['totalSize'])} in total{more}")

    def _search(self, search: str) -> str:
        found = self._salesforce.search(search)["searchRecords"]
        rows = [{"type": row["attributes"]["type"], **plain(row)} for row in found]
        return self._shown(rows, f"{_counted(len(rows))} found")

    def _shown(self, rows: list[dict[str, Any]], heading: str) -> str:
        """Return heading and rows, whole rows as long as they fit."""
        lines = [orjson.dumps(row).decode() for row in rows]
        shown, size = 0, len(heading)
        while shown < len(lines) and size + len(lines[shown]) < self._limit:
            size += len(lines[shown]) + 1
            shown += 1
        kept = [heading, *lines[:shown]]
        if shown < len(lines):
            room = max(self._limit - size, 0) if shown == 0 else 0
            kept += [lines[shown][:room]] if room else []
            left = sum(map(len, lines)) - sum(map(len, kept[1:]))
            kept.append(
                f"[cut: {left:,} characters in {_counted(len(lines) - shown)} left out; at most {self._limit:,}]"
            )
        return "\n".join(kept)

    async def _observe(self, action: Callable[[], str], *, aside: bool | None = None) -> Observation:
        """Run the action; an in-process org answers at once, what has to be waited for runs in a thread."""
        from requests.exceptions import RequestException
        from simple_salesforce.exceptions import SalesforceError

        try:
            waits = not runs_in_process(self._salesforce) if aside is None else aside
            return Observation(await asyncio.to_thread(action) if waits else action())
        except CallError as error:
            return Observation(f"Error: {_cut(str(error), self._limit)}", failed=True)
        except SalesforceError as error:
            return Observation(_cut(told(error), self._limit), failed=True)
        except RequestException as error:
            raise InfrastructureError(f"the org did not answer: {error}") from error


def told(error: Any) -> str:
    """Return a simple_salesforce error as the org gave it: "Error CODE: message"."""
    content = error.content if isinstance(error.content, list) else [error.content]
    entries = [entry for entry in content if isinstance(entry, dict) and "errorCode" in entry]
    lines = [f"Error {entry['errorCode']}: {entry.get('message', '')}" for entry in entries]
    return "\n".join(lines) or f"Error: {' '.join(str(part) for part in content)}"


def _counted(rows: int) -> str:
    return f"{rows:,} row" if rows == 1 else f"{rows:,} rows"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}\n[cut: {len(text) - limit:,} characters left out]"
