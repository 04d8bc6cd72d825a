"""SQL oracle: the same ranking over CaseHistory__c and Case, written apart from the latent one."""

_TIMES = """
WITH managed AS (
  SELECT "NewValue__c" AS agent FROM "CaseHistory__c"
  WHERE "Field__c" = 'Owner Assignment' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  GROUP BY "NewValue__c" HAVING COUNT(*) > :minimum
)
SELECT "OwnerId", AVG(strftime('%s', substr("ClosedDate", 1, 19)) - strftime('%s', substr("CreatedDate", 1, 19)))
FROM "Case"
WHERE "Status" = 'Closed' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  AND "OwnerId" IN (SELECT agent FROM managed) {counted}
GROUP BY "OwnerId" """
_ONE_OWNER = """
  AND 1 = (SELECT COUNT(*) FROM "CaseHistory__c" h
           WHERE h."CaseId__c" = "Case"."Id" AND h."Field__c" = 'Owner Assignment')"""
_TRANSFERS = """
WITH managed AS (
  SELECT "NewValue__c" AS agent FROM "CaseHistory__c"
  WHERE "Field__c" = 'Owner Assignment' AND "CreatedDate" >= :start AND "CreatedDate" < :end
  GROUP BY "NewValue__c" HAVING COUNT(*) > :minimum
)
SELECT "{side}", COUNT(*) FROM "CaseHistory__c"
WHERE "Field__c" = 'Owner Assignment' AND "OldValue__c" IS NOT NULL
  AND "CreatedDate" >= :start AND "CreatedDate" < :end AND "{side}" IN (SELECT agent FROM managed)
GROUP BY "{side}" """
_EXACT = {
    ("handle_time", "included"): _TIMES.format(counted=""),
    ("transfer_count", "received"): _TRANSFERS.format(side="NewValue__c"),
}
_USUAL = {
    "handle_time": _TIMES.format(counted=_ONE_OWNER),
    "transfer_count": _TRANSFERS.format(side="OldValue__c"),
}


def statement(measure: str, reading: str) -> str:
    """Return the statement of a measure by a reading of the policy; rows are agent and figure."""
    return _EXACT.get((measure, reading), _USUAL[measure])
