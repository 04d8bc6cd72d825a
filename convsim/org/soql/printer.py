"""Syntax tree to text: parsing what is printed gives an equal tree."""

from collections.abc import Iterable

from convsim.org.soql.ast import (
    Call,
    Category,
    Comparison,
    Condition,
    DateFormula,
    Distance,
    Entry,
    Expression,
    Grouping,
    Literals,
    Logic,
    Membership,
    Moment,
    Not,
    Number,
    Order,
    Path,
    Pattern,
    Query,
    SemiJoin,
    Source,
    Subquery,
    Text,
    TypeOf,
    With,
    Word,
)

_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b"})
_PATTERN_ESCAPES = str.maketrans({"'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b"})
_WORDS = {True: "TRUE", False: "FALSE", None: "NULL"}


def print_query(query: Query) -> str:
    """Return the query in one line, keywords in upper case, names as in the tree."""
    clauses = [
        f"SELECT {_comma(map(_entry, query.select))}",
        f"FROM {_comma(map(_source, query.sources))}",
        f"USING SCOPE {expression_text(query.scope)}" if query.scope else "",
        f"WHERE {_condition(query.where)}" if query.where else "",
        _with(query.with_clause) if query.with_clause else "",
        _group(query.group) if query.group else "",
        f"HAVING {_condition(query.having)}" if query.having else "",
        f"ORDER BY {_comma(map(_order, query.order))}" if query.order else "",
        f"LIMIT {query.limit}" if query.limit is not None else "",
        f"OFFSET {query.offset}" if query.offset is not None else "",
        f"FOR {_comma(query.for_words)}" if query.for_words else "",
        f"UPDATE {_comma(query.update_words)}" if query.update_words else "",
    ]
    return " ".join(filter(None, clauses))


def expression_text(expression: Expression) -> str:
    """Return a field, function or distance as text."""
    match expression:
        case Path(parts):
            return ".".join(parts)
        case Call(function, None):
            return f"{function}()"
        case Call(function, argument):
            assert argument is not None
            return f"{function}({expression_text(argument)})"
        case Distance(path, latitude, longitude, unit):
            place = f"GEOLOCATION({latitude}, {longitude})"
            return f"DISTANCE({expression_text(path)}, {place}, {_quoted(unit)})"


def _comma(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _quoted(value: str) -> str:
    return f"'{value.translate(_ESCAPES)}'"


def _entry(entry: Entry) -> str:
    if isinstance(entry, TypeOf):
        branches = [f"WHEN {expression_text(each.sobject)} THEN {_paths(each.fields)}" for each in entry.branches]
        otherwise = [f"ELSE {_paths(entry.otherwise)}"] if entry.otherwise else []
        return " ".join(["TYPEOF", expression_text(entry.relationship), *branches, *otherwise, "END"])
    text = f"({print_query(entry.query)})" if isinstance(entry, Subquery) else expression_text(entry.expression)
    return f"{text} {entry.alias}" if entry.alias else text


def _paths(paths: tuple[Path, ...]) -> str:
    return _comma(map(expression_text, paths))


def _source(source: Source) -> str:
    return expression_text(source.path) + (f" {source.alias}" if source.alias else "")


def _condition(condition: Condition) -> str:
    match condition:
        case Logic(word, parts):
            return f" {word} ".join(map(_part, parts))
        case Not(part):
            return f"NOT {_part(part)}"
        case Comparison(field, operator, value):
            return f"{expression_text(field)} {operator} {_literal(value)}"
        case Membership(field, operator, values):
            return f"{expression_text(field)} {operator} ({_comma(map(_literal, values))})"
        case SemiJoin(field, negated, query):
            return f"{expression_text(field)} {'NOT IN' if negated else 'IN'} ({print_query(query)})"


def _part(condition: Condition) -> str:
    text = _condition(condition)
    return f"({text})" if isinstance(condition, Logic | Not) else text


def _literal(literal: Literals) -> str:
    match literal:
        case Text(value):
            return _quoted(value)
        case Pattern(value):
            return f"'{value.translate(_PATTERN_ESCAPES)}'"
        case Word(value):
            return _WORDS[value]
        case Number(text) | Moment(text=text):
            return text
        case DateFormula(name, count):
            return name if count is None else f"{name}:{count}"


def _with(clause: With) -> str:
    if clause.categories:
        return f"WITH DATA CATEGORY {' AND '.join(map(_category, clause.categories))}"
    return f"WITH {clause.name}" + (f" = {_literal(clause.value)}" if clause.value else "")


def _category(category: Category) -> str:
    names = _comma(category.names)
    return f"{category.group} {category.selector} {names if len(category.names) == 1 else f'({names})'}"


def _group(group: Grouping) -> str:
    fields = _comma(map(expression_text, group.fields))
    return f"GROUP BY {group.kind}({fields})" if group.kind else f"GROUP BY {fields}"


def _order(order: Order) -> str:
    direction = " DESC" if order.descending else ""
    return expression_text(order.field) + direction + (f" NULLS {order.nulls}" if order.nulls else "")
