"""Several calls in one: `composite`, `composite/batch`, `composite/graph`, and multi-retrieve; changes are refused."""

import re
from collections.abc import Callable
from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.ids import normal_id
from convsim.org.rest import records, writes
from convsim.org.rest.message import Answer, Request, dumps
from convsim.org.rest.service import Call, check_method, not_found

MOST_CALLS = 25
"""Calls in one composite or batch request (REST API Developer Guide, "Composite")."""
MOST_RETRIEVED = 2_000
"""Records in one multi-retrieve ("Get Multiple Records with Fields Returned")."""
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
Send = Callable[[Request], Answer]
"""Answers a part of a composite call in the same session, logged like a call of its own."""


def composite(call: Call, send: Send) -> Answer:
    """Answer everything below `composite`."""
    below = tuple(each.lower() for each in call.path[1:] if each)
    if below == ():
        check_method(call, "POST", "GET")
        return _listing(call) if call.request.method != "POST" else _sequence(call, send)
    if below == ("batch",):
        check_method(call, "POST")
        return _batch(call, send)
    if below[0] == "sobjects":
        return _collection(call)
    if below[0] in {"tree", "graph"}:
        check_method(call, "POST")
        return writes.refused()
    raise not_found()


def _listing(call: Call) -> Answer:
    return Answer({name: f"{call.root}/composite/{name}" for name in ("sobjects", "batch", "tree", "graph")})


def _sequence(call: Call, send: Send) -> Answer:
    """Run the parts in order; a part may use values of an earlier one as `@{reference.field}`."""
    body = _object(call.request.json())
    parts = _parts(body, "compositeRequest")
    all_or_none = body.get("allOrNone") is True
    done: dict[str, Answer] = {}
    for part in parts:
        reference = part.get("referenceId")
        if not isinstance(reference, str) or not reference or reference in done:
            raise _wrong("each part needs a referenceId of its own")
        if all_or_none and any(each.status >= 400 for each in done.values()):
            done[reference] = Answer(_halted(), 400)
            continue
        done[reference] = _attempt(lambda part=part: send(_part_request(call, part, done)))  # type: ignore[misc]
    return Answer({"compositeResponse": [_composed(name, each) for name, each in done.items()]})


def _composed(reference: str, answer: Answer) -> dict[str, Any]:
    return {
        "body": answer.payload,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def _halted() -> list[dict[str, str]]:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return [{"errorCode": "PROCESSING_HALTED", "message": message}]


def _batch(call: Call, send: Send) -> Answer:
    """Run independent parts in order."""
    body = _object(call.request.json())
    halt = body.get("haltOnError") is True
    results: list[dict[str, Any]] = []
    failed = False
    for part in _parts(body, "batchRequests"):
        if failed and halt:
            error = {"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}
            results.append({"statusCode": 412, "result": [error]})
            continue
        answer = _attempt(lambda part=part: send(_part_request(call, part, {})))  # type: ignore[misc]
        failed = failed or answer.status >= 400
        results.append({"statusCode": answer.status, "result": answer.payload})
    return Answer({"hasErrors": failed, "results": results})


def _attempt(run: Callable[[], Answer]) -> Answer:
    try:
        return run()
    except SalesforceError as error:
        return Answer(error.body(), error.http_status)


def _part_request(call: Call, part: dict[str, Any], done: dict[str, Answer]) -> Request:
    """Return the request that a part stands for; batch parts omit `/services/data`."""
    url = part.get("url")
    if not isinstance(url, str):
        raise _wrong("each part needs a url")
    path, _, query = _filled(url, done).partition("?")
    if not path.startswith("/services/data/"):
        path = f"/services/data/{path.lstrip('/')}"
    content = part.get("body", part.get("richInput"))
    method = str(part.get("method", "GET")).upper()
    headers = {**call.request.headers, "content-type": "application/json"}
    extra = part.get("httpHeaders")
    if isinstance(extra, dict):
        headers |= {str(name).lower(): str(value) for name, value in extra.items() if name.lower() != "authorization"}
    return Request(method, path, query, headers, dumps(content) if content is not None else b"", call.request.origin)


def _filled(url: str, done: dict[str, Answer]) -> str:
    """Return the address with its references replaced by values of earlier parts."""

    def value(match: re.Match[str]) -> str:
        name, steps = match.groups()
        if name not in done or done[name].status >= 400:
            raise SalesforceError(
                "PROCESSING_HALTED", f"Invalid reference specified. No value for {match.group()[2:-1]}"
            )
        found: Any = done[name].payload
        for key, index in _STEP.findall(steps):
            found = _step(found, key, index)
            if found is None:
                message = f"Invalid reference specified. No value for {match.group()[2:-1]} found in {name}"
                raise SalesforceError("PROCESSING_HALTED", message)
        return str(found)

    return _REFERENCE.sub(value, url)


def _step(value: Any, key: str, index: str) -> Any:
    if key:
        return value.get(key) if isinstance(value, dict) else None
    return value[int(index)] if isinstance(value, list) and int(index) < len(value) else None


def _collection(call: Call) -> Answer:
    """Answer `composite/sobjects`: multi-retrieve with an object's name, refusals otherwise."""
    below = [each for each in call.path[2:] if each]
    method = call.request.method
    if below and method in {"GET", "HEAD"}:
        return _retrieve(
            call, below[0], call.request.parameters.get("ids", "").split(","), records.requested_fields(call)
        )
    if below and method == "POST":
        body = _object(call.request.json())
        return _retrieve(call, below[0], _texts(body, "ids"), tuple(_texts(body, "fields")))
    check_method(call, "POST", "PATCH", "DELETE")
    if method == "DELETE":
        return writes.refused_each(len(call.request.parameters.get("ids", "").split(",")))
    changed = _object(call.request.json()).get("records")
    if not isinstance(changed, list):
        raise _wrong("records must be a list")
    return writes.refused_each(len(changed))


def _retrieve(call: Call, name: str, ids: list[str], fields: tuple[str, ...]) -> Answer:
    """Return the records in the order of their ids, null for each that is not there."""
    sobject = call.sobject(name)
    if not ids or len(ids) > MOST_RETRIEVED:
        raise _wrong(f"ids must hold 1 to {MOST_RETRIEVED} record ids")
    found: list[dict[str, Any] | None] = []
    for each in ids:
        wanted = normal_id(each.strip())
        if wanted is None:
            raise SalesforceError("MALFORMED_ID", f"malformed id {each}")
        try:
            found.append(records.fetch(call, sobject, wanted, names=fields))
        except SalesforceError as error:
            if error.http_status != 404:
                raise
            found.append(None)
    return Answer(found)


def _parts(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    parts = body.get(key)
    if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
        raise _wrong(f"{key} must be a list of objects")
    if len(parts) > MOST_CALLS:
        raise SalesforceError("LIMIT_EXCEEDED", f"The number of subrequests is limited to {MOST_CALLS}")
    return parts


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise _wrong("the request body must be a JSON object")
    return body


def _texts(body: dict[str, Any], key: str) -> list[str]:
    values = body.get(key)
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise _wrong(f"{key} must be a list of texts")
    return values


def _wrong(message: str) -> SalesforceError:
    return SalesforceError("JSON_PARSER_ERROR", message)
