"""Reference solution: the quote, its lines and the internal articles through the API, then the rules as read."""

from typing import TYPE_CHECKING

from tasks.plan import Values
from tasks.quote_rules.reading import Article, Line, Quote, violated
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_QUOTE = "SELECT Id, Description FROM Quote WHERE Id = {quote}"
_LINES = """
SELECT Product2.Name, Product2.Family, Quantity, Discount FROM QuoteLineItem WHERE QuoteId = {quote}"""
_ARTICLES = """
SELECT Id, Title, FAQ_Answer__c FROM Knowledge__kav WHERE Audience__c = 'internal'
AND (Title LIKE '%discounts:%' OR Title LIKE 'Answering competing offers:%'
OR Title LIKE 'Quantity limits:%' OR Title LIKE 'Products that must %')"""
_NAMES = "SELECT Name FROM Product2"


def judge(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the articles that the quote violates; nothing without a quote, both aspects without an aspect."""
    quote, aspect = str(values.get("record", "")), values.get("aspect")
    found = rows(salesforce, _QUOTE, quote=quote) if quote else []
    if not found:
        return ()
    lines = tuple(
        Line(row["Product2"]["Name"], row["Product2"]["Family"], row["Quantity"], row["Discount"])
        for row in rows(salesforce, _LINES, quote=quote)
    )
    articles = [Article(row["Id"], row["Title"], row["FAQ_Answer__c"]) for row in rows(salesforce, _ARTICLES)]
    names = [str(row["Name"]) for row in rows(salesforce, _NAMES)]
    told = Quote(str(found[0]["Description"] or ""), lines)
    return tuple(violated(articles, told, names=names, aspect=None if aspect is None else str(aspect)))
