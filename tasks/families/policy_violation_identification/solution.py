"""Reference solution: the case, what its agent said or wrote, and the issue's article, all through the API."""

from datetime import date
from typing import TYPE_CHECKING

from tasks.families.policy_violation_identification.reading import Message, article_of, spoken_by, violated
from tasks.plan import Values
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CASE = "SELECT Issue__r.Name, OrderItem__r.Order.EffectiveDate FROM Case WHERE Id = {case}"
_CHAT = "SELECT StartTime, Body, Owner.FirstName FROM LiveChatTranscript WHERE CaseId = {case}"
_EMAILS = "SELECT MessageDate, TextBody FROM EmailMessage WHERE ParentId = {case} AND Incoming = false"
_ISSUES = "SELECT Name FROM Issue__c"
_ARTICLES = "SELECT Id, Title, FAQ_Answer__c FROM Knowledge__kav WHERE Audience__c = 'public'"


def judge(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the breached article; nothing without a case, both channels without a channel."""
    case = str(values.get("record", ""))
    found = rows(salesforce, _CASE, case=case) if case else []
    if not found:
        return ()
    issue = str(found[0]["Issue__r"]["Name"])
    bought = date.fromisoformat(found[0]["OrderItem__r"]["Order"]["EffectiveDate"])
    texts, titles = _articles(salesforce)
    broken = violated(texts, issue, bought=bought, messages=_said(salesforce, case, values.get("channel")))
    return (article_of(issue, titles),) if broken else ()


def _said(salesforce: "Salesforce", case: str, channel: object) -> list[Message]:
    chats = rows(salesforce, _CHAT, case=case) if channel in (None, "chat") else []
    emails = rows(salesforce, _EMAILS, case=case) if channel in (None, "emails") else []
    return [
        *(Message(_day(row["StartTime"]), spoken_by(row["Owner"]["FirstName"], row["Body"])) for row in chats),
        *(Message(_day(row["MessageDate"]), row["TextBody"]) for row in emails),
    ]


def _day(instant: str) -> date:
    return date.fromisoformat(instant[:10])


def _articles(salesforce: "Salesforce") -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts by issue, the titles by article."""
    issues = [str(row["Name"]) for row in rows(salesforce, _ISSUES)]
    articles = rows(salesforce, _ARTICLES)
    texts = {issue: str(row["FAQ_Answer__c"]) for row in articles for issue in issues if issue in str(row["Title"])}
    return texts, {str(row["Id"]): str(row["Title"]) for row in articles}
