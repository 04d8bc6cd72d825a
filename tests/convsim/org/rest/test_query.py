"""Queries and searches through the real client in process: answers, pages, errors, log and budget."""

import ast
import gc
import threading
import tracemalloc
from typing import Any

import orjson
import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceRefusedRequest

from convsim.org.ids import to_18
from convsim.org.org import Org, Session
from convsim.org.rest.message import Request
from convsim.records.task import Requester

ACME, LABS, GLOBEX = (to_18(f"001Aa{number:010d}") for number in (1, 2, 3))
BY_NUMBER = "SELECT Id, CaseNumber FROM Case ORDER BY CaseNumber"


def get(org: Org, session: Session, path: str, query: str = "", **headers: str) -> Any:
    sent = {"authorization": f"Bearer {session.id}", **{key.replace("_", "-"): value for key, value in headers.items()}}
    return orjson.loads(org.api.handle(Request("GET", f"/services/data/v59.0/{path}", query, sent)).body)


def failure(salesforce: Salesforce, text: str) -> tuple[str, str]:
    """What a benchmark reads out of the client's error text."""
    with pytest.raises(SalesforceMalformedRequest) as caught:
        salesforce.query(text)
    (entry,) = ast.literal_eval(str(caught.value).partition("Response content: ")[2])
    return entry["errorCode"], entry["message"]


def test_a_query_and_its_children(salesforce: Salesforce, session: Session) -> None:
    text = (
        "SELECT Name, Owner.Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name LIMIT 2"
    )
    answer = salesforce.query(text)
    assert (answer["totalSize"], answer["done"]) == (2, True)
    first = answer["records"][0]
    assert first["attributes"] == {"type": "Account", "url": f"/services/data/v59.0/sobjects/Account/{ACME}"}
    assert first["Owner"]["Name"] == "Gone Agent"
    assert [each["LastName"] for each in first["Contacts"]["records"]] == ["Whitfield", "Whitman"]
    (logged,) = session.queries
    assert (logged.kind, logged.text, logged.outcome, logged.rows) == ("soql", text, "ok", 2)
    assert logged.records[:3] == (ACME, to_18("005Aa0000000001"), to_18("003Aa0000000001"))
    assert orjson.loads(logged.result) == answer
    assert logged.size == len(logged.result)


def test_counts(salesforce: Salesforce, session: Session) -> None:
    assert salesforce.query("SELECT COUNT() FROM Case") == {"totalSize": 4_499, "done": True, "records": []}
    assert salesforce.query_all("SELECT COUNT() FROM Case")["totalSize"] == 0
    assert salesforce.query("SELECT COUNT(Id) FROM Case")["records"][0]["expr0"] == 4_499
    assert [each.records for each in session.queries] == [()] * 3


def test_pages(salesforce: Salesforce, session: Session) -> None:
    session.begin_turn(3, max_actions=1)
    first = salesforce.query(BY_NUMBER)
    assert (first["totalSize"], first["done"], len(first["records"])) == (4_499, False, 2_000)
    url = first["nextRecordsUrl"]
    locator = url.rpartition("/")[2]
    assert url.startswith("/services/data/v59.0/query/0r8")
    assert len(locator.partition("-")[0]) == 18
    second = salesforce.query_more(url, identifier_is_url=True)
    assert salesforce.query_more(locator) == second
    assert salesforce.query_more(locator, include_deleted=True) == second
    last = salesforce.query_more(second["nextRecordsUrl"], identifier_is_url=True)
    assert (last["done"], len(last["records"]), "nextRecordsUrl" in last) == (True, 499, False)
    numbers = [each["CaseNumber"] for page in (first, second, last) for each in page["records"]]
    assert numbers == [f"{number:08d}" for number in range(1, 4_500)]
    assert [each.turn for each in session.queries] == [3] * 5
    assert session.queries[1].text == url
    assert all(len(each.records) == 200 for each in session.queries)


def test_deleted_records_are_seen_by_query_all_alone(salesforce: Salesforce) -> None:
    text = "SELECT Id FROM Case WHERE IsDeleted = true"
    assert salesforce.query(text)["totalSize"] == 0
    assert salesforce.query(text, include_deleted=True)["totalSize"] == 1


@pytest.mark.parametrize(("asked", "rows"), [("batchSize=500", 500), ("batchSize = 7", 200), ("batchSize=9999", 2_000)])
def test_batch_size(org: Org, session: Session, asked: str, rows: int) -> None:
    page = get(org, session, "query", "q=SELECT+Id+FROM+Case+ORDER+BY+Id", sforce_query_options=asked)
    assert len(page["records"]) == rows
    following = get(org, session, page["nextRecordsUrl"].removeprefix("/services/data/v59.0/"))
    assert len(following["records"]) == rows
    assert following["records"][0]["Id"] > page["records"][-1]["Id"]


