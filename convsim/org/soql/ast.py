"""The syntax tree of a query: frozen records that compare by meaning, each with the place `at` where it was written.

`convsim.org.soql.printer` writes a tree as text, and parsing that text gives an equal tree.
"""

from dataclasses import dataclass, field
from typing import Literal

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


def _place() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a way to one through parents: `Account.Owner.Name`."""

    parts: tuple[str, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument, or `COUNT()` of none."""

    function: str
    """Its name in upper case."""
    argument: "Path | Call | None"
    at: int = _place()
    written: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Distance:
    """DISTANCE(field, GEOLOCATION(latitude, longitude), 'unit')."""

    path: Path
    latitude: str
    longitude: str
    unit: str
    at: int = _place()


Expression = Path | Call | Distance


@dataclass(frozen=True, slots=True)
class Text:
    """A string, its escapes resolved."""

    value: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Pattern:
    """The string after LIKE: a backslash in it is always followed by `%`, `_` or a backslash, taken literally."""

    value: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Word:
    """`true`, `false` or `null`."""

    value: bool | None
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, without a leading plus."""

    text: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, dateTime or time as written."""

    kind: Literal["date", "datetime", "time"]
    text: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class DateFormula:
    """A date literal such as TODAY or LAST_N_DAYS:30."""

    name: str
    """In upper case."""
    count: int | None = None
    at: int = _place()


Literals = Text | Pattern | Word | Number | Moment | DateFormula


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field op value`; LIKE has a Pattern."""

    field: Expression
    operator: Operator | Literal["LIKE"]
    value: Literals
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Membership:
    """`field [NOT] IN (...)`, `field INCLUDES (...)` or `field EXCLUDES (...)`."""

    field: Expression
    operator: Literal["IN", "NOT IN", "INCLUDES", "EXCLUDES"]
    values: tuple[Literals, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """`field [NOT] IN (SELECT ...)`."""

    field: Expression
    negated: bool
    query: "Query"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions on one level, all joined by the same word."""

    word: Literal["AND", "OR"]
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a condition."""

    part: "Condition"
    at: int = _place()


Condition = Comparison | Membership | SemiJoin | Logic | Not


@dataclass(frozen=True, slots=True)
class Selected:
    """One entry of the SELECT list."""

    expression: Expression
    alias: str | None = None
    at: int = _place()
    alias_at: int = _place()


@dataclass(frozen=True, slots=True)
class Subquery:
    """A child subquery of the SELECT list."""

    query: "Query"
    alias: str | None = None
    at: int = _place()


@dataclass(frozen=True, slots=True)
class When:
    """One branch of a TYPEOF."""

    sobject: Path
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class TypeOf:
    """TYPEOF relationship WHEN object THEN fields ... ELSE fields END."""

    relationship: Path
    branches: tuple[When, ...]
    otherwise: tuple[Path, ...]
    """Empty when there is no ELSE."""
    at: int = _place()


Entry = Selected | Subquery | TypeOf


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the FROM list."""

    path: Path
    alias: str | None = None
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Grouping:
    """GROUP BY, plainly or by ROLLUP or CUBE."""

    kind: Literal["", "ROLLUP", "CUBE"]
    fields: tuple[Expression, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Order:
    """One entry of ORDER BY; `descending` and `nulls` are as written or by default."""

    field: Expression
    descending: bool = False
    nulls: Literal["", "FIRST", "LAST"] = ""
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Category:
    """One filter of WITH DATA CATEGORY."""

    group: str
    selector: Literal["AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class With:
    """WITH SECURITY_ENFORCED and its like, `WITH id = value`, or WITH DATA CATEGORY."""

    name: str
    """In upper case; `DATA CATEGORY` for that clause."""
    value: Literals | None = None
    categories: tuple[Category, ...] = ()
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query, a child subquery or the query of a semi-join."""

    select: tuple[Entry, ...]
    sources: tuple[Source, ...]
    scope: Path | None = None
    where: Condition | None = None
    with_clause: With | None = None
    group: Grouping | None = None
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    for_words: tuple[str, ...] = ()
    update_words: tuple[str, ...] = ()
    at: int = _place()
    limit_at: int = _place()
    offset_at: int = _place()
