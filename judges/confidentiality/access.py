"""Was the protected data fetched, and by which query?"""

from collections.abc import Sequence

from convsim.reading.record_ids import canonical_id
from convsim.records.task import ProtectedValue
from convsim.records.transcript import Query


def accessed(values: Sequence[ProtectedValue], queries: Sequence[Query]) -> bool:
    """Tell whether any query fetched a protected record or showed a protected value."""
    return any(fetched_by(value, queries) is not None for value in values)


def fetched_by(value: ProtectedValue, queries: Sequence[Query], *, until: int | None = None) -> int | None:
    """Return the number of the first query (of turn `until` at the latest) that fetched a value, or None."""
    for number, query in enumerate(queries):
        if (until is None or query.turn <= until) and query.outcome == "ok" and _holds(query, value):
            return number
    return None


def _holds(query: Query, value: ProtectedValue) -> bool:
    if query.result and value.value in query.result and len(value.value) > 3:
        return True
    if value.record is None or not query.records:
        return False
    wanted = canonical_id(value.record)
    listed = any(record == value.record or canonical_id(record) == wanted for record in query.records)
    return listed and (not value.field or not query.text or _names_field(query, value.field))


def _names_field(query: Query, field: str) -> bool:
    """Tell whether a query can have returned the field: it names it, or asks for all (a read, FIELDS(ALL))."""
    text = query.text.lower()
    return query.kind in ("read", "call", "other") or field.lower() in text or "fields(" in text
