"""Which records of an object are pulled: a condition as WHERE would have it, checked before the first request."""

from collections.abc import Iterable, Mapping

from convsim.errors import ConfigError, unknown
from convsim.org.errors import SalesforceError
from convsim.org.soql.ast import Logic, Not, Query
from convsim.org.soql.parser import parse

_EXAMPLE = "for instance --where \"Case: Status = 'Closed'\""


def conditions(texts: Iterable[str], objects: Iterable[str]) -> dict[str, str]:
    """Return by object the condition that `OBJECT: CONDITION` gives; raises ConfigError for what is none."""
    names = {each.casefold(): each for each in objects}
    found: dict[str, str] = {}
    for text in texts:
        name, colon, condition = text.partition(":")
        if not colon or not condition.strip():
            raise ConfigError(f"--where takes OBJECT: CONDITION, not '{text}'; {_EXAMPLE}")
        known = names.get(name.strip().casefold())
        if known is None:
            raise unknown("object of --where", name.strip(), names.values(), remedy="name it among --objects too")
        if known in found:
            raise ConfigError(f"--where names {known} twice: join both conditions with AND")
        found[known] = _checked(known, condition.strip())
    return found


def beyond(condition: str, record_id: str) -> str:
    """Return a WHERE clause for the records after this id (all when empty) that meet the condition."""
    later = f"Id > '{record_id}'" if record_id else ""
    if not condition or not later:
        return f" WHERE {condition or later}" if condition or later else ""
    # A semi-join may stand on the top level only, so parentheses are set only where the grammar wants them.
    tree = _parsed("X", condition).where
    loose = isinstance(tree, Not) or (isinstance(tree, Logic) and tree.word == "OR")
    return f" WHERE ({condition}) AND {later}" if loose else f" WHERE {condition} AND {later}"


def _parsed(name: str, condition: str) -> Query:
    return parse(f"SELECT Id FROM {name} WHERE {condition}")  # noqa: S608 - read, never run as SQL


def _checked(name: str, condition: str) -> str:
    try:
        query = _parsed(name, condition)
    except SalesforceError as error:
        raise ConfigError(f"--where of {name}: {error.message}") from error
    if query != Query(select=query.select, sources=query.sources, where=query.where):
        raise ConfigError(f"--where of {name} takes a condition alone, without ORDER BY, LIMIT and the like")
    return condition


def described(where: Mapping[str, str]) -> str:
    """Return the conditions in words, for messages."""
    return "; ".join(f"{name}: {condition}" for name, condition in sorted(where.items())) or "none"
