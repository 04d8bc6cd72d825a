"""Tokens to syntax tree, by recursive descent over Salesforce's grammar (API 60, outside Apex).

Each step reads one construct; a token that cannot stand where it stands ends the parse with Salesforce's wording.
Depth is bounded, so a text of nothing but brackets is refused and never exhausts the stack.
"""

from collections.abc import Callable
from typing import TypeVar

from convsim.org.errors import SalesforceError
from convsim.org.soql.ast import (
    Call,
    Category,
    Entry,
    Grouping,
    Order,
    Path,
    Query,
    Selected,
    Source,
    Subquery,
    TypeOf,
    When,
    With,
)
from convsim.org.soql.conditions import ConditionParser
from convsim.org.soql.messages import malformed
from convsim.org.soql.reader import NOT_ALIASES

MAX_LENGTH = 100_000
T = TypeVar("T")
_CLAUSES = {"USING", "WHERE", "WITH", "GROUP", "HAVING", "LIMIT", "FOR", "UPDATE"}
_SELECTORS = ("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")


def parse(text: str) -> Query:
    """Return the query's tree; raises SalesforceError (MALFORMED_QUERY) for anything that is not SOQL."""
    if len(text) > MAX_LENGTH:
        message = f"SOQL statements can not be longer than {MAX_LENGTH} characters"
        raise SalesforceError("MALFORMED_QUERY", message)
    if not text.strip():
        raise SalesforceError("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    parser = Parser(text)
    query = parser.query()
    if parser.now.kind != "end":
        raise parser.refusal()
    return query


class Parser(ConditionParser):
    """The parser of whole queries; conditions are read by its parent class."""

    def query(self) -> Query:
        """Read SELECT up to UPDATE, clauses in their fixed order."""
        with self.deeper():
            at = self.expect("SELECT").at
            select = self._select_list()
            sources = self._sources()
            scope = self._scope()
            where = self.condition() if self.accept("WHERE") else None
            with_clause = self._with()
            group = self._group()
            having = self.condition() if group and self.accept("HAVING") else None
            order = self._order()
            limit_at, limit = self._count("LIMIT")
            offset_at, offset = self._count("OFFSET")
            return Query(
                select=select,
                sources=sources,
                scope=scope,
                where=where,
                with_clause=with_clause,
                group=group,
                having=having,
                order=order,
                limit=limit,
                offset=offset,
                for_words=self._words("FOR", ("VIEW", "REFERENCE")),
                update_words=self._words("UPDATE", ("TRACKING", "VIEWSTAT")),
                at=at,
                limit_at=limit_at,
                offset_at=offset_at,
            )

    def semi_join_query(self) -> Query:
        """Read the query of a semi-join: one field, one object, conditions, nothing else."""
        with self.deeper():
            at = self.expect("SELECT").at
            start = self.now.at
            field = self.expression()
            self.expect("FROM")
            source = self._source()
            where = self.condition() if self.accept("WHERE") else None
            with_clause = self._with()
            return Query((Selected(field, at=start),), (source,), where=where, with_clause=with_clause, at=at)

    def _select_list(self) -> tuple[Entry, ...]:
        if self.now.word == "COUNT" and self.peek(1).word == "(" and self.peek(2).word == ")":
            token = self.take()
            self.take()
            self.take()
            return (Selected(Call("COUNT", None, token.at, token.text), at=token.at),)
        return self._several(self._entry)

    def _entry(self) -> Entry:
        token = self.now
        if token.word == "(":
            self.take()
            query = self.query()
            self.expect(")")
            alias, _ = self._alias()
            return Subquery(query, alias, token.at)
        if token.word == "TYPEOF" and self.peek(1).kind == "name" and self.peek(2).word == "WHEN":
            return self._type_of()
        expression = self.expression()
        alias, alias_at = self._alias()
        return Selected(expression, alias, token.at, alias_at)

    def _type_of(self) -> TypeOf:
        at = self.take().at
        relationship = self.path()
        branches: list[When] = []
        while self.accept("WHEN"):
            sobject = self.path()
            self.expect("THEN")
            branches.append(When(sobject, self._several(self.path)))
        otherwise = self._several(self.path) if self.accept("ELSE") else ()
        self.expect("END")
        return TypeOf(relationship, tuple(branches), otherwise, at)

    def _alias(self) -> tuple[str | None, int]:
        token = self.now
        if token.kind != "name" or token.word in NOT_ALIASES or "." in token.text:
            return None, 0
        self.take()
        return token.text, token.at

    def _sources(self) -> tuple[Source, ...]:
        self.expect("FROM")
        return self._several(self._source)

    def _source(self) -> Source:
        at = self.now.at
        path = self.path()
        if self.accept("AS"):
            token = self.take_name()
            return Source(path, token.text, at)
        token = self.now
        if token.kind != "name" or token.word in _CLAUSES or token.word in NOT_ALIASES or self._starts_clause():
            return Source(path, None, at)
        if "." in token.text:
            raise self.refusal()
        self.take()
        return Source(path, token.text, at)

    def _starts_clause(self) -> bool:
        following = self.peek(1)
        if self.now.word == "ORDER":
            return following.word == "BY"
        return self.now.word == "OFFSET" and following.kind == "number"

    def _scope(self) -> Path | None:
        if not self.accept("USING"):
            return None
        self.expect("SCOPE")
        token = self.take_name()
        return Path((token.text,), token.at)

    def _with(self) -> With | None:
        if not self.accept("WITH"):
            return None
        if self.now.word == "DATA" and self.peek(1).word == "CATEGORY":
            at = self.take().at
            self.take()
            categories = [self._category()]
            while self.accept("AND"):
                categories.append(self._category())
            return With("DATA CATEGORY", categories=tuple(categories), at=at)
        token = self.take_name()
        value = self.value() if self.accept("=") else None
        return With(token.word, value, at=token.at)

    def _category(self) -> Category:
        group = self.take_name().text
        token = self.now
        if token.word not in _SELECTORS:
            raise self.refusal()
        self.take()
        if not self.accept("("):
            return Category(group, token.word, (self.take_name().text,))  # type: ignore[arg-type]
        names = self._several(lambda: self.take_name().text)
        self.expect(")")
        return Category(group, token.word, names)  # type: ignore[arg-type]

    def _group(self) -> Grouping | None:
        at = self.now.at
        if not self.accept("GROUP"):
            return None
        self.expect("BY")
        kind = self.now.word
        if kind in {"ROLLUP", "CUBE"} and self.peek(1).word == "(":
            self.take()
            self.take()
            fields = self._several(self.expression)
            self.expect(")")
            return Grouping(kind, fields, at)  # type: ignore[arg-type]
        return Grouping("", self._several(self.expression), at)

    def _order(self) -> tuple[Order, ...]:
        if not self.accept("ORDER"):
            return ()
        self.expect("BY")
        return self._several(self._order_entry)

    def _order_entry(self) -> Order:
        at = self.now.at
        field = self.expression()
        descending = self.accept("DESC")
        if not descending:
            self.accept("ASC")
        nulls = ""
        if self.accept("NULLS"):
            nulls = self.now.word
            if nulls not in {"FIRST", "LAST"}:
                raise self.refusal()
            self.take()
        return Order(field, descending, nulls, at)  # type: ignore[arg-type]

    def _count(self, word: str) -> tuple[int, int | None]:
        if not self.accept(word):
            return 0, None
        token = self.now
        if token.word == ":":
            raise malformed(self.text, token.at, "Bind variables only allowed in Apex code")
        if token.kind != "number" or "." in token.text or len(token.text) > 10:
            raise self.refusal()
        self.take()
        return token.at, int(token.text)

    def _words(self, clause: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        if not self.accept(clause):
            return ()
        if clause == "FOR" and self.now.word == "UPDATE":
            raise malformed(self.text, self.now.at, "FOR UPDATE not allowed in this context")
        return self._several(lambda: self._one_of(allowed))

    def _one_of(self, allowed: tuple[str, ...]) -> str:
        if self.now.word not in allowed:
            raise self.refusal()
        return self.take().word

    def _several(self, read: Callable[[], T]) -> tuple[T, ...]:
        entries = [read()]
        while self.accept(","):
            entries.append(read())
        return tuple(entries)
