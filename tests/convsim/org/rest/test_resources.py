"""Everything but queries: versions, resources, describe, records, limits, identity, and what is refused."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from convsim.errors import InfrastructureError
from convsim.org.ids import to_18
from convsim.org.org import Org, Session
from convsim.org.rest.message import Request, Response

ACME, GLOBEX, CAFE = (to_18(f"001Aa{number:010d}") for number in (1, 3, 4))

FIELD_KEYS = frozenset((Path(__file__).parent / "describe_keys.txt").read_text().split())
"""What a real describe call gives for every field."""


def ask(org: Org, session: Session | None, path: str, *, method: str = "GET", query: str = "", **more: Any) -> Response:
    headers = {"authorization": f"Bearer {session.id}"} if session else {}
    headers |= more.pop("headers", {})
    return org.api.handle(Request(method, path, query, headers, more.pop("body", b""), "https://small.example"))


def body(response: Response) -> Any:
    return orjson.loads(response.body)


def error(response: Response) -> tuple[int, str, str]:
    (entry,) = body(response)
    return response.status, entry["errorCode"], entry["message"]


@pytest.mark.parametrize("path", ["/services/data", "/services/data/"])
def test_versions_need_no_session(org: Org, path: str) -> None:
    versions = body(ask(org, None, path))
    assert {"label": "Winter '24", "url": "/services/data/v59.0", "version": "59.0"} in versions
    assert versions[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}


def test_resources_lead_to_the_identity(org: Org, session: Session) -> None:
    resources = body(ask(org, session, "/services/data/v59.0"))
    assert resources["query"] == "/services/data/v59.0/query"
    assert resources == body(ask(org, session, "/services/data/v59.0/"))
    path = resources["identity"].removeprefix("https://small.example")
    who = body(ask(org, session, path, query="format=json"))
    assert (who["user_id"], who["display_name"]) == (to_18("005Aa0000000002"), "Ada Agent")
    assert who["id"].endswith(f"/{who['organization_id']}/{who['user_id']}")
    assert error(ask(org, session, "/id/00D000000000000AAA/005000000000000AAA"))[:2] == (404, "NOT_FOUND")
    assert body(ask(org, session, "/services/oauth2/userinfo"))["name"] == "Ada Agent"


@pytest.mark.parametrize("path", ["/services/data/v59.0/limits", "/services/oauth2/userinfo", "/id/a/b"])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "OAuth x"}])
def test_sessions_are_required(org: Org, path: str, headers: dict[str, str]) -> None:
    answer = ask(org, None, path, headers=headers)
    assert error(answer) == (401, "INVALID_SESSION_ID", "Session expired or invalid")


def test_strange_authorization(org: Org) -> None:
    answer = ask(org, None, "/services/data/v59.0/limits", headers={"authorization": "Basic eDp5"})
    assert error(answer) == (401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/services",
        "/services/data/v59.0/nothing",
        "/services/data/v59.5/limits",
        "/services/data/v99.0/limits",
        "/services/data/vx/limits",
        "/services/data/v59.0/sobjects/Nothing",
        "/services/data/v59.0/sobjects/Name/describe",
        "/services/data/v59.0/sobjects/Account/describe/layouts/x",
        "/services/data/v59.0/sobjects/Account/001/a/b",
        "/services/data/v59.0/limits/nothing",
        "/services/data/v59.0/tooling/nothing",
        "/services/data/v59.0/composite/nothing",
    ],
)
def test_unknown_paths(org: Org, session: Session, path: str) -> None:
    assert error(ask(org, session, path)) == (404, "NOT_FOUND", "The requested resource does not exist")


def test_retired_versions(org: Org, session: Session) -> None:
    assert error(ask(org, session, "/services/data/v20.0/limits"))[:2] == (410, "UNSUPPORTED_API_VERSION")


def test_long_addresses_and_headers(org: Org, session: Session) -> None:
    long = ask(org, session, "/services/data/v59.0/query", query="q=" + "x" * 16_400)
    assert long.status == 414
    assert long.body == b"<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
    assert ask(org, session, "/services/data/v59.0/limits", headers={"x-a": "b" * 16_400}).status == 431


def test_methods(org: Org, session: Session) -> None:
    answer = ask(org, session, "/services/data/v59.0/query", method="PUT")
    assert error(answer) == (405, "METHOD_NOT_ALLOWED", "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET")


def test_describe_all(salesforce: Salesforce) -> None:
    described = salesforce.describe()
    assert described is not None
    assert (described["encoding"], described["maxBatchSize"]) == ("UTF-8", 200)
    names = [each["name"] for each in described["sobjects"]]
    assert names == ["Account", "Case", "Contact", "Knowledge__kav", "Setting__c", "User"]
    basic = salesforce.Case.metadata()
    assert basic["objectDescribe"] == described["sobjects"][1]
    assert basic["recentItems"] == []


def test_describe_one(salesforce: Salesforce) -> None:
    described = salesforce.Case.describe()
    fields = {each["name"]: each for each in described["fields"]}
    assert [each["value"] for each in fields["Status"]["picklistValues"]] == ["New", "Working", "Closed"]
    assert fields["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert fields["OwnerId"]["polymorphicForeignKey"]
    assert fields["Description"]["filterable"] is False
    assert fields["CaseNumber"]["autoNumber"]
    assert fields["CaseNumber"]["nameField"]
    assert {frozenset(each) for each in described["fields"]} == {FIELD_KEYS}
    children = {each["relationshipName"]: each for each in salesforce.Account.describe()["childRelationships"]}
    assert (children["Contacts"]["childSObject"], children["Contacts"]["field"]) == ("Contact", "AccountId")
    scopes = [("All cases", "everything"), ("My cases", "mine"), ("My and my groups' cases", "mine_and_my_groups")]
    assert [(each["label"], each["name"]) for each in described["supportedScopes"]] == scopes


def test_read_by_id(salesforce: Salesforce, session: Session) -> None:
    account = salesforce.Account.get(ACME)
    assert list(account)[:2] == ["attributes", "Id"]
    assert account["attributes"] == {"type": "Account", "url": f"/services/data/v59.0/sobjects/Account/{ACME}"}
    assert account["Name"] == "Acme Corporation"
    assert salesforce.Account.get(ACME[:15]) == account
    some = salesforce.restful(f"sobjects/Account/{ACME}", params={"fields": "name,Industry"})
    assert some is not None
    assert {key: value for key, value in some.items() if key != "attributes"} == {
        "Name": "Acme Corporation",
        "Industry": "Technology",
        "Id": ACME,
    }
    assert [each.kind for each in session.queries] == ["read"] * 3
    assert session.queries[-1].records == (ACME,)
    assert session.queries[-1].text == f"/services/data/v59.0/sobjects/Account/{ACME}?fields=name%2CIndustry"


def test_read_what_is_not_there(salesforce: Salesforce) -> None:
    for wrong in (to_18("001Aa9999999999"), to_18("003Aa0000000001")):
        with pytest.raises(SalesforceResourceNotFound) as caught:
            salesforce.Account.get(wrong)
        assert caught.value.content[0]["message"] == "The requested resource does not exist"
    with pytest.raises(SalesforceResourceNotFound, match="Provided external ID field does not exist"):
        salesforce.Account.get("nonsense")
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Nothing' on entity 'Account'"):
        salesforce.restful(f"sobjects/Account/{ACME}", params={"fields": "Nothing"})
    with pytest.raises(SalesforceResourceNotFound, match="ENTITY_IS_DELETED"):
        salesforce.Case.get(to_18("500Aa0000004500"))


def test_read_by_external_id(salesforce: Salesforce) -> None:
    assert salesforce.Account.get_by_custom_id("External_ID__c", "X-1")["Id"] == ACME
    assert salesforce.Account.get_by_custom_id("External_ID__c", "a b")["Id"] == CAFE
    with pytest.raises(SalesforceMoreThanOneRecord) as caught:
        salesforce.Account.get_by_custom_id("External_ID__c", "x-2")
    assert len(caught.value.content) == 2
    assert caught.value.content[1] == f"/services/data/v59.0/sobjects/Account/{GLOBEX}"
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Account.get_by_custom_id("External_ID__c", "X-9")
    with pytest.raises(SalesforceResourceNotFound, match="Provided external ID field does not exist or is not"):
        salesforce.Account.get_by_custom_id("Name", "Globex")


def test_read_relationships(salesforce: Salesforce) -> None:
    owner = salesforce.restful(f"sobjects/Account/{ACME}/Owner")
    assert owner is not None
    assert owner["Name"] == "Gone Agent"
    contacts = salesforce.restful(f"sobjects/Account/{ACME}/Contacts", params={"fields": "LastName"})
    assert contacts is not None
    assert [each["LastName"] for each in contacts["records"]] == ["Whitfield", "Whitman"]
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.restful(f"sobjects/Account/{ACME}/Nothing")


def test_limits_and_counts(salesforce: Salesforce, session: Session) -> None:
    limits = salesforce.limits()
    assert limits["DailyApiRequests"]["Max"] - limits["DailyApiRequests"]["Remaining"] == 1
    assert salesforce.restful("limits/recordCount", params={"sObjects": "Case,Nothing,user"}) == {
        "sObjects": [{"count": 4_499, "name": "Case"}, {"count": 3, "name": "User"}]
    }
    assert salesforce.api_usage["api-usage"].used == 2
    assert [each.kind for each in session.queries] == ["other", "other"]


def test_changes_are_refused(salesforce: Salesforce, session: Session) -> None:
    attempts = [
        lambda: salesforce.Account.create({"Name": "New"}),
        lambda: salesforce.Account.update(ACME, {"Name": "New"}),
        lambda: salesforce.Account.upsert("External_ID__c/X-1", {"Name": "New"}),
        lambda: salesforce.Account.delete(ACME),
        lambda: salesforce.restful("composite/tree/Account", method="POST", json={"records": []}),
    ]
    for attempt in attempts:
        with pytest.raises(SalesforceRefusedRequest) as caught:
            attempt()
        assert caught.value.content == [
            {
                "message": "insufficient access rights on object id",
                "errorCode": "INSUFFICIENT_ACCESS_OR_READONLY",
                "fields": [],
            }
        ]
    assert {each.outcome for each in session.queries} == {"INSUFFICIENT_ACCESS_OR_READONLY"}
    assert session.queries[1].text == f"PATCH /services/data/v59.0/sobjects/Account/{ACME}"
    each = salesforce.restful("composite/sobjects", method="POST", json={"records": [{}, {}]})
    assert [one["success"] for one in each or ()] == [False, False]
    gone = salesforce.restful("composite/sobjects", method="DELETE", params={"ids": f"{ACME},{CAFE}"})
    assert [one["errors"][0]["statusCode"] for one in gone or ()] == ["INSUFFICIENT_ACCESS_OR_READONLY"] * 2


def test_what_the_org_does_not_offer(salesforce: Salesforce) -> None:
    assert salesforce.restful("recent") is None
    with pytest.raises(SalesforceRefusedRequest, match="API_DISABLED_FOR_ORG"):
        salesforce.restful("jobs/query", method="POST", json={"operation": "query"})


segments = st.one_of(
    st.sampled_from(
        [
            *("services", "data", "v59.0", "query", "queryAll", "search", "sobjects", "Account", "Case", "describe"),
            *("composite", "batch", "limits", "recordCount", "tooling", "parameterizedSearch", "External_ID__c"),
            *("id", "", ACME),
        ]
    ),
    st.text(max_size=8),
)
pairs = st.tuples(
    st.sampled_from(["q", "fields", "ids", "sObjects", "sobject", "in", "Account.limit"]), st.text(max_size=20)
)


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "X"]),
    st.lists(segments, max_size=5),
    st.lists(pairs, max_size=2),
    st.one_of(st.binary(max_size=20), st.just(b'{"compositeRequest": [{"url": "/x", "referenceId": "a"}], "q": "ab"}')),
    st.sampled_from(["/services/data/v59.0/", "/services/", "/id/", "/"]),
)
def test_any_request_gets_an_answer_of_salesforce(
    org: Org, method: str, steps: list[str], parameters: Any, sent: bytes, root: str
) -> None:
    session = org.open_session()
    answer = ask(org, session, root + quote("/".join(steps)), method=method, query=urlencode(parameters), body=sent)
    assert answer.status < 500
    if answer.status >= 400:
        (entry,) = body(answer)
        assert set(entry) >= {"message", "errorCode"}
    session.close()


def test_composite_parts_build_on_each_other(salesforce: Salesforce, session: Session) -> None:
    root = "/services/data/v59.0"
    answer = salesforce.restful(
        "composite",
        method="POST",
        json={
            "compositeRequest": [
                {"method": "GET", "url": f"{root}/query?q=SELECT+AccountId+FROM+Case+LIMIT+1", "referenceId": "one"},
                {
                    "method": "GET",
                    "url": f"{root}/sobjects/Account/@{{one.records[0].AccountId}}",
                    "referenceId": "two",
                },
                {"method": "GET", "url": f"{root}/sobjects/Account/@{{one.records[7].AccountId}}", "referenceId": "no"},
                {"method": "GET", "url": f"{root}/sobjects/Nothing", "referenceId": "three"},
                {"method": "DELETE", "url": f"{root}/sobjects/Account/{ACME}", "referenceId": "four"},
            ]
        },
    )
    assert answer is not None
    parts = answer["compositeResponse"]
    assert [each["httpStatusCode"] for each in parts] == [200, 200, 400, 404, 403]
    assert parts[1]["body"]["Id"] == parts[0]["body"]["records"][0]["AccountId"]
    assert parts[2]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert [each.kind for each in session.queries] == ["soql", "read", "describe", "other"]
    assert session.queries[0].text == "SELECT AccountId FROM Case LIMIT 1"


def test_batch(salesforce: Salesforce) -> None:
    parts = [{"method": "GET", "url": url} for url in ("v59.0/limits", "v59.0/nothing", "v59.0/limits")]
    answer = salesforce.restful("composite/batch", method="POST", json={"batchRequests": parts, "haltOnError": True})
    assert answer is not None
    assert answer["hasErrors"]
    assert [each["statusCode"] for each in answer["results"]] == [200, 404, 412]
    with pytest.raises(SalesforceMalformedRequest, match="limited to 25"):
        salesforce.restful("composite/batch", method="POST", json={"batchRequests": parts * 9})


def test_composites_do_not_nest(salesforce: Salesforce) -> None:
    for url in ("v59.0/composite", "v59.0/%63omposite/batch"):
        part = {"method": "POST", "url": url, "richInput": {"batchRequests": []}}
        answer = salesforce.restful("composite/batch", method="POST", json={"batchRequests": [part]})
        assert answer is not None
        assert answer["results"][0]["result"][0]["errorCode"] == "INVALID_BATCH_REQUEST"


def test_multi_retrieve(salesforce: Salesforce) -> None:
    missing = to_18("001Aa9999999999")
    wanted = {"ids": [GLOBEX, missing, ACME], "fields": ["Name"]}
    found = salesforce.restful("composite/sobjects/Account", method="POST", json=wanted)
    assert [each and each["Name"] for each in found or ()] == ["Globex", None, "Acme Corporation"]
    params = {"ids": f"{GLOBEX},{ACME}", "fields": "Name"}
    assert len(salesforce.restful("composite/sobjects/Account", params=params) or ()) == 2


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'{"compositeRequest": 3}', b'{"compositeRequest": [{}]}', b"\xff"])
def test_malformed_bodies(org: Org, session: Session, sent: bytes) -> None:
    for path in ("composite", "composite/batch", "composite/sobjects/Account", "parameterizedSearch"):
        answer = ask(org, session, f"/services/data/v59.0/{path}", method="POST", body=sent)
        assert answer.status == 400
        assert error(answer)[1] in {"JSON_PARSER_ERROR", "MALFORMED_SEARCH"}


def test_closed_and_expired_sessions(org: Org) -> None:
    session = org.open_session()
    salesforce = session.salesforce
    salesforce.limits()
    session.close()
    with pytest.raises(SalesforceExpiredSession) as caught:
        salesforce.limits()
    assert caught.value.content == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    late = org.sessions.open("005", lifetime=0.0)
    with pytest.raises(SalesforceExpiredSession):
        org.client(late).limits()


def test_administrators_leave_no_trace(org: Org, session: Session) -> None:
    org.connect().limits()
    assert session.queries == []


@pytest.mark.parametrize("broken", [InfrastructureError("disk is gone"), KeyError("a mistake of ours")])
def test_a_breakdown_is_noted_and_answered(
    org: Org, session: Session, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:

    def fail(*_: Any, **__: Any) -> Any:
        raise broken

    monkeypatch.setattr(org.store, "select", fail)
    with pytest.raises(SalesforceGeneralError, match="UNKNOWN_EXCEPTION"):
        session.salesforce.restful("limits/recordCount")
    assert session.fault is broken
