"""Runs searches: matches in the full-text index, then fields, conditions and order of each object as SOQL plans.

The index knows which records hold the words; RETURNING is compiled by SOQL's compiler among those records alone.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

import orjson

from convsim.org.errors import SalesforceError
from convsim.org.layout import SEARCH_BITS, search_base
from convsim.org.schema.model import Schema, SObject
from convsim.org.soql.ast import Path, Query, Selected, Source
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.compile import compile_query
from convsim.org.soql.groups import is_grouped
from convsim.org.soql.messages import malformed, no_object
from convsim.org.soql.plan import RecordPlan
from convsim.org.sosl.ast import Returning, Search, With
from convsim.org.sosl.marks import Marker
from convsim.org.sosl.match import expression
from convsim.org.sosl.parser import parse
from convsim.org.sosl.share import shares
from convsim.org.store import Store

MOST_RESULTS = 2_000
"""Results of one search, over all objects (SOQL and SOSL Reference, "SOSL Limits")."""
_KEPT_PLANS = 512
_EFFECTLESS = frozenset({"SPELL_CORRECTION", "USER_MODE", "SYSTEM_MODE"})
"""Filters that change nothing: this org corrects no spelling, and every session sees the whole schema."""
_MARKS = frozenset({"SNIPPET", "HIGHLIGHT"})
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Target:
    """One object to look in."""

    sobject: SObject
    plan: RecordPlan
    enough: int
    """So many hits of the index, in the order of the records, decide the answer; -1: all, as a condition chooses."""
    recent: bool
    """USING LISTVIEW=Recent: only records that the user viewed lately, of which there are none."""


@dataclass(frozen=True, slots=True)
class _Plan:
    search: Search
    targets: tuple[_Target, ...]
    limit: int
    marker: Marker | None


class SearchEngine:
    """Answers SOSL over one store. Safe for threads; compiled searches are kept by their text."""

    def __init__(self, store: Store, clock: SessionClock) -> None:
        self._store, self._clock = store, clock
        self._plans: OrderedDict[str, _Plan] = OrderedDict()
        self._lock = threading.Lock()

    def search(self, text: str, *, root: str) -> list[Record]:
        """Return the records that are found, object by object in the order of RETURNING; raises SalesforceError."""
        plan = self._plan(text)
        match = expression(self._store, plan.search.term, plan.search.group)
        if match is None:
            return []
        found = [self._found(target, match, root=root) for target in plan.targets]
        kept = shares([len(each) for each in found], plan.limit)
        records = [record for each, count in zip(found, kept, strict=True) for record in each[:count]]
        return [plan.marker.marked(each) for each in records] if plan.marker else records

    def _plan(self, text: str) -> _Plan:
        plan = self._plans.get(text)
        if plan is None:
            plan = _compiled(text, self._store.schema)
            with self._lock:
                self._plans[text] = plan
                if len(self._plans) > _KEPT_PLANS:
                    self._plans.popitem(last=False)
        return plan

    def _found(self, target: _Target, match: str, *, root: str) -> list[Record]:
        if target.recent:
            return []
        base = search_base(self._store.schema, target.sobject)
        rows = self._store.select(
            "SELECT rowid - ?1 FROM search WHERE search MATCH ?2 AND rowid > ?1 AND rowid < ?3 ORDER BY rowid LIMIT ?4",
            (base, match, base + (1 << SEARCH_BITS), target.enough),
        )
        if not rows:
            return []
        among = orjson.dumps([row[0] for row in rows]).decode()
        return target.plan.run(self._store, self._clock, root=root, extra=(among,))


def _compiled(text: str, schema: Schema) -> _Plan:
    """Return the plan of a search; raises SalesforceError."""
    search = parse(text)
    try:
        targets = tuple(_target(entry, text, schema) for entry in search.returning or _everything(schema))
        if search.limit is not None and search.limit < 0:
            raise malformed(text, search.limit_at, "Limit must be a non-negative value")
    except SalesforceError as error:
        if error.code == "MALFORMED_QUERY":
            raise SalesforceError("MALFORMED_SEARCH", error.message) from error
        raise
    limit = MOST_RESULTS if search.limit is None else min(search.limit, MOST_RESULTS)
    return _Plan(search, targets, limit, _marker(search, text, schema))


def _everything(schema: Schema) -> tuple[Returning, ...]:
    """Return what a search without RETURNING means: the ids of all searchable objects."""
    identity = (Selected(Path(("Id",))),)
    names = [each.name for each in schema if each.searchable]
    return tuple(Returning(Query(identity, (Source(Path((name,))),)), bare=True) for name in names)


def _target(entry: Returning, text: str, schema: Schema) -> _Target:
    query = entry.query
    name = query.sources[0].path.parts[0]
    sobject = schema.object(name)
    if sobject is None or sobject.pseudo or not sobject.searchable:
        raise no_object(text, entry.at, name=name)
    if is_grouped(query):
        raise malformed(text, query.select[0].at, "aggregate functions are not supported in a search")
    if entry.list_view is not None and entry.list_view.upper() != "RECENT":
        raise malformed(text, entry.list_view_at, "Invalid using expr")
    limit = MOST_RESULTS if query.limit is None else min(query.limit, MOST_RESULTS)
    query = replace(query, limit=limit)
    plan = compile_query(query, text, schema, include_deleted=False, among=True)
    assert isinstance(plan, RecordPlan), "without aggregates a query answers with records"
    chosen = query.where is not None or bool(query.order) or query.scope is not None
    enough = -1 if chosen else limit + (query.offset or 0)
    return _Target(sobject, plan, enough, recent=entry.list_view is not None)


def _marker(search: Search, text: str, schema: Schema) -> Marker | None:
    """Return what SNIPPET and HIGHLIGHT add; raises SalesforceError for filters of features that the org lacks."""
    wanted: dict[str, With] = {}
    for entry in search.filters:
        if entry.name in _MARKS:
            wanted[entry.name] = entry
        elif entry.name not in _EFFECTLESS:
            message = f"WITH {entry.name} is not supported: the feature is not enabled for this organization"
            raise SalesforceError("MALFORMED_SEARCH", malformed(text, entry.at, message).message)
    if not wanted or search.term is None:
        return None
    return Marker(search.term, schema, snippet=wanted.get("SNIPPET"), highlight="HIGHLIGHT" in wanted)
