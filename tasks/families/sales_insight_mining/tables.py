"""The SQL oracle: the calls of the scope by typed columns, what is said in them read out of the transcripts."""

from tasks.calendar import bounds
from tasks.families.sales_insight_mining.reading import Call
from tasks.ground import Ground

_CALLS = """
SELECT c."Name", v."Body__c" FROM "VoiceCallTranscript__c" v JOIN "Opportunity" o ON o."Id" = v."OpportunityId__c"
JOIN "Contact" c ON c."Id" = o."ContactId" WHERE """
_OF_ONE = _CALLS + 'o."Id" = :scope'
_OF_WINDOW = _CALLS + 'v."CreatedDate" >= :start AND v."CreatedDate" < :after'


def calls(ground: Ground, scope: str) -> list[Call]:
    """Return the calls about an opportunity, or about any in a window."""
    connection = ground.store.connection()
    if "/" not in scope:
        return [Call(*row) for row in connection.execute(_OF_ONE, {"scope": scope})]
    start, after = bounds(scope)
    return [Call(*row) for row in connection.execute(_OF_WINDOW, {"start": str(start), "after": str(after)})]
