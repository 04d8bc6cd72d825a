"""The SQL oracle: calls and prices by typed columns, what the lead says read out of the transcripts."""

from functools import cache

from tasks.families.lead_qualification.reading import failing, told
from tasks.ground import Ground

_CALLS = """
SELECT l."Name", v."Body__c" FROM "Lead" l JOIN "VoiceCallTranscript__c" v ON v."LeadId__c" = l."Id"
WHERE l."Id" = :lead ORDER BY v."CreatedDate" """
_PRICES = """
SELECT p."Name", e."UnitPrice" FROM "PricebookEntry" e JOIN "Product2" p ON p."Id" = e."Product2Id"
JOIN "Pricebook2" b ON b."Id" = e."Pricebook2Id" WHERE b."Name" = 'Standard Price Book'"""
_ARTICLE = """
SELECT "FAQ_Answer__c" FROM "Knowledge__kav" WHERE "Audience__c" = 'internal' AND "Title" LIKE 'How long %'"""


def by_tables(ground: Ground, lead: str) -> tuple[str, ...]:
    """Return the factors in which the lead fails."""
    calls = ground.store.connection().execute(_CALLS, {"lead": lead}).fetchall()
    prices, article = _house(ground)
    said = told(calls[0][0], [body for _, body in calls], prices)
    return failing(said, prices, article)


@cache
def _house(ground: Ground) -> tuple[dict[str, float], str]:
    connection = ground.store.connection()
    return dict(connection.execute(_PRICES)), str(connection.execute(_ARTICLE).fetchone()[0])
