"""ORDER BY to SQL: text without regard to case, picklists by the order of the setup, nulls lowest, ties by record."""

from collections.abc import Callable

from convsim.org.soql.ast import Expression, Order
from convsim.org.soql.limits import MAX_ORDER_FIELDS, NULLS_ARE_LOWEST
from convsim.org.soql.messages import malformed, unfit
from convsim.org.soql.operands import Operand
from convsim.org.soql.scope import Scope


def sort_terms(scope: Scope, orders: tuple[Order, ...], operand_of: Callable[[Expression], Operand]) -> list[str]:
    """Return the terms of ORDER BY; raises INVALID_FIELD for fields that cannot be sorted."""
    if len(orders) > MAX_ORDER_FIELDS:
        raise malformed(scope.text, orders[MAX_ORDER_FIELDS].at, f"at most {MAX_ORDER_FIELDS} fields can be sorted by")
    return [f"{key}{direction(order)}" for order in orders for key in _keys(scope, operand_of(order.field))]


def _keys(scope: Scope, found: Operand) -> tuple[str, ...]:
    if found.column and not found.column.field.sortable:
        raise unfit(scope.text, found.at, name=found.name, verb="sorted")
    return found.sort_keys


def direction(order: Order) -> str:
    """Return ` DESC` and where nulls go; SQLite, too, takes nulls as lowest."""
    nulls = order.nulls or ("" if NULLS_ARE_LOWEST else "FIRST")
    return (" DESC" if order.descending else "") + (f" NULLS {nulls}" if nulls else "")


def tie_break(table: str, orders: tuple[Order, ...], *, seeks: bool) -> str:
    """Return the last term, which makes the order total: the order of the store, or its reverse after DESC.

    Where an index finds the records, `+` keeps SQLite from walking the whole table in that order instead.
    """
    sign = "+" if seeks and not orders else ""
    return f"{sign}{table}.rowid" + (" DESC" if orders and orders[-1].descending else "")
