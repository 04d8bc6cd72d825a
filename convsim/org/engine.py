"""SOQL and SOSL of one org under one roof, as its API asks for them."""

from dataclasses import replace
from typing import Any

from convsim.org.soql.clock import SessionClock
from convsim.org.soql.engine import QueryResult, SoqlEngine
from convsim.org.sosl.engine import SearchEngine
from convsim.org.store import Store


class OrgEngine:
    """Answers queries and searches of all sessions over one store. Safe for threads."""

    def __init__(self, store: Store, clock: SessionClock) -> None:
        self._store, self._clock = store, clock
        self._soql: dict[str, SoqlEngine] = {}
        self._sosl = SearchEngine(store, clock)

    def query(self, text: str, *, include_deleted: bool, version: str, user_id: str) -> QueryResult:
        """Return the whole result of a SOQL query of this user; raises SalesforceError."""
        engine = self._soql.get(user_id)
        if engine is None:
            engine = self._soql[user_id] = SoqlEngine(self._store, replace(self._clock, user_id=user_id))
        return engine.query(text, include_deleted=include_deleted, version=version)

    def search(self, text: str, *, version: str) -> list[dict[str, Any]]:
        """Return the records that a SOSL search finds; raises SalesforceError."""
        return self._sosl.search(text, root=f"/services/data/v{version}")
