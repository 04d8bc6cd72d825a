"""The bench queries: kind, SOQL or SOSL, and the peer that is its limit."""

from dataclasses import dataclass

from convsim.org.bundle import Bundle
from convsim.org.layout import search_base
from speed import peers as p


@dataclass(frozen=True)
class Bench:
    """One query with its limit."""

    kind: str
    text: str
    peer: p.Peer
    ordered: bool = False
    """Whether the query's own ORDER BY decides the order of the answer."""


CASE_ROWS = "SELECT Id, Subject, Status, CreatedDate FROM Case WHERE "
CONTACT_ROWS = "SELECT Id, Name, Email FROM Contact WHERE "
LEAD_ROWS = "SELECT Id, Name, Company, State FROM Lead WHERE "
DEAL_ROWS = "SELECT Id, Name, Amount FROM Opportunity WHERE "
IN_LIST = "SELECT value FROM json_each(?)"


def queries(bundle: Bundle) -> list[Bench]:
    """Return the queries for the default b2b org; keys are taken from its records."""
    db = bundle.store.connection()
    some = 'SELECT "Id", "AccountId", "CaseNumber" FROM "Case" LIMIT 1 OFFSET 40'
    case, account, number = db.execute(some).fetchone()
    (email,) = db.execute('SELECT "Email" FROM "User" LIMIT 1 OFFSET 40').fetchone()
    (last,) = db.execute('SELECT "LastName" FROM "Contact" LIMIT 1 OFFSET 40').fetchone()
    return [
        *_points(case, account, number=number, email=email),
        *_scans(last),
        *_parents(account),
        *_children(),
        *_groups(),
        *_semi_joins(),
        *_dates(),
        *_likes(),
        *_searches(bundle),
    ]


def _points(case: str, account: str, *, number: str, email: str) -> list[Bench]:
    kind = "point lookup"
    return [
        Bench(kind, f"SELECT Id, Subject, Status FROM Case WHERE Id = '{case}'", lambda db, _: p.point(db, case)),
        Bench(kind, f"SELECT Id, Name, IsActive FROM User WHERE Email = '{email}'",
              lambda db, _: p.point_user(db, email)),
        Bench(kind, f"SELECT Id, Subject, Description FROM Case WHERE CaseNumber = '{number}'",
              lambda db, _: p.point_number(db, number)),
        Bench(kind, f"SELECT Id, Name, Email, Phone FROM Contact WHERE AccountId = '{account}'",
              lambda db, _: p.of_account(db, account)),
        Bench(kind, f"{CASE_ROWS}AccountId = '{account}' AND Status = 'Closed'",
              lambda db, _: p.cases(db, '"AccountId" = ? AND "Status~" = ?', (account, "closed"))),
    ]  # fmt: skip


def _scans(last: str) -> list[Bench]:
    kind = "filtered scan"
    return [
        Bench(kind, f"{CASE_ROWS}Status = 'Closed' AND Priority = 'High'",
              lambda db, _: p.cases(db, '"Status~" = ? AND "Priority~" = ?', ("closed", "high"))),
        Bench(kind, f"{CONTACT_ROWS}LastName = '{last}'",
              lambda db, _: p.contacts(db, '"LastName~" = ?', (last.lower(),))),
        Bench(kind, f"{LEAD_ROWS}State IN ('CA', 'TX', 'FL') AND Status != 'Converted'",
              lambda db, _: p.leads(db, f'"State~" IN ({IN_LIST}) AND ("Status~" IS NULL OR "Status~" <> ?)',
                                    ('["ca", "tx", "fl"]', "converted"))),
        Bench(kind, f"{DEAL_ROWS}Amount > 50000 AND StageName = 'Closed' ORDER BY Amount DESC, Id LIMIT 25",
              lambda db, _: p.deals(db, '"Amount" > ? AND "StageName~" = ? ORDER BY "Amount" DESC, "Id" LIMIT 25',
                                    (50000, "closed")), ordered=True),
        Bench(kind, f"{CASE_ROWS}Priority = 'Low' ORDER BY CreatedDate DESC, Id LIMIT 10",
              lambda db, _: p.cases(db, '"Priority~" = ? ORDER BY "CreatedDate" DESC, "Id" LIMIT 10', ("low",)),
              ordered=True),
        Bench(kind, "SELECT Id, Title, Summary FROM Knowledge__kav WHERE Audience__c = 'partner'",
              lambda db, _: p.articles_of(db, "partner")),
        Bench(kind, f"{DEAL_ROWS}(Amount < 1000 OR Amount > 200000) AND ContractID__c = null",
              lambda db, _: p.deals(db, '("Amount" < ? OR "Amount" > ?) AND "ContractID__c" IS NULL', (1000, 200000))),
    ]  # fmt: skip


