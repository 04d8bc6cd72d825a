"""Which resource answers a path below `/services/data/vXX.X/`."""

from collections.abc import Callable

from convsim.org.errors import SalesforceError
from convsim.org.ids import normal_id
from convsim.org.rest import composite, describe, discovery, query, records, search, writes
from convsim.org.rest.message import Answer
from convsim.org.rest.naming import CHANGES
from convsim.org.rest.service import Call, check_method, not_found


def no_bulk(_: Call) -> Answer:
    """Refuse the Bulk API, which this org does not offer."""
    message = "The Bulk API is not enabled for this Organization or Partner"
    raise SalesforceError("API_DISABLED_FOR_ORG", message, http_status=403)


_PLAIN: dict[str, Callable[[Call], Answer]] = {
    "query": query.query,
    "queryall": query.query_all,
    "search": search.search,
    "parameterizedsearch": search.parameterized_search,
    "recent": discovery.recent,
    "jobs": no_bulk,
}


def answer(call: Call, send: composite.Send) -> Answer:
    """Return what the resource of this path gives; raises SalesforceError."""
    name = call.path[0].lower() if call.path else ""
    plain = _PLAIN.get(name)
    if plain is not None:
        return plain(call)
    below = tuple(each for each in call.path[1:] if each)
    if not call.path:
        return discovery.resources(call)
    if name == "sobjects":
        return _sobjects(call, below)
    if name == "composite":
        return composite.composite(call, send)
    if name == "limits":
        return _limits(call, below)
    if name == "tooling" and below and below[0].lower() == "query":
        call.path = call.path[1:]
        return query.tooling_query(call)
    raise not_found()


def _limits(call: Call, below: tuple[str, ...]) -> Answer:
    if not below:
        return discovery.limits(call)
    if len(below) == 1 and below[0].lower() == "recordcount":
        return discovery.record_count(call)
    raise not_found()


def _sobjects(call: Call, below: tuple[str, ...]) -> Answer:
    if not below:
        return describe.describe_global(call)
    sobject = call.sobject(below[0])
    method = call.request.method
    if len(below) == 1:
        check_method(call, "GET", "POST")
        return writes.refused() if method == "POST" else describe.describe_basic(call, sobject)
    if below[1].lower() == "describe":
        if len(below) > 2:
            raise not_found()
        return describe.describe(call, sobject)
    if method in CHANGES:
        return writes.refused()
    if len(below) == 2:
        return records.read(call, sobject, below[1])
    if len(below) == 3 and normal_id(below[1]) is not None and sobject.field(below[1]) is None:
        return records.read_relationship(call, sobject, below[1], below[2])
    if len(below) == 3:
        return records.read_by_external_id(call, sobject, below[1], below[2])
    raise not_found()