@pytest.mark.parametrize("locator", ["0r8000000000000AAA-2000", "0r8-1", "nonsense", "0r8000000000000AAA"])
def test_unknown_locators(salesforce: Salesforce, session: Session, locator: str) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        salesforce.query_more(locator)
    assert caught.value.content == [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]
    beyond = salesforce.query(BY_NUMBER)["nextRecordsUrl"].replace("-2000", "-9000")
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_QUERY_LOCATOR"):
        salesforce.query_more(beyond, identifier_is_url=True)
    assert session.queries[-1].outcome == "INVALID_QUERY_LOCATOR"


def test_the_same_query_has_the_same_locator_in_every_session(org: Org) -> None:
    urls = {org.open_session().salesforce.query(BY_NUMBER)["nextRecordsUrl"] for _ in range(2)}
    assert len(urls) == 1


def test_errors_arrive_word_for_word(salesforce: Salesforce, session: Session) -> None:
    code, message = failure(salesforce, "SELECT Nothing FROM Account")
    assert code == "INVALID_FIELD"
    assert message == (
        "\nSELECT Nothing FROM Account\n       ^\nERROR at Row:1:Column:8\n"
        "No such column 'Nothing' on entity 'Account'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate "
        "names."
    )
    assert failure(salesforce, "SELECT Id FROM Nothing")[0] == "INVALID_TYPE"
    assert failure(salesforce, "SELECT Id FROM")[0] == "MALFORMED_QUERY"
    assert failure(salesforce, "") == ("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    assert [each.outcome for each in session.queries[:3]] == ["INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY"]
    assert session.queries[0].message == message


def test_a_query_must_be_given(salesforce: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="A query string has to be specified"):
        salesforce.restful("query")
    with pytest.raises(SalesforceMalformedRequest, match="query plans are not available"):
        salesforce.restful("query", params={"explain": "SELECT Id FROM Case"})


def test_scope_mine_is_that_of_the_session(org: Org) -> None:
    text = "SELECT COUNT() FROM Account USING SCOPE mine"
    requester = Requester(kind="employee", id=to_18("005Aa0000000001"), name="Gone Agent")
    totals = [each.salesforce.query(text)["totalSize"] for each in (org.open_session(requester), org.open_session())]
    assert totals == [4, 0]


def test_tooling_queries(salesforce: Salesforce) -> None:
    answer = salesforce.restful("tooling/query", params={"q": "SELECT Id FROM User ORDER BY Id"})
    assert answer is not None
    assert (answer["size"], answer["totalSize"], answer["entityTypeName"]) == (3, 3, "User")
    assert answer["queryLocator"] is None


def test_urls_name_the_version_of_the_call(session: Session) -> None:
    salesforce = session.salesforce
    salesforce.base_url = salesforce.base_url.replace("v59.0", "v61.0")
    assert salesforce.query("SELECT Id FROM User LIMIT 1")["records"][0]["attributes"]["url"].startswith(
        "/services/data/v61.0/sobjects/User/"
    )


def test_search(org: Org, salesforce: Salesforce, session: Session) -> None:
    text = (
        "FIND {anvil} IN ALL FIELDS RETURNING Knowledge__kav(Title WHERE PublishStatus='Online'), Case(Id, CaseNumber)"
    )
    found = salesforce.search(text)["searchRecords"]
    assert [each["attributes"]["type"] for each in found] == ["Knowledge__kav", "Case"]
    assert found[0] == {
        "attributes": {"type": "Knowledge__kav", "url": found[0]["attributes"]["url"]},
        "Title": "Anvil care",
    }
    (logged,) = session.queries
    assert (logged.kind, logged.text, logged.rows) == ("sosl", text, 2)
    assert len(logged.records) == 2
    with pytest.raises(SalesforceMalformedRequest) as caught:
        salesforce.search("FIND {Marie-Pier Martin}")
    assert caught.value.content[0]["errorCode"] == "MALFORMED_SEARCH"
    sent = {"authorization": f"Bearer {session.id}"}
    old = org.api.handle(Request("GET", "/services/data/v36.0/search", "q=FIND+%7Banvil%7D+RETURNING+Case", sent))
    assert orjson.loads(old.body)[0]["attributes"]["url"].startswith("/services/data/v36.0/sobjects/Case/")


def test_parameterized_search(salesforce: Salesforce, session: Session) -> None:
    body = {
        "q": "Wile-E",
        "in": "ALL",
        "fields": ["Id"],
        "sobjects": [{"name": "Account", "fields": ["Name"], "where": "Industry = 'Technology'", "limit": 5}],
        "overallLimit": 10,
    }
    posted = salesforce.restful("parameterizedSearch", method="POST", json=body)
    assert posted is not None
    assert [each["Name"] for each in posted["searchRecords"]] == ["Acme Corporation"]
    params = {"q": "Wile-E", "sobject": "Account", "Account.fields": "Name", "Account.limit": "5", "overallLimit": "10"}
    assert salesforce.restful("parameterizedSearch", params=params) == posted
    assert session.queries[0].kind == "sosl"
    assert session.queries[0].text == (
        "FIND {Wile\\-E} IN ALL FIELDS RETURNING Account(Name WHERE Industry = 'Technology' LIMIT 5) LIMIT 10"
    )
    for wrong in ({}, {"q": "ab", "in": "NOWHERE"}, {"q": "ab", "sobjects": "x"}, {"q": "ab", "overallLimit": "many"}):
        with pytest.raises(SalesforceMalformedRequest):
            salesforce.restful("parameterizedSearch", method="POST", json=wrong)


def test_the_budget_of_a_turn(session: Session) -> None:
    calls: list[str] = []
    session.on_exhausted = lambda: calls.append("exhausted")
    session.begin_turn(4, max_actions=2)
    salesforce = session.salesforce
    salesforce.query("SELECT Id FROM User")
    salesforce.query("SELECT Id FROM User")
    assert calls == []
    with pytest.raises(SalesforceRefusedRequest) as caught:
        salesforce.query("SELECT Id FROM User")
    assert caught.value.content == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    with pytest.raises(SalesforceRefusedRequest):
        salesforce.limits()
    assert calls == ["exhausted"]
    assert [(each.turn, each.outcome) for each in session.queries] == [
        (4, "ok"),
        (4, "ok"),
        (4, "REQUEST_LIMIT_EXCEEDED"),
        (4, "REQUEST_LIMIT_EXCEEDED"),
    ]
    session.begin_turn(5, max_actions=2)
    assert salesforce.query("SELECT Id FROM User")["totalSize"] == 3


def test_notes_of_calls_that_need_no_request(session: Session) -> None:
    session.begin_turn(1, max_actions=0)
    session.note("call", "get_period('Q2 2023')", result="x" * 5_000, rows=2, records=(ACME,))
    (logged,) = session.queries
    assert (logged.turn, logged.kind, logged.outcome, logged.rows, logged.size) == (1, "call", "ok", 2, 5_000)
    assert logged.result == "x" * 4_000 + " [... 1000 of 5000 characters left out]"


def test_results_are_cut_at_the_limit_that_was_asked_for(org: Org) -> None:
    session = org.open_session(log_limit=100)
    answer = session.salesforce.query("SELECT Id, Name FROM Account")
    (logged,) = session.queries
    whole = orjson.dumps(answer).decode()
    assert logged.size == len(whole)
    assert logged.result == f"{whole[:100]} [... {len(whole) - 100} of {len(whole)} characters left out]"


def test_threads_share_an_org(org: Org) -> None:
    texts = [f"SELECT Id FROM Case WHERE AccountId = '{each}' ORDER BY Id" for each in (ACME, LABS, GLOBEX)]
    expected = [org.connect().query_all(text)["records"] for text in texts]
    failures: list[object] = []

    def work() -> None:
        session = org.open_session()
        for _ in range(5):
            for text, wanted in zip(texts, expected, strict=True):
                if session.salesforce.query_all(text)["records"] != wanted:
                    failures.append(text)
        if len(session.queries) != 15:
            failures.append(len(session.queries))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_session_is_light(org: Org) -> None:
    def converse() -> Session:
        session = org.open_session()
        for turn in range(8):
            session.begin_turn(turn, 20)
            session.salesforce.query(f"SELECT Id, Name, Description FROM Account LIMIT {turn}")
        session.salesforce.query("SELECT Id FROM Case LIMIT 1000")
        session.salesforce.Case.describe()
        return session

    kept = [converse()]
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept += [converse() for _ in range(20)]
    gc.collect()
    used = (tracemalloc.get_traced_memory()[0] - before) / 20
    tracemalloc.stop()
    assert used < 50_000
    for session in kept:
        session.close()


def test_long_results_of_child_subqueries_come_in_pages(org: Org, session: Session) -> None:
    """Each parent's children page on their own, also behind the first page of parents, and grandchildren inside."""
    text = "q=SELECT+Name,(SELECT+Id+FROM+Cases+ORDER+BY+CaseNumber)+FROM+Account+ORDER+BY+Name"
    answer = get(org, session, "query", text, sforce_query_options="batchSize=200")
    whole = get(org, session, "query", text)
    longest = 0
    for cut, full in zip(answer["records"], whole["records"], strict=True):
        if full["Cases"] is None:
            assert cut["Cases"] is None
            continue
        page, found = cut["Cases"], []
        while True:
            found += page["records"]
            assert page["totalSize"] == full["Cases"]["totalSize"]
            assert len(page["records"]) <= 200
            if page["done"]:
                break
            page = get(org, session, page["nextRecordsUrl"].removeprefix("/services/data/v59.0/"))
        longest = max(longest, len(found))
        rest, url = full["Cases"]["records"], full["Cases"].get("nextRecordsUrl")
        while url:
            following = get(org, session, url.removeprefix("/services/data/v59.0/"))
            rest, url = rest + following["records"], following.get("nextRecordsUrl")
        assert found == rest
    assert longest == 1_500
