"""A pulled org answers as the org that it was pulled from, over HTTP from end to end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError

from convsim.org.client import session
from convsim.org.lint.bundle import findings
from convsim.org.org import Org
from convsim.org.pull.mask import Mask
from convsim.org.pull.pull import pull
from convsim.org.serve import Server

QUERIES = """
SELECT Id FROM Case
SELECT COUNT() FROM Task
SELECT FIELDS(ALL) FROM Account LIMIT 200
SELECT FIELDS(STANDARD) FROM Lead
SELECT Id, Subject, Status, CreatedDate, IsClosed FROM Case WHERE Status = 'closed' ORDER BY ClosedDate DESC NULLS LAST
SELECT Name, Email FROM Contact WHERE LastName LIKE '%a%' ORDER BY LastName, FirstName
SELECT Name FROM Contact WHERE NOT Email LIKE '%@%'
SELECT Id, Account.Name, Contact.Name, Owner.Name, Owner.Type FROM Case LIMIT 50
SELECT Id, Account.Owner.Name, Owner.Name FROM Opportunity ORDER BY Amount DESC LIMIT 20
SELECT Name, (SELECT Subject, Status FROM Cases ORDER BY CreatedDate LIMIT 2) FROM Account
SELECT Name, (SELECT LastName FROM Contacts), (SELECT Name FROM Opportunities) FROM Account ORDER BY Name
SELECT Status, COUNT(Id) n FROM Case GROUP BY Status
SELECT Status, Priority, COUNT(Id) FROM Case GROUP BY ROLLUP(Status, Priority)
SELECT StageName, SUM(Amount), AVG(Probability), MAX(CloseDate) FROM Opportunity GROUP BY StageName ORDER BY StageName
SELECT Account.Name, COUNT(Id) FROM Case GROUP BY Account.Name HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC
SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) FROM Case GROUP BY CALENDAR_YEAR(CreatedDate)
SELECT Id FROM Case WHERE CreatedDate = LAST_N_DAYS:400
SELECT Id, CloseDate FROM Opportunity WHERE CloseDate = THIS_YEAR
SELECT Id FROM Task WHERE ActivityDate < TODAY ORDER BY ActivityDate LIMIT 100
SELECT Id FROM Lead WHERE CreatedDate >= LAST_FISCAL_QUARTER
SELECT Id FROM Case WHERE AccountId IN (SELECT AccountId FROM Opportunity WHERE StageName = 'Closed Won')
SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Case WHERE Status != 'Closed')
SELECT Id, What.Name, What.Type FROM Task LIMIT 100
SELECT Id, TYPEOF What WHEN Account THEN Name, Industry WHEN Opportunity THEN Amount ELSE Name END FROM Event
SELECT Id FROM Case USING SCOPE mine
SELECT Id, toLabel(Status) FROM Case ORDER BY Priority, CaseNumber LIMIT 30
SELECT Id FROM Account WHERE Phone = null
SELECT Name, Industry FROM Account WHERE Industry IN ('Healthcare', 'Logistics') OR NumberOfEmployees > 500
SELECT Id, Quantity, UnitPrice, Product2.Name FROM OrderItem WHERE UnitPrice >= 10.5 ORDER BY UnitPrice, Id
SELECT Id, Discount FROM QuoteLineItem WHERE Discount > 0
SELECT Id, OldValue__c, NewValue__c, Case__r.Subject FROM CaseHistory__c WHERE Field__c = 'Owner Assignment'
SELECT Id, (SELECT Field__c FROM CaseHistories__r) FROM Case LIMIT 10
SELECT Id, Issue__r.Name FROM Case
SELECT Id, Issue__r.Name FROM Case WHERE Issue__r.Name LIKE '%a%'
SELECT Title, UrlName, Audience__c FROM Knowledge__kav WHERE Audience__c = 'public' ORDER BY Title
SELECT Id FROM Lead ORDER BY Name OFFSET 5
SELECT COUNT_DISTINCT(OwnerId), MIN(CreatedDate) FROM Case
SELECT User.Name, Territory2.Name FROM UserTerritory2Association ORDER BY User.Name
SELECT Name, Description FROM Territory2
SELECT Id FROM Case WHERE Description LIKE '%a%'
SELECT Nme FROM Account
SELECT Id FROM Asset
SELECT Id, (SELECT Id FROM Case) FROM Account
SELECT Id FROM Order WHERE EffectiveDate > 2024-01-01T00:00:00Z
SELECT DAY_IN_WEEK(EndTime), COUNT(Id) FROM LiveChatTranscript GROUP BY DAY_IN_WEEK(EndTime)
FIND {router OR laptop} RETURNING Case(Id, Subject), Knowledge__kav(Title ORDER BY Title)
FIND {inst*} IN ALL FIELDS RETURNING Knowledge__kav(Id, Title, Summary WHERE Audience__c = 'public')
FIND {ann*} IN NAME FIELDS RETURNING Contact(Name, Email), Lead, User(Name LIMIT 3)
FIND {555} IN PHONE FIELDS RETURNING Account(Name, Phone), Contact(Id)
FIND {"thank you"} RETURNING EmailMessage(Subject LIMIT 20), LiveChatTranscript
FIND {example} IN EMAIL FIELDS
FIND {the AND NOT router} LIMIT 40
FIND {a-b}
""".strip().splitlines()


def answer(client: Salesforce, text: str) -> Any:
    try:
        if not text.startswith("FIND"):
            return client.query_all(text) if "COUNT()" not in text else client.query(text)
        return client.search(text)
    except SalesforceError as error:
        return error.status, error.content


@pytest.fixture(scope="module")
def pulled(folder: Path) -> Org:
    return Org.open(folder)


def test_every_query_is_answered_alike(connect: Callable[[], Salesforce], pulled: Org) -> None:
    theirs = connect()
    with Server(pulled) as server, session(server.url) as network:
        ours = Salesforce(session=network, session_id=pulled.open_admin_session(), instance_url=server.url)
        answers = {text: (answer(theirs, text), answer(ours, text)) for text in QUERIES}
    assert [text for text, (expected, found) in answers.items() if found != expected] == []
    refused = [text for text, (expected, _) in answers.items() if isinstance(expected, tuple)]
    assert len(refused) == 6, refused
    assert len(QUERIES) - len(refused) >= 40


def test_objects_are_described_alike(connect: Callable[[], Salesforce], pulled: Org, every_object: list[str]) -> None:
    theirs, ours = connect(), pulled.connect()
    assert ours.describe() == theirs.describe()
    for name in every_object:
        assert getattr(ours, name).describe() == getattr(theirs, name).describe()


def test_the_org_keeps_its_present_and_its_user(org: Org, pulled: Org) -> None:
    assert pulled.clock == org.clock
    assert pulled.service.user_id == org.service.user_id
    assert pulled.name == "snapshot"


def test_a_pulled_bundle_has_no_mistakes(folder: Path) -> None:
    assert list(findings(folder)) == []
    assert not (folder / ".pull.json").exists()
    rules = (folder / "sensitivity.yaml").read_text()
    assert "\n  Email: {class: personal, entitled: [self, delegate, employee]}\n" in rules
    assert Org.open(folder).folder == folder


def test_protecting_a_field_is_removing_its_mark(tmp_path: Path, connect: Callable[[], Salesforce]) -> None:
    from convsim.org.bundle import open_bundle

    out = tmp_path / "one"
    pull(connect(), out, objects=["Issue__c", "Account"])
    file = out / "sensitivity.yaml"
    before = open_bundle(out).sensitivity
    file.write_text(file.read_text().replace("#  Industry", "  Industry").replace("# Issue__c", "Issue__c"))
    file.write_text(file.read_text().replace("#  Description__c", "  Description__c"))
    added = {(each.object, each.field) for each in set(open_bundle(out).sensitivity) - set(before)}
    assert added == {("Account", "Industry"), ("Issue__c", "Description__c")}


def test_a_condition_chooses_records(tmp_path: Path, connect: Callable[[], Salesforce], org: Org) -> None:
    out = tmp_path / "part"
    where = ["case: Status = 'Closed' AND AccountId IN (SELECT AccountId FROM Opportunity)", "Lead: NOT Status = 'New'"]
    done = pull(connect(), out, objects=["CASE", "Account", "lead"], where=where)
    client = org.connect()
    closed = "SELECT COUNT() FROM Case WHERE Status = 'Closed' AND AccountId IN (SELECT AccountId FROM Opportunity)"
    assert done.records["Case"] == client.query(closed)["totalSize"] > 0
    assert done.records["Lead"] == client.query("SELECT COUNT() FROM Lead WHERE (NOT Status = 'New')")["totalSize"] > 0
    warned = list(findings(out))
    assert all(each.warning for each in warned)
    assert Org.open(out).connect().query("SELECT Id, Owner.Name FROM Case LIMIT 1")["records"][0]["Owner"] is None


def test_masked_orgs_keep_their_shape(tmp_path: Path, connect: Callable[[], Salesforce], org: Org) -> None:
    objects = ["Account", "Contact", "User", "Case"]
    done = pull(connect(), tmp_path / "masked", objects=objects, mask_seed="secret", mask=True)
    masked, real = Org.open(tmp_path / "masked").connect(), org.connect()
    text = "SELECT Id, Name, FirstName, LastName, Email, Phone, Account.Name, MailingState FROM Contact ORDER BY Id"
    ours, theirs = masked.query_all(text)["records"], real.query_all(text)["records"]
    assert done.records["Contact"] == len(ours) == len(theirs)
    for new, old in zip(ours, theirs, strict=True):
        assert (new["Id"], new["MailingState"]) == (old["Id"], old["MailingState"])
        assert new["Name"] == f"{new['FirstName']} {new['LastName']}" != old["Name"]
        assert new["Email"] != old["Email"]
        assert len(new["Phone"]) == len(old["Phone"])
        assert new["Phone"] != old["Phone"]
        assert new["Account"]["Name"] == Mask("secret").text(old["Account"]["Name"])
    counts = "SELECT Status, Owner.Name, COUNT(Id) FROM Case GROUP BY Status, Owner.Name"
    shape = [sorted(each["expr0"] for each in client.query(counts)["records"]) for client in (masked, real)]
    assert shape[0] == shape[1]
    assert list(findings(tmp_path / "masked")) == []
    everything = b"".join(file.read_bytes() for file in (tmp_path / "masked").rglob("*") if file.is_file())
    leaked = [each["Email"] for each in theirs if each["Email"].encode() in everything]
    assert leaked == []
    assert b"secret" not in everything
