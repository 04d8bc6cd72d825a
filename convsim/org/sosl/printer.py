"""Syntax tree to text: parsing what is printed gives an equal tree."""

from dataclasses import replace

from convsim.org.soql.printer import print_query
from convsim.org.sosl.ast import Returning, Search, With


def print_search(search: Search) -> str:
    """Return the search in one line, keywords in upper case; the search text stays as it was written."""
    clauses = [
        f"FIND {{{search.text}}} IN {search.group} FIELDS",
        f"RETURNING {', '.join(map(_returning, search.returning))}" if search.returning else "",
        *map(_filter, search.filters),
        f"LIMIT {search.limit}" if search.limit is not None else "",
        f"UPDATE {', '.join(search.update_words)}" if search.update_words else "",
    ]
    return " ".join(filter(None, clauses))


def _returning(entry: Returning) -> str:
    name = entry.query.sources[0].path.parts[0]
    if entry.bare:
        return name
    fields, _, head = print_query(replace(entry.query, order=(), limit=None, offset=None)).partition(" FROM ")
    _, _, tail = print_query(replace(entry.query, where=None)).partition(" FROM ")
    parts = [
        fields.removeprefix("SELECT "),
        head.removeprefix(name).strip(),
        f"USING LISTVIEW={entry.list_view}" if entry.list_view else "",
        tail.removeprefix(name).strip(),
    ]
    return f"{name}({' '.join(filter(None, parts))})"


def _filter(entry: With) -> str:
    space = " " if entry.detail and not entry.detail.startswith("(") else ""
    return f"WITH {entry.name}{space}{entry.detail}"
