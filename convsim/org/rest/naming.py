"""How the log names a request: its kind, and the words for it. Needs no org, so it serves a real one too."""

from convsim.org.errors import SalesforceError
from convsim.org.rest.message import Request
from convsim.org.rest.search import requested
from convsim.records.transcript import QueryKind

CHANGES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_KINDS: dict[str, QueryKind] = {
    "query": "soql",
    "queryall": "soql",
    "tooling": "soql",
    "search": "sosl",
    "parameterizedsearch": "sosl",
}
_SEARCHES = frozenset({"search", "parameterizedsearch"})
Steps = tuple[str, ...]
"""The segments of a path after the version, percent-decoded."""


def _first(path: Steps) -> str:
    return path[0].lower() if path else ""


def kind_of(request: Request, path: Steps) -> QueryKind:
    """Return how the log classes a request."""
    name, below = _first(path), [each for each in path[1:] if each]
    if name == "sobjects" and request.method in CHANGES:
        return "other"
    if name == "sobjects":
        return "describe" if len(below) < 2 or below[1].lower() == "describe" else "read"
    if name == "composite":
        return "read" if len(below) > 1 and below[0].lower() == "sobjects" else "other"
    return _KINDS.get(name, "other")


def text_of(request: Request, path: Steps) -> str:
    """Return the query or search that the request holds, otherwise its method and address."""
    name = _first(path)
    if _KINDS.get(name) == "soql" and request.parameters.get("q"):
        return request.parameters["q"]
    if name in _SEARCHES and (text := _search_text(request, name)):
        return text
    method = "" if request.method == "GET" else request.method + " "
    return f"{method}{request.path}{'?' + request.query if request.query else ''}"


def _search_text(request: Request, name: str) -> str:
    try:
        return requested(request, parameterized=name != "search")
    except SalesforceError:
        return ""


def is_envelope(request: Request, path: Steps) -> bool:
    """Return whether the request only carries others, which are counted and logged one by one."""
    below = [each.lower() for each in path[1:] if each]
    return _first(path) == "composite" and request.method == "POST" and below in ([], ["batch"])


def continues(path: Steps) -> bool:
    """Return whether the request fetches the next page of a query that was counted before."""
    return _first(path) in {"query", "queryall"} and len(path) > 1 and bool(path[1])


def changes(request: Request, path: Steps) -> bool:
    """Return whether the request could change something: all but reading, and searches sent as a body."""
    return request.method in CHANGES and _first(path) not in _SEARCHES
