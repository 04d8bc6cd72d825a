"""Searches over real rows in a real index, against what a plain Python reading of the texts would find."""

import contextlib
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from effort import count_calls
from hypothesis import given
from hypothesis import strategies as st

from convsim.org.errors import SalesforceError
from convsim.org.ids import to_18
from convsim.org.schema.load import load_schema
from convsim.org.soql.clock import SessionClock
from convsim.org.sosl.engine import SearchEngine
from convsim.org.store import Store, build_store

SCHEMA = Path(__file__).parent.parent / "rest" / "schema"
CREATED = "2024-01-02T03:04:05.000+0000"
WORDS = ["anvil", "rocket", "road", "runner", "été", "Anvils", "x1", "123", "co-op"]
TEXTS = [" ".join(WORDS[(n * step + 3) % len(WORDS)] for step in range(1, 2 + n % 4)) for n in range(60)]


def an_id(prefix: str, number: int) -> str:
    return to_18(f"{prefix}Ab{number:010d}")


def rows() -> dict[str, list[dict[str, Any]]]:
    accounts = [
        {"Id": an_id("001", n), "Name": f"Firm {n}", "Description": text, "Industry": ["Retail", "Energy"][n % 2]}
        for n, text in enumerate(TEXTS)
    ]
    accounts.append({"Id": an_id("001", 900), "Name": "rocket house", "Phone": "(415) 555-0199"})
    accounts.append({"Id": an_id("001", 901), "Name": "Gone rocket", "IsDeleted": True})
    contacts = [
        {"Id": an_id("003", 1), "FirstName": "Wile", "LastName": "Coyote", "Name": "Wile Coyote"}
        | {"Email": "wile.coyote@acme.example", "AccountId": an_id("001", 0)},
        {"Id": an_id("003", 2), "FirstName": "Road", "LastName": "Runner", "Name": "Road Runner"},
    ]
    articles = [
        {
            "Id": an_id("ka0", 1),
            "Title": "Rocket <care>",
            "Summary": "x " * 200 + "Keep the rocket & fuse dry. " + "y " * 200,
        }
        | {"PublishStatus": "Online", "Language": "en_US"}
    ]
    found = {"Account": accounts, "Contact": contacts, "Knowledge__kav": articles}
    found["Setting__c"] = [{"Id": an_id("a00", 1), "Name": "rocket"}]
    return {name: [{"CreatedDate": CREATED, **row} for row in each] for name, each in found.items()}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    schema = load_schema(SCHEMA)
    path = tmp_path_factory.mktemp("search") / "records.sqlite"
    build_store(path, schema, rows())
    store = Store(path, schema)
    yield SearchEngine(store, SessionClock(datetime(2024, 6, 1, tzinfo=UTC)))
    store.close()


def run(engine: SearchEngine, text: str) -> list[dict[str, Any]]:
    return engine.search(text, root="/services/data/v59.0")


def found(engine: SearchEngine, text: str, name: str = "Account") -> set[str]:
    return {each["attributes"]["url"][-18:] for each in run(engine, f"FIND {{{text}}} RETURNING {name}")}


def tokens(text: str) -> list[str]:
    plain = text.lower().replace("é", "e")
    return re.findall(r"[a-z0-9]+", plain)


def expected(wanted: Any) -> set[str]:
    """The accounts whose whole text (name and description) fulfils a predicate on its tokens."""
    return {
        row["Id"]
        for row in rows()["Account"]
        if not row.get("IsDeleted")
        and wanted(tokens(f"{row['Name']} {row.get('Description', '')} {row.get('Phone', '')}"))
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("anvil", lambda t: "anvil" in t),
        ("ANVIL", lambda t: "anvil" in t),
        ("ÉTÉ", lambda t: "ete" in t),
        ("anvil rocket", lambda t: {"anvil", "rocket"} <= set(t)),
        ("anvil AND rocket", lambda t: {"anvil", "rocket"} <= set(t)),
        ("anvil or runner", lambda t: bool({"anvil", "runner"} & set(t))),
        ("anvil AND NOT rocket", lambda t: "anvil" in t and "rocket" not in t),
        ("anvil AND NOT (rocket OR road)", lambda t: "anvil" in t and not {"rocket", "road"} & set(t)),
        ("(anvil OR rocket) road", lambda t: bool({"anvil", "rocket"} & set(t)) and "road" in t),
        ("anvil*", lambda t: any(each.startswith("anvil") for each in t)),
        ("ro*r", lambda t: any(re.fullmatch("ro.*r", each) for each in t)),
        ("r?ad", lambda t: any(re.fullmatch("r.ad", each) for each in t)),
        ("é*é", lambda t: any(re.fullmatch("e.*e", each) for each in t)),
        ("*nvil", lambda t: "nvil" in t),
        ("co\\-op", lambda t: {"co", "op"} <= set(t)),
        ("nothing*here", lambda t: False),
        ("anvil AND NOT nothing", lambda t: "anvil" in t),
        ("nothing OR anvil", lambda t: "anvil" in t),
        ("!!", None),
        ("\\-\\-\\- \\!\\!", lambda t: False),
        ("415", lambda t: "415" in t),
        ("4155550199", lambda t: "0199" in t),
    ],
)
def test_what_is_found(engine: SearchEngine, text: str, wanted: Any) -> None:
    if wanted is None:
        with pytest.raises(SalesforceError):
            found(engine, text)
    else:
        assert found(engine, text) == expected(wanted)


