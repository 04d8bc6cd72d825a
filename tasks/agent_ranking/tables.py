"""SQL oracle: the same ranking over CaseHistory__c and Case, written apart from the latent one."""

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
MEASURES = {"handle_time": _HANDLE_TIME, "transfer_count": _TRANSFER_COUNT}
"""The statement of each measure; rows are agent and figure."""
