"""Conditions to SQL. A condition is true or false for every row, never unknown: what is not true is false.

So a null value fails every comparison but `= null`, and NOT, `!=`, NOT IN and EXCLUDES keep it; in SQL a condition may
still yield NULL, and each negation is written `IS NOT TRUE`. AND and OR are bracketed in pairs, so that SQLite's bound
on the depth of an expression is out of reach.
"""

import json
from collections.abc import Callable
from typing import Any

from convsim.org.errors import SalesforceError
from convsim.org.fold import fold
from convsim.org.layout import indexed
from convsim.org.soql.ast import (
    Comparison,
    Condition,
    Expression,
    Logic,
    Membership,
    Not,
    Path,
    Pattern,
    Query,
    SemiJoin,
)
from convsim.org.soql.likes import like
from convsim.org.soql.limits import MAX_SEMI_JOINS
from convsim.org.soql.literals import Period, value_of
from convsim.org.soql.messages import malformed, unfit, wrong_operator
from convsim.org.soql.operands import Operand, operand
from convsim.org.soql.scope import Scope

OperandOf = Callable[[Expression], Operand]
SemiJoinQuery = Callable[[Scope, Query], str]
"""Compiles the query of a semi-join to SQL that gives one column without nulls."""
_LONG_LIST = 400
_SEMI_OR = "Semi join sub-selects are not allowed with the 'OR' operator"
_SEMI_NESTED = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions"
)
_SEMI_NOT = "Semi join sub-selects are not allowed with the 'NOT' operator"
_SEMI_MANY = f"maximum {MAX_SEMI_JOINS} semi join sub-selects are allowed"
_SEMI_TYPE = "The left operand and the inner select field of a semi join must be id or reference fields"


