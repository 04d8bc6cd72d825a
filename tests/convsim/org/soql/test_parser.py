"""Reading and printing: valid queries keep their meaning, any text ends in a tree or in a Salesforce error."""

import contextlib
from pathlib import Path

import pytest
from effort import count_calls
from hypothesis import given, settings
from hypothesis import strategies as st

from convsim.org.errors import SalesforceError
from convsim.org.soql.engine import SoqlEngine
from convsim.org.soql.parser import parse
from convsim.org.soql.printer import print_query

VALID = [line for line in (Path(__file__).parent / "valid.soql").read_text().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("text", VALID)
def test_valid_queries_print_and_run(text: str, engine: SoqlEngine) -> None:
    tree = parse(text)
    printed = print_query(tree)
    assert parse(printed) == tree
    assert print_query(parse(printed)) == printed
    assert engine.query(text) == engine.query(printed)


REJECTED = [
    "SELECT",
    "SELECT Id",
    "SELECT Id FROM",
    "SELECT FROM Account",
    "SELECT * FROM Account",
    "SELECT Id, FROM Account",
    "SELECT Id FROM Account;",
    "SELECT Id FROM Account WHERE",
    "SELECT Id FROM Account WHERE Name",
    "SELECT Id FROM Account WHERE Name == 'x'",
    "SELECT Id FROM Account WHERE Name IS NULL",
    "SELECT Id FROM Account WHERE NumberOfEmployees BETWEEN 1 AND 2",
    "SELECT Id FROM Account WHERE Name NOT LIKE 'x'",
    "SELECT Id FROM Account WHERE Name = 'a' AND NOT Name = 'b'",
    "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
    "SELECT Id FROM Account WHERE NOT NOT Name = 'a'",
    "SELECT Id FROM Account WHERE Name IN ()",
    "SELECT Id FROM Account WHERE Name IN ('a',)",
    "SELECT Id FROM Account WHERE Name = `x`",
    'SELECT Id FROM Account WHERE Name = "x"',
    "SELECT Id FROM Account WHERE Name = 'x",
    "SELECT Id FROM Account WHERE Name = 'a\nb'",
    "SELECT Id FROM Account WHERE Name = '\\f'",
    "SELECT Id FROM Account WHERE Name = 'a\\%'",
    "SELECT Id FROM Account WHERE Name = '\\u12'",
    "SELECT Id FROM Account WHERE NumberOfEmployees = 5.",
    "SELECT Id FROM Account WHERE NumberOfEmployees = 1e3",
    "SELECT Id FROM Account WHERE CreatedDate > 2024-01-01T00:00:00",
    "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS(30)",
    "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:-3",
    "SELECT Id FROM Account WHERE Name = Industry",
    "SELECT Id FROM Account WHERE Name = :name",
    "SELECT Id FROM Account WHERE Name IN :names",
    "SELECT Id FROM Account LIMIT :n",
    "SELECT Id FROM Account LIMIT 1.5",
    "SELECT Id FROM Account LIMIT 1 WHERE Name = 'x'",
    "SELECT Id FROM Account ORDER BY Name WHERE Name = 'x'",
    "SELECT Id FROM Account OFFSET 1 LIMIT 1",
    "SELECT Id FROM Account HAVING COUNT(Id) > 1",
    "SELECT Id FROM Account ALL ROWS",
    "SELECT Id FROM Account FOR UPDATE",
    "SELECT Id FROM Account JOIN Contact ON Id = AccountId",
    "SELECT Id FROM Account UNION SELECT Id FROM Contact",
    "SELECT Name AS n FROM Account",
    "SELECT COUNT(*) FROM Account",
    "SELECT COUNT(), Id FROM Account",
    "SELECT COUNT() n FROM Account",
    "SELECT COUNT(DISTINCT Name) FROM Account",
    "SELECT MAX(a, b) FROM Account",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId, Id FROM Contact)",
    "SELECT Id -- comment\nFROM Account",
    "SELECT Id /* comment */ FROM Account",
    "SELECT _x FROM Account",
    "SELECT Ünï FROM Account",
    "DELETE FROM Account",
    "",
    "   \n ",
]


@pytest.mark.parametrize("text", REJECTED)
def test_what_a_real_org_rejects(text: str) -> None:
    with pytest.raises(SalesforceError) as caught:
        parse(text)
    assert caught.value.code == "MALFORMED_QUERY"
    assert caught.value.http_status == 400


WORDS = [
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "GROUP", "BY", "ROLLUP", "HAVING", "ORDER", "DESC"),
    *("NULLS", "FIRST", "LIMIT", "OFFSET", "COUNT", "(", ")", ",", "=", "!=", "<", "'x'", "'a%'", "5", "-1.5", "null"),
    *(
        "TRUE",
        "TODAY",
        "LAST_N_DAYS",
        ":",
        "3",
        "Id",
        "Name",
        "Account",
        "Contacts",
        "Case",
        "Owner.Name",
        "Status",
        "a",
    ),
    *("TYPEOF", "What", "WHEN", "THEN", "ELSE", "END", "2024-01-01", "2024-01-01T00:00:00Z", "CreatedDate", "MAX", "."),
    *(
        "FIELDS",
        "ALL",
        "USING",
        "SCOPE",
        "mine",
        "WITH",
        "FORMAT",
        "CALENDAR_YEAR",
        "INCLUDES",
        ";",
        "*",
        "'",
        "\\",
        "🦊",
    ),
]


