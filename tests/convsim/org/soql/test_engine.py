"""One engine for many: threads get the same answers, sessions their own today, and plans are kept by text."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from convsim.org.soql.engine import SoqlEngine, plan_of

QUERIES = [
    "SELECT Id, Account.Name, Owner.Name FROM Case WHERE Status = 'New' ORDER BY CreatedDate DESC",
    "SELECT Id, (SELECT Id FROM Contacts LIMIT 2) FROM Account",
    "SELECT Status, COUNT(Id) FROM Case GROUP BY Status",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Name LIKE '%a%'",
    "SELECT COUNT() FROM Case WHERE CreatedDate = LAST_N_DAYS:200",
]


def test_threads_get_the_answers_of_one(engine: SoqlEngine) -> None:
    expected = [engine.query(text) for text in QUERIES]
    found: list[Any] = []

    def work() -> None:
        for _ in range(20):
            found.extend(engine.query(text) == answer for text, answer in zip(QUERIES, expected, strict=True))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [True] * (8 * 20 * len(QUERIES))


def test_plans_are_shared_and_today_is_the_sessions(engine: SoqlEngine) -> None:
    text = "SELECT COUNT() FROM Case WHERE CreatedDate < THIS_YEAR"
    assert plan_of(text, engine.schema, include_deleted=False) is plan_of(text, engine.schema, include_deleted=False)
    early = SoqlEngine(engine.store, replace(engine.clock, now=datetime(2000, 1, 1, tzinfo=UTC)))
    late = SoqlEngine(engine.store, replace(engine.clock, now=datetime(2100, 1, 1, tzinfo=UTC)))
    everything = engine.query("SELECT COUNT() FROM Case WHERE CreatedDate != null").total_size
    assert early.query(text).total_size == 0
    assert late.query(text).total_size == everything > 0


def test_answers_are_the_callers_to_change(engine: SoqlEngine) -> None:
    first = engine.query(QUERIES[0]).records
    first[0]["Id"] = "changed"
    first.clear()
    assert engine.query(QUERIES[0]).records[0]["Id"] != "changed"


def test_long_texts_are_planned_anew(engine: SoqlEngine) -> None:
    listed = ", ".join(f"'{number}'" for number in range(2_000))
    text = f"SELECT COUNT() FROM Account WHERE Name NOT IN ({listed})"
    assert engine.query(text).total_size == engine.query("SELECT COUNT() FROM Account").total_size
    assert plan_of(text, engine.schema, include_deleted=False) is not plan_of(
        text, engine.schema, include_deleted=False
    )
