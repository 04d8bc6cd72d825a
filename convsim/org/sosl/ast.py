"""The syntax tree of a search: frozen records that compare by meaning, each with the place `at` where it was written.

`convsim.org.sosl.printer` writes a tree as text, and parsing that text gives an equal tree.
"""

from dataclasses import dataclass, field
from typing import Literal

from convsim.org.soql.ast import Query

Group = Literal["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"]


def _place() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without space, as written: reserved ones escaped, `*` and `?` bare where they are wild."""

    text: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands in quotes, as written."""

    text: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class All:
    """Terms that must all match, and terms that must not (AND NOT)."""

    parts: tuple["Term", ...]
    excluded: tuple["Term", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """Terms of which one must match."""

    parts: tuple["Term", ...]


Term = Word | Phrase | All | Either


@dataclass(frozen=True, slots=True)
class Returning:
    """One object of RETURNING. Its fields, conditions, order and limits are those of a SOQL query on it."""

    query: Query
    bare: bool
    """Written without parentheses: only the Id comes back."""
    list_view: str | None = None
    """Name after USING LISTVIEW=."""
    at: int = _place()
    list_view_at: int = _place()


@dataclass(frozen=True, slots=True)
class With:
    """One WITH filter, such as SNIPPET(target_length=120) or HIGHLIGHT, as written after its name."""

    name: str
    """In upper case; `DATA CATEGORY` for that filter."""
    detail: str = ""
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Search:
    """A whole search."""

    text: str
    """What stands in the braces, as written."""
    term: Term | None
    """None when nothing that could match is left."""
    group: Group = "ALL"
    returning: tuple[Returning, ...] = ()
    filters: tuple[With, ...] = ()
    limit: int | None = None
    update_words: tuple[str, ...] = ()
    limit_at: int = _place()
