"""Reference solution: the lead's calls, the price list and the article on installation, all through the API."""

from typing import TYPE_CHECKING

from tasks.families.lead_qualification.reading import failing, told
from tasks.plan import Values
from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_LEAD = "SELECT Name FROM Lead WHERE Id = {lead}"
_CALLS = "SELECT Body__c FROM VoiceCallTranscript__c WHERE LeadId__c = {lead} ORDER BY CreatedDate"
_PRICES = """
SELECT Product2.Name, UnitPrice FROM PricebookEntry WHERE Pricebook2.Name = 'Standard Price Book'"""
_ARTICLE = """
SELECT FAQ_Answer__c FROM Knowledge__kav WHERE Audience__c = 'internal' AND Title LIKE 'How long %'"""


def qualify(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return the factors in which the lead fails; nothing without a lead or without a call."""
    lead = str(values.get("record", ""))
    found = rows(salesforce, _LEAD, lead=lead) if lead else []
    calls = [str(row["Body__c"]) for row in rows(salesforce, _CALLS, lead=lead)] if found else []
    if not calls:
        return ()
    prices = {str(row["Product2"]["Name"]): float(row["UnitPrice"]) for row in rows(salesforce, _PRICES)}
    article = "\n".join(str(row["FAQ_Answer__c"]) for row in rows(salesforce, _ARTICLE))
    return failing(told(str(found[0]["Name"]), calls, prices), prices, article)
