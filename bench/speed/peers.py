"""The limit of each bench query: SQL as an expert writes it for the same file, its rows shaped by hand-written Python.

The expert knows the store: folded columns (`Name~`) for text without regard to case, picklist positions (`Status#`),
the indexes, and that only records with `IsDeleted = 0` count. Every peer takes a connection and the org's today.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

Db = sqlite3.Connection
Records = list[dict]
Peer = Callable[[Db, date], Records]
ROOT = "/services/data/v59.0/sobjects/"
CASE, ACCOUNT, CONTACT, USER = ROOT + "Case/", ROOT + "Account/", ROOT + "Contact/", ROOT + "User/"
LEAD, DEAL, TASK, LINE = ROOT + "Lead/", ROOT + "Opportunity/", ROOT + "Task/", ROOT + "OrderItem/"
ARTICLE, PRODUCT, MAIL = ROOT + "Knowledge__kav/", ROOT + "Product2/", ROOT + "EmailMessage/"
SEARCH = 1 << 40


def midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000+0000"


def point(db: Db, key: str) -> Records:
    sql = 'SELECT "Id", "Subject", "Status" FROM "Case" WHERE "Id" = ? AND "IsDeleted" = 0'
    return [
        {"attributes": {"type": "Case", "url": CASE + i}, "Id": i, "Subject": s, "Status": t}
        for i, s, t in db.execute(sql, (key,)).fetchall()
    ]


def point_user(db: Db, email: str) -> Records:
    sql = 'SELECT "Id", "Name", "IsActive" FROM "User" WHERE "Email~" = ? AND "IsDeleted" = 0'
    return [
        {"attributes": {"type": "User", "url": USER + i}, "Id": i, "Name": n, "IsActive": a == 1}
        for i, n, a in db.execute(sql, (email.lower(),)).fetchall()
    ]


def point_number(db: Db, number: str) -> Records:
    sql = 'SELECT "Id", "Subject", "Description" FROM "Case" WHERE "CaseNumber~" = ? AND "IsDeleted" = 0'
    return [
        {"attributes": {"type": "Case", "url": CASE + i}, "Id": i, "Subject": s, "Description": d}
        for i, s, d in db.execute(sql, (number,)).fetchall()
    ]


def of_account(db: Db, key: str) -> Records:
    sql = 'SELECT "Id", "Name", "Email", "Phone" FROM "Contact" WHERE "AccountId" = ? AND "IsDeleted" = 0'
    return [
        {"attributes": {"type": "Contact", "url": CONTACT + i}, "Id": i, "Name": n, "Email": e, "Phone": p}
        for i, n, e, p in db.execute(sql, (key,)).fetchall()
    ]


def ids(db: Db, sql: str, values: tuple, *, type_: str) -> Records:
    url = f"{ROOT}{type_}/"
    return [{"attributes": {"type": type_, "url": url + i}, "Id": i} for (i,) in db.execute(sql, values).fetchall()]


def case_parents(db: Db, where: str, values: tuple) -> Records:
    sql = (
        'SELECT c."Id", c."Subject", a."Id", a."Name" FROM "Case" c LEFT JOIN "Account" a ON a."Id" = c."AccountId" '
        f'WHERE c."IsDeleted" = 0 AND {where}'
    )
    return [
        {
            "attributes": {"type": "Case", "url": CASE + i},
            "Id": i,
            "Subject": s,
            "Account": None if a is None else {"attributes": {"type": "Account", "url": ACCOUNT + a}, "Name": n},
        }
        for i, s, a, n in db.execute(sql, values).fetchall()
    ]


def deal_parents(db: Db) -> Records:
    sql = (
        'SELECT o."Id", o."Name", o."Amount", a."Id", a."Name", u."Id", u."Name" FROM "Opportunity" o '
        'LEFT JOIN "Account" a ON a."Id" = o."AccountId" LEFT JOIN "User" u ON u."Id" = a."OwnerId" '
        'WHERE o."IsDeleted" = 0 AND o."StageName~" = ?'
    )
    return [
        {
            "attributes": {"type": "Opportunity", "url": DEAL + i},
            "Id": i,
            "Name": n,
            "Amount": m,
            "Account": None if a is None else {
                "attributes": {"type": "Account", "url": ACCOUNT + a},
                "Name": an,
                "Owner": None if u is None else {"attributes": {"type": "User", "url": USER + u}, "Name": un},
            },
        }
        for i, n, m, a, an, u, un in db.execute(sql, ("negotiation",)).fetchall()
    ]  # fmt: skip


def task_whats(db: Db, day: date) -> Records:
    sql = (
        'SELECT t."Id", t."Subject", n."Id", n."Name", n."Type" FROM "Task" t '
        'LEFT JOIN "Name" n ON n."Id" = t."WhatId" WHERE t."IsDeleted" = 0 AND t."ActivityDate" >= ?'
    )
    return [
        {
            "attributes": {"type": "Task", "url": TASK + i},
            "Id": i,
            "Subject": s,
            "What": None if w is None else {
                "attributes": {"type": "Name", "url": f"{ROOT}{k}/{w}"}, "Name": n, "Type": k,
            },
        }
        for i, s, w, n, k in db.execute(sql, (day.isoformat(),)).fetchall()
    ]  # fmt: skip


def line_parents(db: Db) -> Records:
    sql = (
        'SELECT l."Id", l."Quantity", p."Id", p."Name", o."Id", o."OrderNumber" FROM "OrderItem" l '
        'LEFT JOIN "Product2" p ON p."Id" = l."Product2Id" LEFT JOIN "Order" o ON o."Id" = l."OrderId" '
        'WHERE l."IsDeleted" = 0 AND l."Quantity" > 20'
    )
    return [
        {
            "attributes": {"type": "OrderItem", "url": LINE + i},
            "Id": i,
            "Quantity": q,
            "Product2": None if p is None else {"attributes": {"type": "Product2", "url": PRODUCT + p}, "Name": n},
            "Order": None if o is None else {
                "attributes": {"type": "Order", "url": f"{ROOT}Order/{o}"}, "OrderNumber": on,
            },
        }
        for i, q, p, n, o, on in db.execute(sql).fetchall()
    ]  # fmt: skip


def children(db: Db, parents_sql: str, values: tuple, *, children_sql: str, key: str, shape: Callable) -> Records:
    """Two statements: the parents, then all their children at once, told apart by the first column."""
    parents = db.execute(parents_sql, values).fetchall()
    found: dict[str, Records] = defaultdict(list)
    for row in db.execute(children_sql, (json.dumps([row[0] for row in parents]),)).fetchall():
        found[row[0]].append(shape(row))
    return [
        {
            "attributes": {"type": "Account", "url": ACCOUNT + i},
            "Id": i,
            "Name": n,
            key: {"totalSize": len(found[i]), "done": True, "records": found[i]} if i in found else None,
        }
        for i, n in parents
    ]


def counts(db: Db, sql: str, values: tuple, key: str, number: str) -> Records:
    rows = db.execute(sql, values).fetchall()
    return [{"attributes": {"type": "AggregateResult"}, key: k, number: n} for k, n in rows]


def articles(db: Db, match: str, base: int) -> Records:
    sql = (
        'SELECT k."Id", k."Title" FROM search s JOIN "Knowledge__kav" k ON k.rowid = s.rowid - ?2 '
        'WHERE search MATCH ?1 AND s.rowid > ?2 AND s.rowid < ?3 AND k."IsDeleted" = 0 LIMIT 2000'
    )
    return [
        {"attributes": {"type": "Knowledge__kav", "url": ARTICLE + i}, "Id": i, "Title": t}
        for i, t in db.execute(sql, (match, base, base + SEARCH)).fetchall()
    ]


def search_ids(db: Db, match: str, base: int, *, type_: str, more: str = "", limit: int = 2000) -> Records:
    sql = (
        f'SELECT k."Id" FROM search s JOIN "{type_}" k ON k.rowid = s.rowid - ?2 '
        f'WHERE search MATCH ?1 AND s.rowid > ?2 AND s.rowid < ?3 AND k."IsDeleted" = 0 {more} LIMIT {limit}'
    )
    return ids(db, sql, (match, base, base + SEARCH), type_=type_)


def ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def cases(db: Db, where: str, values: tuple) -> Records:
    sql = f'SELECT "Id", "Subject", "Status", "CreatedDate" FROM "Case" WHERE "IsDeleted" = 0 AND {where}'
    return [
        {"attributes": {"type": "Case", "url": CASE + i}, "Id": i, "Subject": s, "Status": t, "CreatedDate": c}
        for i, s, t, c in db.execute(sql, values).fetchall()
    ]


def contacts(db: Db, where: str, values: tuple) -> Records:
    sql = f'SELECT "Id", "Name", "Email" FROM "Contact" WHERE "IsDeleted" = 0 AND {where}'
    return [
        {"attributes": {"type": "Contact", "url": CONTACT + i}, "Id": i, "Name": n, "Email": e}
        for i, n, e in db.execute(sql, values).fetchall()
    ]


def leads(db: Db, where: str, values: tuple) -> Records:
    sql = f'SELECT "Id", "Name", "Company", "State" FROM "Lead" WHERE "IsDeleted" = 0 AND {where}'
    return [
        {"attributes": {"type": "Lead", "url": LEAD + i}, "Id": i, "Name": n, "Company": c, "State": s}
        for i, n, c, s in db.execute(sql, values).fetchall()
    ]


def deals(db: Db, where: str, values: tuple) -> Records:
    sql = f'SELECT "Id", "Name", "Amount" FROM "Opportunity" WHERE "IsDeleted" = 0 AND {where}'
    return [
        {"attributes": {"type": "Opportunity", "url": DEAL + i}, "Id": i, "Name": n, "Amount": a}
        for i, n, a in db.execute(sql, values).fetchall()
    ]


def stage_sums(db: Db) -> Records:
    sql = (
        'SELECT "StageName", count(*), sum("Amount"), max("CloseDate") FROM "Opportunity" WHERE "IsDeleted" = 0 '
        'GROUP BY "StageName"'
    )
    return [
        {"attributes": {"type": "AggregateResult"}, "StageName": s, "expr0": n, "expr1": m, "expr2": d}
        for s, n, m, d in db.execute(sql).fetchall()
    ]


def months(db: Db) -> Records:
    sql = (
        'SELECT cast(substr("CreatedDate", 1, 4) AS integer) y, cast(substr("CreatedDate", 6, 2) AS integer) m, '
        'count(*) FROM "Case" WHERE "IsDeleted" = 0 GROUP BY y, m'
    )
    return [
        {"attributes": {"type": "AggregateResult"}, "expr0": y, "expr1": m, "expr2": n}
        for y, m, n in db.execute(sql).fetchall()
    ]


def articles_of(db: Db, audience: str) -> Records:
    sql = 'SELECT "Id", "Title", "Summary" FROM "Knowledge__kav" WHERE "IsDeleted" = 0 AND "Audience__c~" = ?'
    return [
        {"attributes": {"type": "Knowledge__kav", "url": ARTICLE + i}, "Id": i, "Title": t, "Summary": u}
        for i, t, u in db.execute(sql, (audience,)).fetchall()
    ]