def _parents(account: str) -> list[Bench]:
    kind = "parent path"
    select = "SELECT Id, Subject, Account.Name FROM Case WHERE "
    return [
        Bench(kind, f"{select}AccountId = '{account}'",
              lambda db, _: p.case_parents(db, 'c."AccountId" = ?', (account,))),
        Bench(kind, f"{select}Account.Industry = 'Healthcare'",
              lambda db, _: p.case_parents(db, 'a."Industry~" = ?', ("healthcare",))),
        Bench(kind, "SELECT Id, Name, Amount, Account.Name, Account.Owner.Name FROM Opportunity "
                    "WHERE StageName = 'Negotiation'", lambda db, _: p.deal_parents(db)),
        Bench(kind, "SELECT Id, Quantity, Product2.Name, Order.OrderNumber FROM OrderItem WHERE Quantity > 20",
              lambda db, _: p.line_parents(db)),
        Bench(kind, "SELECT Id, Subject, What.Name, What.Type FROM Task WHERE ActivityDate >= LAST_N_DAYS:60",
              lambda db, today: p.task_whats(db, p.ago(today, 60))),
    ]  # fmt: skip


def _case_child(row: tuple) -> dict:
    return {"attributes": {"type": "Case", "url": p.CASE + row[1]}, "Subject": row[2]}


def _contact_child(row: tuple) -> dict:
    return {"attributes": {"type": "Contact", "url": p.CONTACT + row[1]}, "LastName": row[2], "Email": row[3]}


def _children() -> list[Bench]:
    kind = "child subquery"
    some = 'SELECT "Id", "Name" FROM "Account" WHERE "IsDeleted" = 0 AND "Industry~" = ?'
    every = 'SELECT "Id", "Name" FROM "Account" WHERE "IsDeleted" = 0'
    cases = (f'SELECT "AccountId", "Id", "Subject" FROM "Case" WHERE "AccountId" IN ({IN_LIST}) AND "IsDeleted" = 0 '
             'ORDER BY rowid')  # fmt: skip
    latest = (
        'SELECT "AccountId", "Id", "Subject" FROM (SELECT "AccountId", "Id", "Subject", row_number() OVER '
        f'(PARTITION BY "AccountId" ORDER BY "CreatedDate" DESC, "Id") n FROM "Case" WHERE "AccountId" IN ({IN_LIST}) '
        'AND "IsDeleted" = 0) WHERE n <= 2 ORDER BY n'
    )
    people = (
        'SELECT "AccountId", "Id", "LastName", "Email" FROM "Contact" '
        f'WHERE "AccountId" IN ({IN_LIST}) AND "IsDeleted" = 0 ORDER BY "LastName~", "Id"'
    )
    return [
        Bench(kind, "SELECT Id, Name, (SELECT Subject FROM Cases) FROM Account WHERE Industry = 'Healthcare'",
              lambda db, _: p.children(db, some, ("healthcare",), children_sql=cases, key="Cases", shape=_case_child)),
        Bench(kind, "SELECT Id, Name, (SELECT Subject FROM Cases) FROM Account",
              lambda db, _: p.children(db, every, (), children_sql=cases, key="Cases", shape=_case_child)),
        Bench(kind, "SELECT Id, Name, (SELECT Subject FROM Cases ORDER BY CreatedDate DESC, Id LIMIT 2) FROM Account",
              lambda db, _: p.children(db, every, (), children_sql=latest, key="Cases", shape=_case_child)),
        Bench(kind, "SELECT Id, Name, (SELECT LastName, Email FROM Contacts ORDER BY LastName, Id) FROM Account "
                    "WHERE Industry = 'Logistics'",
              lambda db, _: p.children(db, some, ("logistics",), children_sql=people, key="Contacts",
                                       shape=_contact_child)),
    ]  # fmt: skip


def _groups() -> list[Bench]:
    kind = "group by"
    by_account = (
        'SELECT a."Name", count(*) n FROM "Case" c LEFT JOIN "Account" a ON a."Id" = c."AccountId" '
        'WHERE c."IsDeleted" = 0 GROUP BY a."Name" HAVING n > 12'
    )
    by_owner = (
        'SELECT "OwnerId", count(*) n FROM "Case" WHERE "IsDeleted" = 0 AND "Status~" = ? '
        'GROUP BY "OwnerId" ORDER BY n DESC, "OwnerId" LIMIT 5'
    )
    plain = 'SELECT "Status", count(*) FROM "Case" WHERE "IsDeleted" = 0 GROUP BY "Status"'
    return [
        Bench(kind, "SELECT Status, COUNT(Id) n FROM Case GROUP BY Status",
              lambda db, _: p.counts(db, plain, (), "Status", "n")),
        Bench(kind, "SELECT StageName, COUNT(Id), SUM(Amount), MAX(CloseDate) FROM Opportunity GROUP BY StageName",
              lambda db, _: p.stage_sums(db)),
        Bench(kind, "SELECT Account.Name, COUNT(Id) n FROM Case GROUP BY Account.Name HAVING COUNT(Id) > 12",
              lambda db, _: p.counts(db, by_account, (), "Name", "n")),
        Bench(kind, "SELECT OwnerId, COUNT(Id) n FROM Case WHERE Status = 'Closed' GROUP BY OwnerId "
                    "ORDER BY COUNT(Id) DESC, OwnerId LIMIT 5",
              lambda db, _: p.counts(db, by_owner, ("closed",), "OwnerId", "n"), ordered=True),
        Bench(kind, "SELECT CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate), COUNT(Id) FROM Case "
                    "GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate)", lambda db, _: p.months(db)),
    ]  # fmt: skip


