"""Who may see what: USING SCOPE filters by the running user, WITH names a mode that changes nothing here."""

from convsim.org.errors import SalesforceError
from convsim.org.layout import quoted
from convsim.org.schema.model import SObject
from convsim.org.soql.ast import Query
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.messages import malformed, no_column, unexpected
from convsim.org.soql.scope import ClockValue, Scope

_MODES = frozenset({"SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"})
_OWNED = ("mine", "mine_and_my_groups")


class _User(ClockValue):
    def resolve(self, clock: SessionClock) -> str:
        return clock.user_id


def supported_scopes(sobject: SObject) -> tuple[str, ...]:
    """Return the names that USING SCOPE takes for the object, as its describe lists them."""
    return ("everything", *_OWNED) if sobject.field("OwnerId") else ("everything",)


def scope_filter(scope: Scope, query: Query) -> list[str]:
    """Return the condition that USING SCOPE adds; raises INVALID_QUERY_SCOPE for one that the object has not."""
    if query.scope is None:
        return []
    name = query.scope.parts[0].lower()
    if name not in supported_scopes(scope.sobject):
        message = f"{query.scope.parts[0]} is not a supported scope of {scope.sobject.name}"
        raise SalesforceError("INVALID_QUERY_SCOPE", message)
    return [f"{scope.table}.{quoted('OwnerId')} = {scope.parameters.add(_User())}"] if name in _OWNED else []


def check_with(scope: Scope, query: Query) -> None:
    """Raise SalesforceError for a WITH clause that this org cannot follow: it has no data categories."""
    clause = query.with_clause
    if clause is None or (clause.name in _MODES and clause.value is None):
        return
    if clause.categories:
        if scope.sobject.name.endswith("__kav"):
            raise malformed(scope.text, clause.at, f"data category group '{clause.categories[0].group}' does not exist")
        raise malformed(scope.text, clause.at, f"WITH DATA CATEGORY is not supported for {scope.sobject.name}")
    if clause.value is not None:
        raise no_column(scope.text, clause.at, name=clause.name, sobject=scope.sobject.name)
    raise unexpected(scope.text, clause.at, scope.text[clause.at : clause.at + len(clause.name)])
