"""The SQL oracle: issue, order and messages by typed columns, the solutions read out of the articles."""

from datetime import date
from functools import cache

from tasks.families.policy_violation_identification.reading import Message, article_of, spoken_by, violated
from tasks.ground import Ground

_CASE = """
SELECT i."Name", o."EffectiveDate" FROM "Case" c JOIN "Issue__c" i ON i."Id" = c."IssueId__c"
JOIN "OrderItem" l ON l."Id" = c."OrderItemId__c" JOIN "Order" o ON o."Id" = l."OrderId" WHERE c."Id" = :case"""
_CHAT = """
SELECT substr(t."StartTime", 1, 10), t."Body", u."FirstName" FROM "LiveChatTranscript" t
JOIN "User" u ON u."Id" = t."OwnerId" WHERE t."CaseId" = :case"""
_EMAILS = """
SELECT substr("MessageDate", 1, 10), "TextBody" FROM "EmailMessage" WHERE "ParentId" = :case AND NOT "Incoming" """
_ARTICLES = """
SELECT i."Name", k."Id", k."FAQ_Answer__c", k."Title" FROM "Issue__c" i
JOIN "Knowledge__kav" k ON k."Audience__c" = 'public' AND instr(k."Title", i."Name")"""


def by_tables(ground: Ground, case: str, channel: str) -> tuple[str, ...]:
    """Return the article that the agent breached in the channel."""
    connection = ground.store.connection()
    issue, bought = connection.execute(_CASE, {"case": case}).fetchone()
    if channel == "chat":
        said = [
            Message(date.fromisoformat(day), spoken_by(name, body))
            for day, body, name in connection.execute(_CHAT, {"case": case})
        ]
    else:
        said = [Message(date.fromisoformat(day), body) for day, body in connection.execute(_EMAILS, {"case": case})]
    texts, titles = _articles(ground)
    broken = violated(texts, issue, bought=date.fromisoformat(bought), messages=said)
    return (article_of(issue, titles),) if broken else ()


@cache
def _articles(ground: Ground) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts by issue, the titles by article."""
    rows = ground.store.connection().execute(_ARTICLES).fetchall()
    return {issue: text for issue, _, text, _ in rows}, {record: title for _, record, _, title in rows}