def ends_well(engine: SoqlEngine, text: str) -> None:
    with contextlib.suppress(SalesforceError):
        engine.query(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_random_tokens_never_break_it(engine: SoqlEngine, text: str) -> None:
    ends_well(engine, text)
    ends_well(engine, f"SELECT Id FROM Case WHERE {text}")


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_random_characters_never_break_it(engine: SoqlEngine, text: str) -> None:
    ends_well(engine, text)
    ends_well(engine, f"SELECT Id FROM Account WHERE Name = '{text}'")
    ends_well(engine, f"SELECT Id FROM Account WHERE Name LIKE '{text}' OR Industry IN ('{text}')")


@settings(max_examples=400)
@given(st.sampled_from(VALID), st.integers(0, 200), st.integers(0, 12), st.sampled_from([*WORDS, "", " ", "("]))
def test_mutated_queries_never_break_it(engine: SoqlEngine, text: str, at: int, length: int, piece: str) -> None:
    at %= len(text)
    ends_well(engine, text[:at] + piece + text[at + length :])


def test_halves_of_characters_are_joined_or_replaced(engine: SoqlEngine) -> None:
    assert parse(r"SELECT Id FROM Account WHERE Name = '\uD83E\uDD8A'") == parse(
        "SELECT Id FROM Account WHERE Name = '🦊'"
    )
    for half in (r"'\uD800'", "'\ud800'", r"'%\uDD8A_'"):
        ends_well(engine, f"SELECT Id FROM Account WHERE Name = {half}")
        ends_well(engine, f"SELECT Id FROM Account WHERE Name LIKE {half}")
    with pytest.raises(SalesforceError) as caught:
        engine.query("SELECT \ud800 FROM Account")
    assert caught.value.message.encode()


DEEP = {
    "brackets": lambda n: "SELECT Id FROM Account WHERE " + "(" * n + "Name = 'x'" + ")" * n,
    "negations": lambda n: "SELECT Id FROM Account WHERE " + "NOT (" * n + "Name = 'x'" + ")" * n,
    "subqueries": lambda n: "SELECT Id, (" * n + "SELECT Id FROM Account" + " FROM Contacts)" * n + " FROM Account",
    "functions": lambda n: "SELECT " + "MAX(" * n + "Id" + ")" * n + " FROM Account",
    "paths": lambda n: "SELECT " + "Parent." * n + "Name FROM Account",
    "open brackets": lambda n: "SELECT Id FROM Account WHERE " + "(" * n,
}


@pytest.mark.parametrize("shape", DEEP)
@pytest.mark.parametrize("depth", [6, 40, 55, 59, 60, 61, 3_000])
def test_depth_is_refused_and_never_exhausts_the_stack(engine: SoqlEngine, shape: str, depth: int) -> None:
    ends_well(engine, DEEP[shape](depth))


LONG = {
    "or": lambda n: "SELECT Id FROM Account WHERE " + " OR ".join(["Name = 'x'"] * (n // 15)),
    "in": lambda n: "SELECT Id FROM Account WHERE Name IN (" + ",".join(f"'{i:05}'" for i in range(n // 9)) + ")",
    "like": lambda n: "SELECT Id FROM Account WHERE Name LIKE '" + "%a_" * (n // 3 - 20) + "'",
    "quotes": lambda n: "SELECT Id FROM Account WHERE Name = '" + "\\'" * (n // 2 - 20) + "'",
    "open": lambda n: "SELECT Id FROM Account WHERE Name = '" + "\\'" * (n // 2 - 20),
    "fields": lambda n: "SELECT " + ", ".join(["Id"] * (n // 4 - 10)) + " FROM Account",
    "spaces": lambda n: "SELECT Id" + " " * (n - 30) + "FROM Account",
    "names": lambda n: "SELECT " + "a" * (n - 30) + " FROM Account",
    "noise": lambda n: "SELECT Id FROM Account WHERE " + "1" * (n - 40),
    "order": lambda n: "SELECT Id FROM Account ORDER BY " + ", ".join(["Name"] * (n // 6 - 10)),
}


@pytest.mark.parametrize("shape", LONG)
def test_time_grows_no_faster_than_the_text(engine: SoqlEngine, shape: str) -> None:
    """Ten times the text takes about ten times the work; calls are counted, because clocks depend on the machine."""
    short, long = LONG[shape](10_000), LONG[shape](100_000)
    assert count_calls(lambda: ends_well(engine, long)) < 15 * count_calls(lambda: ends_well(engine, short))


def test_the_longest_text() -> None:
    with pytest.raises(SalesforceError, match="SOQL statements can not be longer than 100000 characters"):
        parse("SELECT Id FROM Account WHERE Name = '" + "x" * 100_000)
