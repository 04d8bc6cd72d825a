"""SQL oracle: the same ranking over CaseHistory__c and Case, written apart from the latent one."""

from datetime import date

from tasks.ground import Ground

_HANDLE_TIME = """
WITH managed AS (
  SELECT "NewValue__c" AS agent FROM "CaseHistory__c"
  WHERE "Field__c" = 'Owner Assignment' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  GROUP BY "NewValue__c" HAVING COUNT(*) > :minimum
)
SELECT "OwnerId", AVG(strftime('%s', substr("ClosedDate", 1, 19)) - strftime('%s', substr("CreatedDate", 1, 19)))
FROM "Case"
WHERE "Status" = 'Closed' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  AND "OwnerId" IN (SELECT agent FROM managed)
  AND 1 = (SELECT COUNT(*) FROM "CaseHistory__c" h
           WHERE h."CaseId__c" = "Case"."Id" AND h."Field__c" = 'Owner Assignment')
GROUP BY "OwnerId" """
_TRANSFER_COUNT = """
WITH managed AS (
  SELECT "NewValue__c" AS agent FROM "CaseHistory__c"
  WHERE "Field__c" = 'Owner Assignment' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  GROUP BY "NewValue__c" HAVING COUNT(*) > :minimum
)
SELECT "OldValue__c", COUNT(*) FROM "CaseHistory__c"
WHERE "Field__c" = 'Owner Assignment' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  AND "OldValue__c" IN (SELECT agent FROM managed)
GROUP BY "OldValue__c" """
_MEASURES = {"handle_time": _HANDLE_TIME, "transfer_count": _TRANSFER_COUNT}


def extreme(ground: Ground, measure: str, window: tuple[date, date], *, highest: bool, minimum: int) -> tuple[str, ...]:
    """Return the agents with the highest or lowest figure: none, one, or several in a tie."""
    parameters = {"start": wire(window[0]), "end": wire(window[1]), "minimum": minimum}
    rows = ground.store.connection().execute(_MEASURES[measure], parameters).fetchall()
    best = (max if highest else min)((figure for _, figure in rows), default=None)
    return tuple(sorted(agent for agent, figure in rows if figure == best))


def wire(day: date) -> str:
    """Return the day's midnight as the tables store it."""
    return f"{day}T00:00:00.000+0000"