def test_phrases_keep_their_order(engine: SearchEngine) -> None:
    every = {row["Id"]: tokens(row.get("Description", "")) for row in rows()["Account"] if not row.get("IsDeleted")}
    pairs = {key for key, each in every.items() if ("road", "runner") in pairwise(each)}
    assert found(engine, '"Road Runner"') == pairs
    assert found(engine, '"runner nothing"') == set()


names = st.sampled_from(["anvil", "rocket", "road", "runner", "été", "x1", "123"])
conditions = st.recursive(
    names.map(lambda name: (name, lambda t, name=name: tokens(name)[0] in t)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} OR {p[1][0]})", lambda t, p=p: p[0][1](t) or p[1][1](t))),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} AND {p[1][0]})", lambda t, p=p: p[0][1](t) and p[1][1](t))),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} {p[1][0]})", lambda t, p=p: p[0][1](t) and p[1][1](t))),
        st.tuples(inner, inner).map(
            lambda p: (f"({p[0][0]} AND NOT {p[1][0]})", lambda t, p=p: p[0][1](t) and not p[1][1](t))
        ),
    ),
    max_leaves=8,
)


@given(conditions)
def test_operators_mean_what_they_say(engine: SearchEngine, condition: Any) -> None:
    text, wanted = condition
    assert found(engine, text) == expected(wanted)


@given(st.text(st.sampled_from(string.printable + "éß日\u0301\U0001f600"), max_size=60))
def test_any_text_is_answered(engine: SearchEngine, text: str) -> None:
    for whole in (
        f"FIND {{{text}}}",
        f"FIND {{ab*c {text}}} RETURNING Account(Name {text})",
        f"FIND {{rocket}} {text}",
    ):
        try:
            run(engine, whole)
        except SalesforceError as error:
            assert error.http_status == 400  # noqa: PT017


def test_field_groups(engine: SearchEngine) -> None:
    def ids(group: str, text: str) -> set[str]:
        return {
            each["Id"] for each in run(engine, f"FIND {{{text}}} IN {group} FIELDS RETURNING Account(Id), Contact(Id)")
        }

    assert ids("NAME", "rocket") == {an_id("001", 900)}
    assert len(ids("ALL", "rocket")) > 1
    assert ids("EMAIL", "coyote") == {an_id("003", 1)}
    assert ids("NAME", "acme") == set()
    assert ids("PHONE", "0199") == {an_id("001", 900)}
    assert ids("SIDEBAR", "coyote") == {an_id("003", 1)}
    assert ids("EMAIL", "wile.coyote@acme.example") == {an_id("003", 1)}


def test_returning(engine: SearchEngine) -> None:
    text = "FIND {anvil OR rocket OR coyote} RETURNING Contact(Name, Account.Name), "
    text += "Account(Name WHERE Industry = 'Retail' ORDER BY Name DESC LIMIT 3 OFFSET 1)"
    records = run(engine, text)
    assert [each["attributes"]["type"] for each in records] == ["Contact", "Account", "Account", "Account"]
    assert records[0]["Account"]["Name"] == "Firm 0"
    retail = sorted(
        (
            row["Name"]
            for row in rows()["Account"]
            if row.get("Industry") == "Retail" and {"anvil", "rocket"} & set(tokens(row["Description"]))
        ),
        reverse=True,
    )
    assert [each["Name"] for each in records[1:]] == retail[1:4]
    assert set(records[1]) == {"attributes", "Name"}


def test_clauses_may_follow_the_fields_at_once(engine: SearchEngine) -> None:
    text = "FIND {rocket} IN NAME FIELDS RETURNING Account(Name ORDER BY Name), Knowledge__kav(Title OFFSET 1)"
    assert [each["Name"] for each in run(engine, text)] == ["rocket house"]


def test_without_returning_all_searchable_objects_give_ids(engine: SearchEngine) -> None:
    records = run(engine, "FIND {rocket}")
    assert {each["attributes"]["type"] for each in records} == {"Account", "Knowledge__kav"}
    assert all(set(each) == {"attributes", "Id"} for each in records)
    assert set(run(engine, "FIND {rocket} RETURNING Account")[0]) == {"attributes", "Id"}


