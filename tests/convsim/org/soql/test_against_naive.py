"""The engine agrees with plain Python on generated queries over generated rows."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from soql_naive import NaiveOrg
from soql_queries import OBJECTS, conditions, group_queries, orders, path, record_queries

from convsim.org.schema.model import SObject
from convsim.org.soql import ast
from convsim.org.soql.engine import SoqlEngine
from convsim.org.soql.parser import parse
from convsim.org.soql.printer import print_query

Orgs = list[tuple[SoqlEngine, NaiveOrg]]
SEEDS = st.integers(0, 3)


def root(naive: NaiveOrg, query: ast.Query) -> SObject:
    found = naive.schema.object(query.sources[0].path.parts[0])
    assert found is not None
    return found


@settings(max_examples=100)
@given(record_queries() | group_queries())
def test_printed_queries_parse_to_the_same_tree(query: ast.Query) -> None:
    assert parse(print_query(query)) == query


@settings(max_examples=200)
@given(SEEDS, record_queries(), st.booleans())
def test_records(orgs: Orgs, seed: int, query: ast.Query, deleted: bool) -> None:
    engine, naive = orgs[seed]
    sobject = root(naive, query)
    semi = isinstance(query.where, ast.SemiJoin) or (
        isinstance(query.where, ast.Logic) and any(isinstance(each, ast.SemiJoin) for each in query.where.parts)
    )
    deleted = deleted and not semi
    rows = naive.sorted(sobject, naive.select(sobject, query.where, deleted=deleted), query.order)
    expected = [row["Id"] for row in naive.cut(rows, query)]
    result = engine.query(print_query(query), include_deleted=deleted)
    assert [each["Id"] for each in result.records] == expected
    assert result.total_size == len(expected)


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(OBJECTS), st.data())
def test_count(orgs: Orgs, seed: int, name: str, data: st.DataObject) -> None:
    engine, naive = orgs[seed]
    where = data.draw(conditions(name))
    limit = data.draw(st.none() | st.integers(0, 5))
    query = ast.Query((ast.Selected(ast.Call("COUNT", None)),), (ast.Source(path(name)),), where=where, limit=limit)
    expected = len(naive.cut(naive.select(root(naive, query), where), query))
    result = engine.query(print_query(query))
    assert (result.total_size, result.records) == (expected, [])


FIELDS = {
    "Case": (
        "Subject",
        "Status",
        "AccountId",
        "Account.Name",
        "Account.Active__c",
        "Owner.Name",
        "Contact.Account.Name",
    ),
    "Task": ("Subject", "What.Name", "What.Type", "Owner.Manager.Name", "WhatId"),
    "Contact": ("Name", "Birthdate", "Account.AnnualRevenue", "Account.Owner.IsActive", "Account.Parent.Name"),
    "Account": ("Name", "Industry", "Active__c", "NumberOfEmployees", "Regions__c", "Parent.Owner.Name"),
}


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(OBJECTS), st.data())
def test_values(orgs: Orgs, seed: int, name: str, data: st.DataObject) -> None:
    """Each selected value is where its path says, in any selection and order of fields."""
    engine, naive = orgs[seed]
    chosen = data.draw(st.lists(st.sampled_from(FIELDS[name]), min_size=1, unique=True))
    query = ast.Query(tuple(ast.Selected(path(each)) for each in ("Id", *chosen)), (ast.Source(path(name)),))
    sobject = root(naive, query)
    rows = {row["Id"]: row for row in naive.rows[name]}
    for record in engine.query(print_query(query)).records:
        row = rows[record["Id"]]
        assert list(record) == ["attributes", "Id", *dict.fromkeys(each.split(".")[0] for each in chosen)]
        for each in chosen:
            assert follow(record, each) == naive.value(sobject, row, path(each))


def follow(record: dict[str, Any], field: str) -> Any:
    found: Any = record
    for part in field.split("."):
        if found is None:
            return None
        found = found[part]
    return found


CHILDREN = (("Contacts", "Contact", "AccountId"), ("Cases", "Case", "AccountId"), ("Tasks", "Task", "WhatId"))


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(CHILDREN), st.data())
def test_children(orgs: Orgs, seed: int, child: tuple[str, str, str], data: st.DataObject) -> None:
    engine, naive = orgs[seed]
    relationship, name, reference = child
    inner = ast.Query(
        (ast.Selected(path("Id")),),
        (ast.Source(path(relationship)),),
        where=data.draw(st.none() | conditions(name)),
        order=data.draw(orders(name)),
        limit=data.draw(st.none() | st.integers(0, 3)),
        offset=data.draw(st.none() | st.integers(0, 2)),
    )
    query = ast.Query((ast.Selected(path("Id")), ast.Subquery(inner)), (ast.Source(path("Account")),))
    sobject = naive.schema.object(name)
    assert sobject is not None
    for record in engine.query(print_query(query)).records:
        rows = [row for row in naive.select(sobject, inner.where) if row[reference] == record["Id"]]
        expected = [row["Id"] for row in naive.cut(naive.sorted(sobject, rows, inner.order), inner)]
        found = record[relationship]
        assert (found is None) == (not expected)
        assert found is None or [each["Id"] for each in found["records"]] == expected
        assert found is None or (found["totalSize"], found["done"]) == (len(expected), True)


@settings(max_examples=200)
@given(SEEDS, group_queries())
def test_groups(orgs: Orgs, seed: int, query: ast.Query) -> None:
    engine, naive = orgs[seed]
    sobject = root(naive, query)
    assert query.group is not None
    expected: Counter[tuple[Any, ...]] = Counter()
    for values, chosen, rows in naive.groups(sobject, query):
        if query.having is not None:
            assert isinstance(query.having, ast.Comparison)
            literal = query.having.value
            if not naive.compare(len(rows), query.having.operator, literal, "int", exact=True):
                continue
        entries = [each for each in query.select if isinstance(each, ast.Selected)]
        calls = [each.expression for each in entries if (each.alias or "")[0] == "a"]
        found = [naive.aggregate(sobject, rows, each) for each in calls if isinstance(each, ast.Call)]
        flags = [int(i not in chosen) for i in range(len(values))] if (entries[-1].alias or "")[0] == "r" else []
        expected[tuple(map(comparable, (*values, *found, *flags)))] += 1
    result = engine.query(print_query(query)).records
    assert all(record["attributes"] == {"type": "AggregateResult"} for record in result)
    assert Counter(tuple(map(comparable, list(record.values())[1:])) for record in result) == expected


def comparable(value: Any) -> Any:
    """Sums of floats depend on their order."""
    return round(value, 6) if isinstance(value, float) else value


@settings(max_examples=100)
@given(SEEDS, st.booleans())
def test_groups_sorted_by_picklist_and_count(orgs: Orgs, seed: int, descending: bool) -> None:
    engine, _ = orgs[seed]
    word = "DESC" if descending else "ASC"
    records = engine.query(f"SELECT Status s, COUNT(Id) n FROM Case GROUP BY Status ORDER BY Status {word}").records
    order = [None, "New", "Working", "Escalated", "Closed"]
    assert [each["s"] for each in records] == (order[::-1] if descending else order)
    counts = engine.query(f"SELECT COUNT(Id) n FROM Case GROUP BY AccountId ORDER BY COUNT(Id) {word}").records
    numbers = [each["n"] for each in counts]
    assert numbers == sorted(numbers, reverse=descending)