def _semi_joins() -> list[Bench]:
    kind = "semi-join"
    won = 'SELECT "AccountId" FROM "Opportunity" WHERE "StageName~" = ? AND "IsDeleted" = 0'
    cased = 'SELECT 1 FROM "Case" c WHERE c."ContactId" = "Contact"."Id" AND c."IsDeleted" = 0'
    high = 'SELECT "ContactId" FROM "Case" WHERE "Priority~" = ? AND "IsDeleted" = 0'
    return [
        Bench(kind, f"{CONTACT_ROWS}AccountId IN (SELECT AccountId FROM Opportunity WHERE StageName = 'Negotiation')",
              lambda db, _: p.contacts(db, f'"AccountId" IN ({won})', ("negotiation",))),
        Bench(kind, f"{CONTACT_ROWS}Id IN (SELECT ContactId FROM Case WHERE Priority = 'High')",
              lambda db, _: p.contacts(db, f'"Id" IN ({high})', ("high",))),
        Bench(kind, f"{CONTACT_ROWS}Id NOT IN (SELECT ContactId FROM Case)",
              lambda db, _: p.contacts(db, f"NOT EXISTS ({cased})", ())),
    ]  # fmt: skip


def _dates() -> list[Bench]:
    kind = "date literal"
    between = '"CreatedDate" >= ? AND "CreatedDate" < ?'
    days = '"CloseDate" >= ? AND "CloseDate" <= ?'
    return [
        Bench(kind, f"{CASE_ROWS}CreatedDate = LAST_N_DAYS:30",
              lambda db, day: p.cases(db, between, (p.midnight(p.ago(day, 30)), p.midnight(p.ago(day, -1))))),
        Bench(kind, f"{CASE_ROWS}CreatedDate = THIS_YEAR",
              lambda db, day: p.cases(db, between, (f"{day.year}-01-01T00:00:00.000+0000",
                                                    f"{day.year + 1}-01-01T00:00:00.000+0000"))),
        Bench(kind, f"{DEAL_ROWS}CloseDate = LAST_N_DAYS:90",
              lambda db, day: p.deals(db, days, (p.ago(day, 90).isoformat(), day.isoformat()))),
        Bench(kind, f"{CASE_ROWS}CreatedDate < 2021-12-01T00:00:00Z",
              lambda db, _: p.cases(db, '"CreatedDate" < ?', ("2021-12-01T00:00:00.000+0000",))),
    ]  # fmt: skip


def _likes() -> list[Bench]:
    kind = "LIKE"
    return [
        Bench(kind, f"{CONTACT_ROWS}LastName LIKE 'Sa%'",
              lambda db, _: p.contacts(db, '"LastName~" >= ? AND "LastName~" < ?', ("sa", "sb"))),
        Bench(kind, f"{CONTACT_ROWS}Email LIKE '%plastics%'",
              lambda db, _: p.contacts(db, 'instr("Email~", ?)', ("plastics",))),
        Bench(kind, f"{CASE_ROWS}Subject LIKE '%laptop%' AND Status = 'Closed'",
              lambda db, _: p.cases(db, 'instr("Subject~", ?) AND "Status~" = ?', ("laptop", "closed"))),
        Bench(kind, f"{CONTACT_ROWS}Name LIKE '_a% S_l%'",
              lambda db, _: p.contacts(db, '"Name~" LIKE ?', ("_a% s_l%",))),
        Bench(kind, f"{LEAD_ROWS}(NOT Company LIKE '%s')",
              lambda db, _: p.leads(db, '("Company~" IS NULL OR NOT "Company~" LIKE ?)', ("%s",))),
    ]  # fmt: skip


def _searches(bundle: Bundle) -> list[Bench]:
    kind = "SOSL"
    schema = bundle.schema
    base = {each.name: search_base(schema, each) for each in schema}
    public = """AND k."Audience__c~" = 'public'"""
    return [
        Bench(kind, "FIND {warranty} RETURNING Knowledge__kav(Id, Title)",
              lambda db, _: p.articles(db, '"warranty"', base["Knowledge__kav"])),
        Bench(kind, "FIND {instal* AND days} RETURNING Knowledge__kav(Id, Title)",
              lambda db, _: p.articles(db, '"instal" * AND "days"', base["Knowledge__kav"])),
        Bench(kind, "FIND {laptop} RETURNING Case(Id)",
              lambda db, _: p.search_ids(db, '"laptop"', base["Case"], type_="Case")),
        Bench(kind, "FIND {battery} RETURNING Knowledge__kav(Id WHERE Audience__c = 'public' LIMIT 10)",
              lambda db, _: p.search_ids(db, '"battery"', base["Knowledge__kav"], type_="Knowledge__kav", more=public,
                                         limit=10)),
        Bench(kind, 'FIND {"thank you"} RETURNING EmailMessage(Id LIMIT 50)',
              lambda db, _: p.search_ids(db, '"thank you"', base["EmailMessage"], type_="EmailMessage", limit=50)),
    ]  # fmt: skip
