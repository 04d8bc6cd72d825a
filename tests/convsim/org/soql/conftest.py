"""A small org with everything that is hard about values, as a store and as plain rows for the naive evaluator."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from convsim.draws import chance, choice, digest
from convsim.org.ids import to_18
from convsim.org.schema.load import load_schema
from convsim.org.schema.model import Field, Schema
from convsim.org.soql.clock import SessionClock
from convsim.org.soql.engine import SoqlEngine
from convsim.org.store import Store, build_store

HERE = Path(__file__).parent
sys.path.append(str(HERE))  # the naive evaluator and the query strategies stand beside the tests, which are no package
TEXTS = (
    *(
        "acme",
        "ACME",
        "Acme ",
        "Ünïcode",
        "üNÏCODE",
        "Straße",
        "STRAẞE",
        "σίγμας",
        "ΣΊΓΜΑΣ",
        "100%",
        "100x",
        "a_b",
        "aXb",
    ),
    *(
        "a\\b",
        "it's",
        "日本",
        "日",
        "🦊",
        "🦊🦊",
        "a\nb",
        "%",
        "_",
        "zz",
        "aa",
        "ab",
        "é",
        "É",
        "e",
        "Kelvin \u212a",
        "kelvin k",
    ),
)
SIZES = {
    "User": 4,
    "Account": 9,
    "Contact": 12,
    "Issue__c": 3,
    "Case": 40,
    "Opportunity": 12,
    "Task": 15,
    "CaseHistory__c": 20,
}
EPOCH = datetime(2022, 12, 25, tzinfo=UTC)


@pytest.fixture(scope="session")
def schema() -> Schema:
    return load_schema(HERE / "objects")


def ids(schema: Schema, name: str) -> list[str]:
    sobject = schema.object(name)
    assert sobject is not None
    return [to_18(f"{sobject.prefix}{number:012d}") for number in range(SIZES[name])]


def make_rows(schema: Schema, seed: int) -> dict[str, list[dict[str, Any]]]:
    """Return rows that depend on the seed alone: a fifth of all values is null, texts differ in case and script."""
    return {
        sobject.name: [
            {"Id": record_id}
            | {each.name: _cell(schema, each, seed, record_id) for each in sobject.fields if each.name != "Id"}
            for record_id in ids(schema, sobject.name)
        ]
        for sobject in schema
    }


def _cell(schema: Schema, field: Field, seed: int, record_id: str) -> Any:
    key = (seed, record_id, field.name)
    if field.name == "IsDeleted":
        return chance(0.1, *key)
    if field.name == "CaseNumber":
        return f"{digest(*key) % 100:08d}"
    if field.type != "boolean" and chance(0.2, "null", *key):
        return None
    return _value(schema, field, key)


def _value(schema: Schema, field: Field, key: tuple[Any, ...]) -> Any:
    minutes = digest("when", *key) % (60 * 24 * 500)
    moment = EPOCH + timedelta(minutes=minutes - minutes % choice((1, 60, 720), "grain", *key))
    match field.type:
        case "boolean":
            return chance(0.5, *key)
        case "int":
            return digest(*key) % 7 - 2
        case "double" | "currency" | "percent":
            return (digest(*key) % 40 - 8) / 4
        case "date":
            return moment.date().isoformat()
        case "datetime":
            return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        case "time":
            return moment.strftime("%H:%M:%S.000Z")
        case "reference":
            targets = [each for each in field.to if each in SIZES]
            return choice(ids(schema, choice(targets, "to", *key)), *key)
        case "picklist":
            return choice(field.values, *key)
        case "multipicklist":
            chosen = [each for each in field.values if chance(0.5, each, *key)]
            return ";".join(chosen) or None
        case _:
            return choice(TEXTS, *key)


CLOCKS = [
    SessionClock(now=datetime(2023, 6, 1, 3, 30, tzinfo=UTC), user_id=to_18("005000000000001")),
    SessionClock(
        now=datetime(2023, 12, 31, 23, 30, tzinfo=UTC), time_zone="Asia/Kathmandu", week_start=0, fiscal_month=7
    ),
    SessionClock(now=datetime(2023, 3, 26, 0, 30, tzinfo=UTC), time_zone="Europe/Berlin", week_start=0, fiscal_month=2),
    SessionClock(now=datetime(2024, 2, 29, 12, 0, tzinfo=UTC), time_zone="America/Sao_Paulo", fiscal_month=10),
]


@pytest.fixture(scope="session")
def orgs(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[SoqlEngine, Any]]:
    """Four orgs of other rows and other clocks, each as an engine over a store and as a naive org."""
    from soql_naive import NaiveOrg

    pairs = []
    for seed, clock in enumerate(CLOCKS):
        rows = make_rows(schema, seed)
        path = tmp_path_factory.mktemp("org") / "org.db"
        build_store(path, schema, rows)
        pairs.append((SoqlEngine(Store(path, schema), clock), NaiveOrg(schema, rows, clock)))
    return pairs


@pytest.fixture(scope="session")
def engine(orgs: list[tuple[SoqlEngine, Any]]) -> SoqlEngine:
    """The first org's engine."""
    return orgs[0][0]


@pytest.fixture
def small(schema: Schema, tmp_path: Path) -> Callable[..., SoqlEngine]:
    """Make an engine over the given rows."""

    def make(rows: dict[str, list[dict[str, Any]]], clock: SessionClock = CLOCKS[0]) -> SoqlEngine:
        build_store(tmp_path / "org.db", schema, rows)
        return SoqlEngine(Store(tmp_path / "org.db", schema), clock)

    return make
