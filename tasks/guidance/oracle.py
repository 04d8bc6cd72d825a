"""SQL oracle of the parts: what each must return, computed by the database alone, apart from their code."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from tasks.ground import Ground

Rows = Sequence[tuple[Any, ...]]

# ruff: noqa: S608 - the texts are joined from constants alone; values are bound
_SPAN = '"CreatedDate" >= :start AND "CreatedDate" < :end'
_ASSIGNED = f"""FROM "CaseHistory__c" WHERE "Field__c" = 'Owner Assignment' AND {_SPAN}"""
_STATEMENTS: Mapping[str, str] = {
    "managed_cases": f'SELECT "NewValue__c", COUNT(*) {_ASSIGNED} GROUP BY 1',
    "transfers_away": f'SELECT "OldValue__c", COUNT(*) {_ASSIGNED} AND "OldValue__c" IS NOT NULL GROUP BY 1',
    "never_transferred": f"""
SELECT c."Id" FROM "Case" c WHERE {_SPAN} AND 1 = (
  SELECT COUNT(*) FROM "CaseHistory__c" h WHERE h."CaseId__c" = c."Id" AND h."Field__c" = 'Owner Assignment')
ORDER BY 1""",
    "closed_cases": f"""
SELECT c."Id", c."OwnerId", (SELECT a."ShippingState" FROM "Account" a WHERE a."Id" = c."AccountId"),
  c."CreatedDate", c."ClosedDate"
FROM "Case" c WHERE c."Status" = 'Closed' AND {_SPAN} ORDER BY 1""",
    "order_items_of": """
SELECT i."Id" FROM "OrderItem" i JOIN "Product2" p ON p."Id" = i."Product2Id" WHERE p."Name" = :product ORDER BY 1""",
    "issues_of": f"""
SELECT "IssueId__c", COUNT(*) FROM "Case" WHERE {_SPAN} AND "IssueId__c" IS NOT NULL
AND "OrderItemId__c" IN (SELECT value FROM json_each(:order_items)) GROUP BY 1""",
    "lead_counts": f"""
SELECT "OwnerId", COUNT(*), COUNT(CASE WHEN "ConvertedDate" < :after THEN 1 END)
FROM "Lead" WHERE {_SPAN} GROUP BY 1""",
    "more_than": "SELECT key FROM json_each(:counts) WHERE value > :minimum ORDER BY 1",
    "handle_seconds": "SELECT strftime('%s', substr(:closed, 1, 19)) - strftime('%s', substr(:opened, 1, 19))",
    "mean_of_each": """
SELECT groups.key, AVG(figures.value) FROM json_each(:figures) groups, json_each(groups.value) figures GROUP BY 1""",
    "extreme": """
SELECT key FROM json_each(:figures) WHERE value = (
  SELECT CASE :direction WHEN 'lowest' THEN MIN(value) ELSE MAX(value) END FROM json_each(:figures)) ORDER BY 1""",
}
_CASE = ("case", "agent", "state", "opened", "closed")


def _pairs(rows: Rows) -> object:
    return dict(rows)


def _firsts(rows: Rows) -> object:
    return [row[0] for row in rows]


_SHAPES: Mapping[str, Callable[[Rows], object]] = {
    "managed_cases": _pairs,
    "transfers_away": _pairs,
    "issues_of": _pairs,
    "mean_of_each": _pairs,
    "never_transferred": _firsts,
    "order_items_of": _firsts,
    "more_than": _firsts,
    "extreme": _firsts,
    "closed_cases": lambda rows: [dict(zip(_CASE, row, strict=True)) for row in rows],
    "handle_seconds": lambda rows: float(rows[0][0]),
    "lead_counts": lambda rows: {row[0]: {"created": row[1], "converted": row[2]} for row in rows},
}


def expected(ground: Ground, name: str, arguments: Mapping[str, Any]) -> object:
    """Return what the part must return; raises sqlite3.OperationalError where the org lacks what it is about."""
    values = {key: _bound(value) for key, value in arguments.items()}
    if "start" in arguments:
        values |= {key: f"{arguments[key]}T00:00:00.000+0000" for key in ("start", "end")}
        values["after"] = str(arguments["end"])
    rows = ground.store.connection().execute(_STATEMENTS[name], values).fetchall()
    return _SHAPES[name](rows)


def _bound(value: Any) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else str(value) if isinstance(value, date) else value
