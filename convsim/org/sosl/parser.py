"""A search to its syntax tree: FIND with its text first, then clauses in their fixed order, read with SOQL's tokens.

Grammar and rejections follow the SOQL and SOSL Reference, "SOSL Syntax"; a word that no clause knows is answered by
`Malformed search token`, as seen in real responses.
"""

import re

from convsim.org.errors import SalesforceError
from convsim.org.soql.ast import Order, Path, Query, Selected, Source
from convsim.org.soql.messages import placed
from convsim.org.soql.parser import MAX_LENGTH, Parser
from convsim.org.sosl.ast import Group, Returning, Search, Term, With
from convsim.org.sosl.words import find_end, parse_words

_FIND = re.compile(r"\s*FIND\s*\{", re.IGNORECASE)
_GROUPS: dict[str, Group] = {name: name for name in ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")}
_ASSIGNED = frozenset({"DIVISION", "NETWORK", "PRICEBOOKID", "METADATA", "SPELL_CORRECTION"})
_FILTERS = _ASSIGNED | {"DATA", "SNIPPET", "HIGHLIGHT", "USER_MODE", "SYSTEM_MODE"}


def parse(text: str) -> Search:
    """Return the search's tree; raises SalesforceError (MALFORMED_SEARCH, INVALID_SEARCH) for anything else."""
    if len(text) > MAX_LENGTH:
        raise SalesforceError("MALFORMED_SEARCH", f"SOSL statements can not be longer than {MAX_LENGTH} characters")
    opening = _FIND.match(text)
    if opening is None:
        raise SalesforceError("MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    end = find_end(text, opening.end())
    term = parse_words(text, opening.end(), end)
    try:
        return SearchParser(text, end + 1).search(text[opening.end() : end], term)
    except SalesforceError as error:
        if error.code == "MALFORMED_QUERY":
            raise SalesforceError("MALFORMED_SEARCH", error.message) from error
        raise


class SearchParser(Parser):
    """The parser of everything behind the search text."""

    def search(self, written: str, term: Term | None) -> Search:
        """Read IN, RETURNING, WITH, LIMIT and UPDATE up to the end."""
        group = self._group_of_fields()
        returning = self._returning()
        filters = self._filters()
        limit_at, limit = self._count("LIMIT")
        update_words = self._words("UPDATE", ("TRACKING", "VIEWSTAT"))
        if self.now.kind != "end":
            raise self._malformed_token()
        return Search(written, term, group, returning, filters, limit, update_words, limit_at)

    def _malformed_token(self) -> SalesforceError:
        token = self.now
        message = f"Malformed search token: {token.text or '<EOF>'}"
        return SalesforceError("MALFORMED_SEARCH", placed(self.text, token.at - 1, message))

    def _group_of_fields(self) -> Group:
        if not self.accept("IN"):
            return "ALL"
        if self.now.word not in _GROUPS:
            raise self._malformed_token()
        group = _GROUPS[self.take().word]
        if not self.accept("FIELDS"):
            raise self._malformed_token()
        return group

    def _returning(self) -> tuple[Returning, ...]:
        if not self.accept("RETURNING"):
            return ()
        return self._several(self._returned_object)

    def _returned_object(self) -> Returning:
        at = self.now.at
        name = self.path()
        if len(name.parts) > 1:
            raise self.refusal()
        source = (Source(name, None, at),)
        if not self.accept("("):
            identity = Selected(Path(("Id",), at), at=at)
            return Returning(Query((identity,), source, at=at), bare=True, at=at)
        fields = self._several(self._returned_field)
        where = self.condition() if self.accept("WHERE") else None
        view_at, view = self._list_view()
        order: tuple[Order, ...] = self._order()
        limit_at, limit = self._count("LIMIT")
        offset_at, offset = self._count("OFFSET")
        self.expect(")")
        query = Query(
            select=fields,
            sources=source,
            where=where,
            order=order,
            limit=limit,
            offset=offset,
            at=at,
            limit_at=limit_at,
            offset_at=offset_at,
        )
        return Returning(query, bare=False, list_view=view, at=at, list_view_at=view_at)

    def _returned_field(self) -> Selected:
        at = self.now.at
        expression = self.expression()
        alias, alias_at = (None, 0) if self._starts_clause() else self._alias()
        return Selected(expression, alias, at, alias_at)

    def _list_view(self) -> tuple[int, str | None]:
        if not self.accept("USING"):
            return 0, None
        self.expect("LISTVIEW")
        self.expect("=")
        token = self.take_name()
        return token.at, token.text

    def _filters(self) -> tuple[With, ...]:
        filters: list[With] = []
        while self.accept("WITH"):
            filters.append(self._filter())
            while self.accept("AND"):
                filters.append(self._filter())
        return tuple(filters)

    def _filter(self) -> With:
        token = self.now
        if token.word not in _FILTERS:
            raise self._malformed_token()
        if token.word == "DATA":
            return self._data_category()
        self.take()
        if token.word in _ASSIGNED:
            return With(token.word, self._assigned(), token.at)
        if token.word == "SNIPPET" and self.accept("("):
            return With("SNIPPET", self._snippet_length(), token.at)
        return With(token.word, "", token.at)

    def _data_category(self) -> With:
        at = self.take().at
        self.expect("CATEGORY")
        categories = [self._category()]
        while self.now.word == "AND" and self.peek(1).word not in _FILTERS:
            self.take()
            categories.append(self._category())
        detail = " AND ".join(f"{each.group} {each.selector} ({', '.join(each.names)})" for each in categories)
        return With("DATA CATEGORY", detail, at)

    def _assigned(self) -> str:
        """Read `= value` or `IN (value, ...)` after a filter's name."""
        if self.accept("IN"):
            self.expect("(")
            values = self._several(self._written_value)
            self.expect(")")
            return f"IN ({', '.join(values)})"
        self.expect("=")
        return f"= {self._written_value()}"

    def _written_value(self) -> str:
        if self.now.kind not in {"string", "name", "number"}:
            raise self.refusal()
        return self.take().text

    def _snippet_length(self) -> str:
        self.expect("TARGET_LENGTH")
        self.expect("=")
        if self.now.kind != "number" or not self.now.text.isdigit():
            raise self.refusal()
        length = self.take().text
        self.expect(")")
        return f"(target_length={length})"
