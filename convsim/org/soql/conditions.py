"""Reading conditions: comparisons, lists, semi-joins, and their joining by AND, OR and NOT.

AND and OR never mix on one level, and NOT stands alone on its level, as in Salesforce's grammar.
"""

from typing import Literal

from convsim.org.soql.ast import (
    Comparison,
    Condition,
    DateFormula,
    Expression,
    Literals,
    Logic,
    Membership,
    Moment,
    Not,
    Number,
    Operator,
    Pattern,
    Query,
    SemiJoin,
    Text,
    Word,
)
from convsim.org.soql.messages import malformed
from convsim.org.soql.periods import COUNTED_FORMULAS, FORMULAS
from convsim.org.soql.reader import NOT_NAMES, Reader, unescaped, unescaped_pattern

_OPERATORS: dict[str, Operator] = {
    "=": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_WORDS = {"TRUE": True, "FALSE": False, "NULL": None}
_NO_BINDS = "Bind variables only allowed in Apex code"


class ConditionParser(Reader):
    """The part of the parser that reads WHERE and HAVING."""

    def semi_join_query(self) -> Query:
        """Read the query of a semi-join."""
        raise NotImplementedError

    def condition(self) -> Condition:
        """Read one level: a single condition, a NOT, or several joined by the same word."""
        if self.now.word == "NOT":
            at = self.take().at
            return Not(self._single(), at)
        first = self._single()
        word = self.now.word
        if word not in {"AND", "OR"}:
            return first
        parts = [first]
        while self.accept(word):
            parts.append(self._single())
        if self.now.word in {"AND", "OR"}:
            raise self.refusal()
        return Logic("AND" if word == "AND" else "OR", tuple(parts))

    def _single(self) -> Condition:
        if self.accept("("):
            with self.deeper():
                inner = self.condition()
            self.expect(")")
            return inner
        at = self.now.at
        field = self.expression()
        token = self.now
        operator = _OPERATORS.get(token.word)
        if operator:
            self.take()
            return Comparison(field, operator, self.value(), at)
        if self.accept("LIKE"):
            return Comparison(field, "LIKE", self._pattern(), at)
        return self._membership(field, at=at)

    def _membership(self, field: Expression, *, at: int) -> Condition:
        word = self.now.word
        if word == "NOT" and self.peek(1).word == "IN":
            self.take()
            word = "NOT IN"
        elif word not in {"IN", "INCLUDES", "EXCLUDES"}:
            raise self.refusal()
        self.take()
        if self.now.word == ":":
            raise malformed(self.text, self.now.at, _NO_BINDS)
        self.expect("(")
        if word in {"IN", "NOT IN"} and self.now.word == "SELECT":
            query = self.semi_join_query()
            self.expect(")")
            return SemiJoin(field, word == "NOT IN", query, at)
        values = [self.value()]
        while self.accept(","):
            values.append(self.value())
        self.expect(")")
        return Membership(field, _membership_operator(word), tuple(values), at)

    def _pattern(self) -> Literals:
        if self.now.kind != "string":
            return self.value()
        token = self.take()
        return Pattern(unescaped_pattern(token), token.at)

    def value(self) -> Literals:
        """Read a literal."""
        token = self.now
        if token.kind == "string":
            return Text(unescaped(self.text, self.take()), token.at)
        if token.kind == "number":
            self.take()
            return Number(token.text.removeprefix("+"), token.at)
        if token.kind in {"date", "datetime", "time"}:
            self.take()
            return Moment(_moment_kind(token.kind), token.text.upper(), token.at)
        if token.word in _WORDS:
            self.take()
            return Word(_WORDS[token.word], token.at)
        if token.kind == "name":
            return self._formula()
        if token.word == ":":
            raise malformed(self.text, token.at, _NO_BINDS)
        raise self.refusal()

    def _formula(self) -> Literals:
        token = self.now
        if token.word in FORMULAS:
            self.take()
            return DateFormula(token.word, None, token.at)
        if token.word in COUNTED_FORMULAS and self.peek(1).word == ":":
            self.take()
            self.take()
            count = self.now
            if count.kind != "number" or not count.text.isdigit():
                raise self.refusal()
            self.take()
            return DateFormula(token.word, int(count.text[:9]), token.at)
        if token.word in NOT_NAMES:
            raise self.refusal()
        raise malformed(self.text, token.at, _NO_BINDS)  # also what a comparison of two fields is answered with


def _moment_kind(kind: str) -> Literal["date", "datetime", "time"]:
    return "date" if kind == "date" else "datetime" if kind == "datetime" else "time"


def _membership_operator(word: str) -> Literal["IN", "NOT IN", "INCLUDES", "EXCLUDES"]:
    match word:
        case "NOT IN":
            return "NOT IN"
        case "INCLUDES":
            return "INCLUDES"
        case "EXCLUDES":
            return "EXCLUDES"
        case _:
            return "IN"
