"""Six conditions over 10,000 contacts, in the engine and through `simple_salesforce` in the process."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from convsim.draws import digest
from convsim.org.generate.content import names
from convsim.org.generate.schema import schema_of
from convsim.org.ids import to_18
from convsim.org.org import Org
from convsim.org.soql.clock import SessionClock
from convsim.org.store import Store, build_store

CONTACTS = 10_000
QUERIES = {
    "=": "SELECT Id, Name, Email FROM Contact WHERE LastName = 'Bowen'",
    "AND": "SELECT Id, Name, Email FROM Contact WHERE LastName = 'Bowen' AND MailingState = 'TX'",
    "OR": "SELECT Id, Name, Email FROM Contact WHERE LastName = 'Bowen' OR LastName = 'Salazar'",
    "IN + ORDER BY + LIMIT": "SELECT Id, Name, Email FROM Contact WHERE MailingState IN ('TX', 'CA') "
    "ORDER BY LastName, FirstName LIMIT 50",
    "LIKE": "SELECT Id, Name, Email FROM Contact WHERE Email LIKE '%bowen%'",
    "NOT": "SELECT Id, Name, Email FROM Contact WHERE (NOT MailingState IN ('TX', 'CA', 'FL', 'NY', 'OH', 'WA')) "
    "AND (NOT LastName LIKE '%e%')",
    "NOT, nearly all": "SELECT Id FROM Contact WHERE (NOT LastName = 'Bowen') LIMIT 2000",
}
STATES = ("TX", "CA", "FL", "NY", "OH", "WA", "OR", "AZ")


def measured() -> Iterator[tuple[str, float, float]]:
    """Yield for each condition the milliseconds in the engine and through the client."""
    with tempfile.TemporaryDirectory() as folder:
        schema = schema_of("b2b")
        build_store(Path(folder) / "store.sqlite", schema, {"Contact": [_contact(n) for n in range(CONTACTS)]})
        store = Store(Path(folder) / "store.sqlite", schema)
        clock = SessionClock(datetime(2025, 6, 30, 8, 30, tzinfo=UTC), time_zone="UTC")
        org = Org(name="contacts", schema=schema, store=store, clock=clock, content_hash="0" * 32)
        client, query = org.connect(), org.service.engine.query
        for name, text in QUERIES.items():
            engine = best(lambda text=text: query(text, include_deleted=False, version="59.0", user_id=""))
            yield name, engine * 1000, best(lambda text=text: client.query(text)) * 1000
        store.close()


def _contact(number: int) -> dict[str, Any]:
    given, family = names("given"), names("family")
    first, last = given[digest("first", number) % len(given)], family[digest("last", number) % len(family)]
    return {
        **{"Id": to_18(f"003Aa{digest('id', number) % 10**10:010d}"), "FirstName": first, "LastName": last},
        **{"Name": f"{first} {last}", "Email": f"{first}.{last}{number}@example.com".lower()},
        **{"MailingState": STATES[number % len(STATES)], "CreatedDate": "2024-01-01T00:00:00.000+0000"},
    }


def best(call: Callable[[], Any], rounds: int = 15) -> float:
    """Return the seconds of the fastest of several calls."""
    call()
    gc.collect()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)