def test_limits_are_spread(engine: SearchEngine) -> None:
    text = "FIND {rocket OR road OR anvil} RETURNING Account, Contact, Knowledge__kav"
    kinds = [each["attributes"]["type"] for each in run(engine, text + " LIMIT 5")]
    assert kinds == ["Account"] * 3 + ["Contact", "Knowledge__kav"]
    assert run(engine, text + " LIMIT 0") == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("FIND {rocket} RETURNING Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
        ("FIND {rocket} RETURNING Setting__c", "INVALID_TYPE", "sObject type 'Setting__c' is not supported."),
        ("FIND {rocket} RETURNING Account(Nothing)", "INVALID_FIELD", "No such column 'Nothing' on entity 'Account'."),
        ("FIND {rocket} RETURNING Account(Id WHERE X = 1)", "INVALID_FIELD", "No such column 'X' on entity 'Account'."),
        ("FIND {rocket} RETURNING Account(COUNT(Id))", "MALFORMED_SEARCH", "aggregate functions are not supported"),
        ("FIND {rocket} RETURNING Account(Id LIMIT -1)", "MALFORMED_SEARCH", "Limit must be a non-negative value"),
        ("FIND {rocket} LIMIT -1", "MALFORMED_SEARCH", "Limit must be a non-negative value"),
        ("FIND {rocket} RETURNING Account(Id OFFSET 2001)", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset"),
        ("FIND {rocket} RETURNING Account(Id USING LISTVIEW=Mine)", "MALFORMED_SEARCH", "Invalid using expr"),
        ("FIND {rocket} WITH NETWORK = 'a'", "MALFORMED_SEARCH", "WITH NETWORK is not supported"),
        ("FIND {rocket} WITH DATA CATEGORY Geo AT All__c", "MALFORMED_SEARCH", "WITH DATA CATEGORY is not supported"),
        ("FIND {rocket} RETURNING Account(Id WHERE Name = :x)", "MALFORMED_SEARCH", "Bind variables only allowed"),
    ],
)
def test_errors(engine: SearchEngine, text: str, code: str, message: str) -> None:
    with pytest.raises(SalesforceError) as caught:
        run(engine, text)
    assert caught.value.code == code
    assert message in caught.value.message


def test_the_place_of_an_error_is_that_in_the_search(engine: SearchEngine) -> None:
    with pytest.raises(SalesforceError) as caught:
        run(engine, "FIND {rocket} RETURNING Accont")
    assert caught.value.message.startswith(
        "\nFIND {rocket} RETURNING Accont\n                        ^\nERROR at Row:1:Column:25\nsObject type 'Accont'"
    )


def test_recent_list_view_is_empty(engine: SearchEngine) -> None:
    assert run(engine, "FIND {rocket} RETURNING Account(Id USING LISTVIEW=Recent)") == []


def test_highlight_and_snippet(engine: SearchEngine) -> None:
    (article,) = run(
        engine, "FIND {rock* AND fuse} RETURNING Knowledge__kav(Title, Summary) WITH SNIPPET(target_length=60)"
    )
    assert article["highlight.Title"] == "<mark>Rocket</mark> &lt;care&gt;"
    assert "Keep the <mark>rocket</mark> &amp; <mark>fuse</mark> dry." in article["snippet.text"]
    assert len(article["snippet.text"]) < 120
    house = run(engine, 'FIND {"rocket house"} RETURNING Account(Name, Id) WITH HIGHLIGHT')
    assert [each["highlight.Name"] for each in house] == ["<mark>rocket</mark> <mark>house</mark>"]
    plain = run(engine, "FIND {rocket house} RETURNING Account(Name) WITH SPELL_CORRECTION = false")
    assert "highlight.Name" not in plain[0]


def test_brackets_beyond_the_index_are_refused(engine: SearchEngine) -> None:
    text = "ab"
    for depth in range(29):
        text = f"(x{depth} {['OR', 'AND NOT'][depth % 2]} (y{depth} {text}))" if depth < 14 else f"({text})"
    try:
        run(engine, f"FIND {{{text}}}")
    except SalesforceError as error:
        assert error.code == "QUERY_TOO_COMPLICATED"  # noqa: PT017


@pytest.mark.parametrize(
    "unit", ["ab ", "(ab) ", '"ab" ', "ab* ", "a\\-b ", "ab OR ", "(", '"', "ab} RETURNING Account(Id,", "a*b*c "]
)
def test_time_grows_with_length_alone(engine: SearchEngine, unit: str) -> None:
    def work(count: int) -> None:
        for text in ("FIND {" + unit * count, "FIND {" + unit * count + "ab}"):
            with contextlib.suppress(SalesforceError):
                run(engine, text)

    length = 90_000 // len(unit)
    assert count_calls(lambda: work(length)) < 15 * count_calls(lambda: work(length // 10))
