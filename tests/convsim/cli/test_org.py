"""`convsim org` as a shell sees it: queries, descriptions, samples, checks, pulls, bundles."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import Shell

from convsim.org.org import Org
from convsim.org.serve import Server

SMALL = ("--scale", "0.05")
QUERY = "SELECT Name, Owner.Name, (SELECT Id FROM Cases) FROM Account ORDER BY Name LIMIT 2"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Org.generated("b2b", scale=0.05)) as running:
        yield running


@pytest.fixture
def bundle(shell: Shell, server: Server) -> str:
    session = Org.generated("b2b", scale=0.05).open_admin_session()
    where = ("--url", server.url, "--session", session)
    done = shell("org", "pull", "mine", *where, "--objects", "Account,Case", "--objects", "User,Contact")
    assert done.code == 0, done.err
    return "mine"


def test_a_query_as_table_csv_and_json(shell: Shell) -> None:
    table = shell("org", "query", QUERY, *SMALL)
    assert table.err == "2 rows\n"
    heading, first, second = table.out.splitlines()
    assert heading.split() == ["Name", "Owner.Name", "Cases"]
    raw = json.loads(shell("org", "query", QUERY, *SMALL, "--json").out)
    rows = list(csv.DictReader(io.StringIO(shell("org", "query", QUERY, *SMALL, "--csv").out)))
    assert [row["Name"] for row in rows] == [each["Name"] for each in raw["records"]]
    assert [row["Owner.Name"] for row in rows] == [each["Owner"]["Name"] for each in raw["records"]]
    assert first.startswith(rows[0]["Name"])
    assert second.startswith(rows[1]["Name"])


def test_a_search_and_a_count(shell: Shell) -> None:
    counted = shell("org", "query", "SELECT COUNT() FROM Account", *SMALL)
    assert (counted.out, counted.err) == ("12\n", "")
    found = shell("org", "query", "FIND {a* OR the} RETURNING Knowledge__kav(Title LIMIT 3)", *SMALL)
    assert found.out.splitlines()[0] == "Title"
    assert found.err == "3 rows\n"


def test_an_error_shows_the_place(shell: Shell) -> None:
    done = shell("org", "query", "SELECT Id, Nme FROM Account WHERE Name = 'a'", *SMALL)
    assert done.code == 2
    assert done.out == ""
    first, excerpt, caret, place, text = done.err.splitlines()
    assert first == "convsim: INVALID_FIELD: "
    assert excerpt[caret.index("^") :].startswith("Nme FROM")
    assert place == "ERROR at Row:1:Column:12"
    assert text.startswith("No such column 'Nme' on entity 'Account'.")


def test_describe(shell: Shell, bundle: str) -> None:
    listed = shell("org", "describe", "--bundle", bundle)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["name", "Account", "Case", "Contact", "User"]
    told = shell("org", "describe", "case", "--bundle", bundle)
    assert told.out.startswith("Case (Case), ids begin with 500\n")
    assert "Owner -> Group/User" in told.out
    assert "CaseHistories__r" not in told.out
    whole = shell("org", "describe", "Account", "--bundle", bundle)
    assert "Contacts" in whole.out.split("\nchildren")[1]
    assert json.loads(shell("org", "describe", "Case", "--bundle", bundle, "--json").out)["keyPrefix"] == "500"


def test_a_pulled_bundle_is_queried_checked_and_served_like_any_org(shell: Shell, bundle: str) -> None:
    text = "SELECT Id, Subject, Account.Name FROM Case ORDER BY CaseNumber"
    theirs, ours = shell("org", "query", text, *SMALL), shell("org", "query", text, "--bundle", bundle)
    assert ours.out == theirs.out
    assert shell("org", "query", text, "--org", bundle).out == theirs.out
    checked = shell("org", "check", bundle)
    assert (checked.code, checked.out, checked.err) == (0, "", "mine: 0 mistakes, 0 warnings\n")
    assert shell("org", "serve", "--bundle", bundle, "--port", "99999").code == 2
    assert shell("org", "pull", bundle, "--org", "b2b", "--objects", "Account").code == 2


def test_mistakes_of_a_bundle_end_with_2(shell: Shell, bundle: str) -> None:
    file = Path(bundle) / "records" / "Case.jsonl"
    file.write_text(file.read_text().replace('"Status":"Closed"', '"Status":"Cloosed"'))
    done = shell("org", "check", bundle)
    assert done.code == 2
    assert "records/Case.jsonl:" in done.out
    assert "did you mean 'Closed'?" in done.out
    row = json.loads(shell("org", "check", bundle, "--json").out.splitlines()[0])
    assert (row["warning"], row["line"] > 0, row["org"]) == (False, True, "mine")
    assert shell("org", "check", "nowhere").code == 2


def test_many_mistakes_of_one_kind_are_counted(shell: Shell, bundle: str) -> None:
    Path(bundle, "records", "Case.jsonl").write_text("{}\n" * 250)
    done = shell("org", "check", bundle)
    assert done.err == "mine: 250 mistakes, 0 warnings\n"
    assert len(done.out.splitlines()) == 101
    assert "150 more" in done.out
    assert len(shell("org", "check", bundle, "--json").out.splitlines()) == 250


def test_generated_orgs_are_checked_by_name(shell: Shell) -> None:
    done = shell("org", "check", "b2b")
    assert done.code == 0
    assert all(line.startswith("ok     b2b ") for line in done.out.splitlines())
    assert len(done.out.splitlines()) >= 20


@pytest.mark.parametrize("kind", ["article", "email", "chat", "call", "task_note", "case_description"])
def test_samples_to_read(shell: Shell, kind: str) -> None:
    done = shell("org", "sample", kind, "-n", "3", *SMALL, "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert len({row["id"] for row in rows}) == 3
    assert all(row["text"].strip() for row in rows)
    told = shell("org", "sample", kind, "-n", "3", *SMALL).out
    assert all(row["text"].strip() in told for row in rows)
    other = shell("org", "sample", kind, "-n", "3", *SMALL, "--seed", "7").out
    assert other != told


def test_samples_of_a_bundle_without_texts(shell: Shell, bundle: str) -> None:
    done = shell("org", "sample", "call", "--bundle", bundle)
    assert done.code == 2
    assert "sObject type 'VoiceCallTranscript__c' is not supported" in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--objects", "Acount", "--org", "b2b"), "did you mean 'Account'?"),
        (("--objects", "Account", "--url", "http://127.0.0.1:9"), "--url and --session belong together"),
        (("--objects", "Account", "--org", "b2b", "--where", "Case: Id != null"), "unknown object of --where 'Case'"),
        (("--objects", "Account"), "no credentials for a Salesforce org"),
        (("--org", "b2b"), "Missing option '--objects'"),
    ],
)
def test_pulls_that_cannot_be_done(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], said: str
) -> None:
    for name in ("SF_USERNAME", "SF_PASSWORD", "SF_INSTANCE_URL", "SF_ACCESS_TOKEN", "SF_SESSION_ID"):
        monkeypatch.delenv(name, raising=False)
    done = shell("org", "pull", "out", *args)
    assert done.code == 2
    assert said in done.err
    assert not Path("out").exists()


def test_runs_take_bundles_beside_orgs(shell: Shell, bundle: str) -> None:
    alone = shell("run", "--bundle", bundle, "--agent", "reference", "--dry-run")
    assert alone.code == 2
    assert "family 'handle_time' counts on CaseHistory__c, and org 'mine' has no such object" in alone.err
    both = shell("run", "--bundle", bundle, "--org", "b2b", "--agent", "reference", "--dry-run")
    assert "org 'mine'" in both.err
    lost = shell("run", "--bundle", "nowhere", "--agent", "reference", "--dry-run")
    assert lost.code == 2
    assert "nowhere" in lost.err