class Filters:
    """Compiles the conditions of one WHERE or HAVING."""

    def __init__(self, scope: Scope, *, semi_join: SemiJoinQuery | None, operand_of: OperandOf | None = None) -> None:
        self._scope = scope
        self._text = scope.text
        self._semi_join = semi_join
        self._operand_of = operand_of or (lambda expression: operand(scope, expression))
        self._semi_joins = 0
        self.seeks = False
        """Whether an index may find the records: all of them must meet a condition on an indexed field, or on a parent,
        whose children are found by the index of their reference."""

    def compile(self, condition: Condition, *, under: str = "") -> str:
        """Return SQL that is TRUE where the condition holds; `under` is the word that joins it to its neighbours."""
        match condition:
            case Logic(word, parts):
                below = "OR" if "OR" in (word, under) else under or word
                return _joined(word, [self.compile(part, under=below) for part in parts])
            case Not(part):
                return f"({self.compile(part, under='NOT')}) IS NOT TRUE"
            case Comparison(field, "LIKE", Pattern(pattern)):
                return self._like(self._filterable(field), pattern)
            case Comparison(field, operator):
                self._note(field, useful=operator != "!=" and under in {"", "AND"})
                return self._comparison(condition)
            case Membership(field, operator):
                self._note(field, useful=operator == "IN" and under in {"", "AND"})
                return self._membership(condition)
            case SemiJoin():
                return self._semi(condition, under=under)

    def _note(self, expression: Expression, *, useful: bool) -> None:
        if useful and isinstance(expression, Path) and not self.seeks:
            column = self._scope.column(expression)
            self.seeks = indexed(column.field) or bool(column.parents)

    def _filterable(self, expression: Expression) -> Operand:
        found = self._operand_of(expression)
        if found.column and not found.column.field.filterable:
            raise unfit(self._text, found.at, name=found.name, verb="filtered")
        return found

    def _comparison(self, condition: Comparison) -> str:
        left = self._filterable(condition.field)
        operator = condition.operator
        if operator == "LIKE":
            if not left.column or not _is_text(left):
                raise self._bad_operator(left)
            value_of(self._text, left, condition.value)  # refuses what is neither text nor null
            raise self._bad_null(left)
        value = value_of(self._text, left, condition.value)
        if left.type == "boolean":
            return self._boolean(left, operator, bool(value))
        if left.type == "multipicklist" and operator not in {"=", "!="}:
            raise self._bad_operator(left)
        if value is None:
            return self._null(left, operator)
        if isinstance(value, Period):
            return self._period(left, operator, value)
        place = self._scope.parameters.add(value)
        if operator == "!=":
            return f"{left.compared} IS NOT {place}"
        return f"{left.compared} {operator} {place}"

    def _null(self, left: Operand, operator: str) -> str:
        if operator == "=":
            return f"{left.sql} IS NULL"
        if operator == "!=":
            return f"{left.sql} IS NOT NULL"
        raise self._bad_null(left)

    def _boolean(self, left: Operand, operator: str, value: bool) -> str:
        if operator not in {"=", "!="}:
            raise self._bad_operator(left)
        return f"{left.sql} IS {'TRUE' if value == (operator == '=') else 'NOT TRUE'}"

    def _period(self, left: Operand, operator: str, value: Period) -> str:
        add = self._scope.parameters.add
        match operator:
            case "=":
                return f"({left.sql} >= {add(value.start)} AND {left.sql} < {add(value.end)})"
            case "!=":
                return f"({left.sql} >= {add(value.start)} AND {left.sql} < {add(value.end)}) IS NOT TRUE"
            case ">":
                return f"{left.sql} >= {add(value.end)}"
            case "<=":
                return f"{left.sql} < {add(value.end)}"
            case _:
                return f"{left.sql} {operator} {add(value.start)}"

    def _like(self, left: Operand, pattern: str) -> str:
        if not _is_text(left):
            raise self._bad_operator(left)
        folded = left.compared != left.sql
        return like(left.compared, fold(pattern) if folded else pattern, parameters=self._scope.parameters)

    def _membership(self, condition: Membership) -> str:
        left = self._filterable(condition.field)
        if condition.operator in {"INCLUDES", "EXCLUDES"}:
            return self._includes(left, condition)
        values = [value_of(self._text, left, each) for each in condition.values]
        sql = self._any_of(left, values)
        return f"({sql}) IS NOT TRUE" if condition.operator == "NOT IN" else sql

    def _any_of(self, left: Operand, values: list[Any]) -> str:
        if left.type == "boolean":
            return _joined("OR", [self._boolean(left, "=", bool(value)) for value in dict.fromkeys(values)])
        plain = [value for value in dict.fromkeys(values) if value is not None and not isinstance(value, Period)]
        parts = [f"{left.sql} IS NULL"] if None in values else []
        parts += [self._period(left, "=", value) for value in values if isinstance(value, Period)]
        add = self._scope.parameters.add
        if len(plain) > _LONG_LIST:
            parts.append(f"{left.compared} IN (SELECT value FROM json_each({add(json.dumps(plain))}))")  # noqa: S608
        elif plain:
            parts.append(f"{left.compared} IN ({', '.join(map(add, plain))})")
        return _joined("OR", parts)

    def _includes(self, left: Operand, condition: Membership) -> str:
        if left.type != "multipicklist":
            raise self._bad_operator(left)
        choices = [str(value_of(self._text, left, each) or "").split(";") for each in condition.values]
        listed = f"(';' || {left.compared} || ';')"
        add = self._scope.parameters.add
        sql = _joined(
            "OR", [_joined("AND", [f"instr({listed}, {add(f';{one};')})" for one in choice]) for choice in choices]
        )
        return f"({sql}) IS NOT TRUE" if condition.operator == "EXCLUDES" else f"({sql}) IS TRUE"

    def _semi(self, condition: SemiJoin, *, under: str) -> str:
        if self._semi_join is None:
            raise malformed(self._text, condition.at, _SEMI_NESTED)
        if under in {"OR", "NOT"}:
            raise malformed(self._text, condition.at, _SEMI_OR if under == "OR" else _SEMI_NOT)
        self._semi_joins += 1
        if self._semi_joins > MAX_SEMI_JOINS:
            raise malformed(self._text, condition.at, _SEMI_MANY)
        left = self._filterable(condition.field)
        if left.type not in {"id", "reference"}:
            raise malformed(self._text, condition.at, _SEMI_TYPE)
        inner = self._semi_join(self._scope, condition.query)
        self.seeks = self.seeks or not condition.negated
        sql = f"{left.sql} IN ({inner})"
        return f"({sql}) IS NOT TRUE" if condition.negated else sql

    def _bad_operator(self, left: Operand) -> SalesforceError:
        kind = "id" if left.type == "reference" else left.type
        return wrong_operator(self._text, left.at, f"invalid operator on {kind} field")

    def _bad_null(self, left: Operand) -> SalesforceError:
        return wrong_operator(self._text, left.at, "invalid operator on null value")


def semi_join_type_error(scope: Scope, at: int) -> SalesforceError:
    """Return the error for a semi-join whose inner field is no id."""
    return malformed(scope.text, at, _SEMI_TYPE)


def _is_text(left: Operand) -> bool:
    return left.type in {"string", "textarea", "picklist", "combobox", "email", "phone", "url"}


def _joined(word: str, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_joined(word, parts[:middle])} {word} {_joined(word, parts[middle:])})"
