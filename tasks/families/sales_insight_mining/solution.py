"""Reference solution: the transcripts of the scope, read, through the API."""

from typing import TYPE_CHECKING

from tasks.calendar import bounds
from tasks.families.sales_insight_mining.reading import Call, told
from tasks.plan import Values
from tasks.soql import midnight, rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CALLS = "SELECT Opportunity__r.Contact.Name, Body__c FROM VoiceCallTranscript__c WHERE "
_OF_ONE = _CALLS + "OpportunityId__c = {scope}"
_OF_WINDOW = _CALLS + "OpportunityId__c != null AND CreatedDate >= {start} AND CreatedDate < {after}"


def mine(salesforce: "Salesforce", values: Values) -> tuple[str, ...]:
    """Return what was told in the scope; nothing without one."""
    scope = str(values.get("scope", ""))
    if not scope:
        return ()
    if "/" in scope:
        start, after = bounds(scope)
        found = rows(salesforce, _OF_WINDOW, start=midnight(start), after=midnight(after))
    else:
        found = rows(salesforce, _OF_ONE, scope=scope)
    calls = [Call(str(row["Opportunity__r"]["Contact"]["Name"]), str(row["Body__c"])) for row in found]
    return told(calls, kind=str(values["kind"]), positive=values["polarity"] == "positive")
