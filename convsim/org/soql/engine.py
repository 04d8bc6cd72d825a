"""SOQL for a session: text in, JSON-shaped records out. Parsed and planned once per text and schema, for all sessions.

    engine = SoqlEngine(store, SessionClock(now=..., time_zone="Europe/Berlin", user_id=...))
    result = engine.query("SELECT Id, Owner.Name FROM Case WHERE CreatedDate = LAST_N_DAYS:30")
    result.records      # [{"attributes": {...}, "Id": ..., "Owner": {...}}, ...], the whole result

Whoever pages over a result keeps `result.records` and cuts it.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.schema.model import Schema
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.compile import compile_query
from convsim.org.soql.parser import parse
from convsim.org.soql.plan import CountPlan, Nesting, Plan, RecordPlan
from convsim.org.soql.reader import mended
from convsim.org.store import Store

API_VERSION = "59.0"
_LONG = 8_000
"""Texts longer than this are planned anew each time, so that the cache stays small."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """All records of a query; `total_size` differs from their number for COUNT() alone."""

    total_size: int
    records: list[dict[str, Any]]
    nesting: Nesting = field(default_factory=dict)
    """The child subqueries by their keys."""

    def payload(self) -> dict[str, Any]:
        """Return the API's answer on one page."""
        return {"totalSize": self.total_size, "done": True, "records": self.records}


class SoqlEngine:
    """Queries of one session over a store. Light: the store holds connections, the module holds plans."""

    def __init__(self, store: Store, clock: SessionClock, *, schema: Schema | None = None) -> None:
        """Take the store, the session's clock, and a narrower schema where the session may not see everything."""
        self.store = store
        self.clock = clock
        self.schema = schema or store.schema

    def query(self, text: str, *, include_deleted: bool = False, version: str = API_VERSION) -> QueryResult:
        """Return the result of a query; raises SalesforceError with Salesforce's code, wording and place."""
        plan = plan_of(text, self.schema, include_deleted=include_deleted)
        if plan.minimum_version > float(version):
            raise SalesforceError("UNSUPPORTED_API_VERSION", f"FIELDS() is not supported in API version {version}")
        with self.store.turn:
            if isinstance(plan, CountPlan):
                return QueryResult(plan.count(self.store, self.clock), [])
            records = plan.run(self.store, self.clock, root=f"/services/data/v{version}")
        return QueryResult(len(records), records, plan.nesting if isinstance(plan, RecordPlan) else {})


def plan_of(text: str, schema: Schema, *, include_deleted: bool) -> Plan:
    """Return the plan of a query, from the cache where it was planned before; raises SalesforceError."""
    text = mended(text)
    if len(text) > _LONG:
        return _plan.__wrapped__(text, schema, include_deleted)
    return _plan(text, schema, include_deleted)


@lru_cache(maxsize=4_096)
def _plan(text: str, schema: Schema, include_deleted: bool) -> Plan:
    return compile_query(parse(text), text, schema, include_deleted=include_deleted)
