"""SOQL over REST: query, queryAll, the next pages of a long result, and the same for the tooling API."""

import re
from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.rest.locators import Cursor, Page
from convsim.org.rest.message import Answer
from convsim.org.rest.service import Call, check_method

MIN_BATCH, MAX_BATCH = 200, 2_000
"""Rows per page that a client may ask for; outside it the nearer bound counts (REST API Developer Guide)."""
_BATCH = re.compile(r"batchSize\s*=\s*(\d{1,9})", re.IGNORECASE)


def query(call: Call) -> Answer:
    """Answer `GET query?q=` and `GET query/<locator>`."""
    return _answer(call, include_deleted=False)


def query_all(call: Call) -> Answer:
    """Answer `GET queryAll?q=` and `GET queryAll/<locator>`: deleted records included."""
    return _answer(call, include_deleted=True)


def tooling_query(call: Call) -> Answer:
    """Answer `GET tooling/query?q=`: the same records, with the tooling API's further keys."""
    answer = _answer(call, include_deleted=False)
    payload: dict[str, Any] = dict(answer.payload)
    records = payload["records"]
    locator = payload.get("nextRecordsUrl", "").rpartition("/")[2] or None
    entity = records[0]["attributes"]["type"] if records else None
    payload.update(size=len(records), queryLocator=locator, entityTypeName=entity)
    return Answer(payload)


def _answer(call: Call, *, include_deleted: bool) -> Answer:
    check_method(call, "GET")
    if "explain" in call.request.parameters:
        raise SalesforceError("INVALID_QUERY_FILTER_OPERATOR", "query plans are not available in this org")
    if len(call.path) > 1 and call.path[1]:
        return Answer(_page(call, call.service.pages.more(call.path[1])))
    text = call.request.parameters.get("q")
    if text is None:
        raise SalesforceError("MALFORMED_QUERY", "A query string has to be specified")
    if not text.strip():
        raise SalesforceError("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    user_id = call.session.user_id
    cursor = Cursor(
        text, include_deleted=include_deleted, version=call.version, batch=batch_size(call), user_id=user_id
    )
    return Answer(_page(call, call.service.pages.first(cursor)))


def batch_size(call: Call) -> int:
    """Return the rows per page that the header `Sforce-Query-Options: batchSize=n` asks for."""
    header = call.request.headers.get("sforce-query-options")
    found = _BATCH.search(header) if header else None
    return min(max(int(found.group(1)), MIN_BATCH), MAX_BATCH) if found else MAX_BATCH


def _page(call: Call, page: Page) -> dict[str, Any]:
    if page.next is None:
        return {"totalSize": page.total, "done": True, "records": page.records}
    return {
        "totalSize": page.total,
        "done": False,
        "nextRecordsUrl": f"{call.root}/query/{page.next}",
        "records": page.records,
    }
