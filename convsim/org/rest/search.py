"""SOSL over REST: `search` and `parameterizedSearch`."""

from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.rest.message import Answer, Request
from convsim.org.rest.service import Call, check_method

_BARE_BEFORE = 37.0
"""Before this version a search answers a bare array (REST API Developer Guide, "Search")."""
_GROUPS = {"ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"}
_RESERVED = frozenset("?&|!{}[]()^~*:\\\"'+-")
_OPERATORS = frozenset('()*?"')
"""Reserved characters that keep their meaning in a parameterized search."""


def search(call: Call) -> Answer:
    """Answer `GET search?q=FIND {...}`."""
    check_method(call, "GET")
    return _found(call, requested(call.request, parameterized=False))


def parameterized_search(call: Call) -> Answer:
    """Answer `GET parameterizedSearch?q=...&sobject=...` and its POST form with a JSON body."""
    check_method(call, "GET", "POST")
    return _found(call, requested(call.request, parameterized=True))


def requested(request: Request, *, parameterized: bool) -> str:
    """Return the SOSL statement that a request means; raises SalesforceError for a body of another form."""
    if not parameterized:
        return request.parameters.get("q", "")
    return statement(request.json() if request.method == "POST" else _from_parameters(request))


def _found(call: Call, text: str) -> Answer:
    records = call.service.engine.search(text, version=call.version)
    if float(call.version) < _BARE_BEFORE:
        return Answer(records)
    return Answer({"searchRecords": records})


def _from_parameters(request: Request) -> dict[str, Any]:
    """Return the JSON body that the parameters of a GET mean (REST API Developer Guide, "Parameterized Search")."""
    given = request.parameters
    body: dict[str, Any] = {"q": given.get("q", ""), "in": given.get("in", "ALL")}
    if "overallLimit" in given:
        body["overallLimit"] = _number(given["overallLimit"], "overallLimit")
    names = [name.strip() for name in given.get("sobject", "").split(",") if name.strip()]
    common = given.get("fields", "")
    body["sobjects"] = [_sobject_parameters(given, name, common) for name in names]
    return body


def _sobject_parameters(given: Any, name: str, common: str) -> dict[str, Any]:
    fields = given.get(f"{name}.fields", common)
    entry: dict[str, Any] = {"name": name, "fields": [each.strip() for each in fields.split(",") if each.strip()]}
    for key in ("where", "orderBy"):
        if f"{name}.{key}" in given:
            entry[key] = given[f"{name}.{key}"]
    limit = given.get(f"{name}.limit", given.get("defaultLimit"))
    if limit is not None:
        entry["limit"] = _number(limit, f"{name}.limit")
    return entry


def statement(body: Any) -> str:
    """Return the SOSL statement of a parameterized search; raises SalesforceError for a body of another form."""
    if not isinstance(body, dict):
        raise _wrong("the request body must be a JSON object")
    text = body.get("q")
    if not isinstance(text, str) or not text.strip():
        raise SalesforceError("MALFORMED_SEARCH", "A search query string has to be specified")
    group = str(body.get("in", "ALL")).upper()
    if group not in _GROUPS:
        raise _wrong(f"in: {group} is not one of {', '.join(sorted(_GROUPS))}")
    returning = [_returning(each, body) for each in _list(body.get("sobjects", []), "sobjects")]
    parts = [f"FIND {{{_escaped(text)}}} IN {group} FIELDS"]
    parts += [f"RETURNING {', '.join(returning)}"] if returning else []
    parts += [f"LIMIT {_number(body['overallLimit'], 'overallLimit')}"] if "overallLimit" in body else []
    return " ".join(parts)


def _escaped(text: str) -> str:
    """Return the free text with its reserved characters escaped; escapes that stand there already stay."""
    out, skip = [], False
    for place, character in enumerate(text):
        if skip:
            skip = False
            continue
        if character == "\\" and text[place + 1 : place + 2] in _RESERVED and place + 1 < len(text):
            out.append(text[place : place + 2])
            skip = True
        elif character in _RESERVED - _OPERATORS:
            out.append("\\" + character)
        else:
            out.append(character)
    return "".join(out)


def _returning(entry: Any, body: dict[str, Any]) -> str:
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _wrong("each of sobjects needs a name")
    fields = _list(entry.get("fields", body.get("fields", [])), "fields")
    inner = ", ".join(map(str, fields)) or "Id"
    inner += f" WHERE {entry['where']}" if entry.get("where") else ""
    inner += f" ORDER BY {entry['orderBy']}" if entry.get("orderBy") else ""
    limit = entry.get("limit", body.get("defaultLimit"))
    inner += f" LIMIT {_number(limit, 'limit')}" if limit is not None else ""
    return f"{entry['name']}({inner})"


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(f"{name} must be a list")
    return value


def _number(value: Any, name: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise _wrong(f"{name} must be a whole number") from None
    if number < 0:
        raise _wrong(f"{name} must not be negative")
    return number


def _wrong(message: str) -> SalesforceError:
    return SalesforceError("JSON_PARSER_ERROR", message)
