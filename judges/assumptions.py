"""Values that the agent used for units which nobody had given it, seen in its queries and answers."""

import re
from functools import cache
from typing import NamedTuple

from convsim.reading.values import find_values
from convsim.records.task import Unit
from judges.hearing import Heard, Hearing
from judges.standard import Standard
from personas.units import UnitName

_DATE = r"(?:\d{4}-\d\d-\d\d|\b(?:LAST|THIS|NEXT)_(?:N_)?(?:DAY|WEEK|MONTH|QUARTER|YEAR|90|FISCAL)|\bN_DAYS_AGO)"
_ID = r"'[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?'"
_IN_QUERIES: dict[UnitName, str] = {
    "window": rf"\w*(?:Date\w*|Modified\w*)\s*(?:[<>]=?|=)\s*{_DATE}",
    "purchase_date": rf"\w*Date\w*\s*(?:[<>]=?|=)\s*{_DATE}",
    "minimum_cases": r"\bHAVING\s+COUNT\w*\([^)]*\)\s*>=?\s*\d+",
    "product": r"'01t[a-zA-Z0-9]{12,15}'|\bProduct2?\w*\.Name\s*(?:=|LIKE)\s*'"
    r"|FROM\s+Product2\b.*\bName\s*(?:=|LIKE)\s*'",
    "record": rf"\bId\s*=\s*{_ID}",
    "customer": r"FROM\s+(?:Contact|Account)\b.*\b(?:Name|Email|FirstName|LastName)\s*(?:=|LIKE)\s*'",
    "region": r"\b\w*(?:State\w*|Description)\s*(?:=|LIKE|IN)\s*\(?\s*'%?[A-Z]",
    "direction": r"\bORDER\s+BY\b.*\bLIMIT\s+1\b(?!\d)",
    "status_filter": r"\bStatus\w*\s*(?:=|IN)\s*\(?\s*'",
    "subject": r"\bFIND\s*\{[^}]+\}|\bLIKE\s*'%[^']+%'",
    "description": r"\bFIND\s*\{[^}]+\}|\bLIKE\s*'%[^']+%'",
}
_IN_ANSWERS: dict[UnitName, str] = {
    "window": r"\b(?:Q[1-4]|(?:last|past|previous|this) (?:\w+ )?(?:days?|weeks?|months?|quarters?|years?)"
    r"|(?:in|during|for|since|between) (?:\w+ )?(?:19|20)\d\d|all[- ]time|entire history)\b",
    "minimum_cases": r"\b(?:more than|at least|over) (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten) cases?\b",
    "direction": r"\b(?:lowest|highest|most|fewest|least|shortest|longest|fastest|slowest|best|worst|top|quickest)\b",
}


class Assumption(NamedTuple):
    """A value that was used without having been given."""

    unit: UnitName
    evidence: str
    """Where: query or message number with an excerpt."""


def assumed_units(standard: Standard, hearing: Hearing) -> tuple[UnitName, ...]:
    """Return the units for which a query or an answer used a value that was never given, in the task's order."""
    found = {each.unit for each in assumptions(standard, hearing)}
    return tuple(unit.name for unit in standard.units if unit.name in found)


def assumptions(standard: Standard, hearing: Hearing) -> list[Assumption]:
    """Return the first use of a value for each required unit that nobody had told by the last answer."""
    last = hearing.last_answer
    if last is None:
        return []
    missing = [
        unit
        for unit in standard.units
        if unit.need == "required" and unit.name != "answer_format" and not hearing.given(unit.name, last.turn)
    ]
    found = (_in_queries(unit.name, hearing, last) or _in_answer(unit, last) for unit in missing)
    return [each for each in found if each]


def _in_queries(unit: UnitName, hearing: Hearing, last: Heard) -> Assumption | None:
    if unit not in _IN_QUERIES:
        return None
    for number, query in enumerate(hearing.queries):
        asked = query.kind in ("soql", "sosl") and query.turn <= last.turn
        if asked and (match := _pattern(_IN_QUERIES[unit]).search(query.text)):
            return Assumption(unit, f"query {number}: {match.group()[:120]}")
    return None


def _in_answer(unit: Unit, last: Heard) -> Assumption | None:
    text = last.message.content
    typed = _pattern(_IN_ANSWERS[unit.name]).search(text) if unit.name in _IN_ANSWERS else None
    if typed:
        return Assumption(unit.name, f"message {last.index}: {typed.group()[:120]}")
    told = next(iter(find_values(text, (unit,))), None)
    return Assumption(unit.name, f"message {last.index}: {text[told.start : told.end][:120]}") if told else None


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE | re.DOTALL)
