"""Finding the article about a subject, by SQL and by SOSL, and reading the fact in it."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tasks.families.knowledge_qa import reading
from tasks.ground import Ground

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_RESERVED = re.compile(r"([?&|!{}\[\]()^~*:\\\"'+-])")
"""SOSL's reserved characters (SOQL and SOSL Reference, "FIND {SearchQuery}")."""
_FIND = "FIND {\"SUBJECT\"} IN ALL FIELDS RETURNING Knowledge__kav(Title, FAQ_Answer__c WHERE Audience__c = 'public')"
_ARTICLES = """
SELECT "Title", "FAQ_Answer__c" FROM "Knowledge__kav"
WHERE "Audience__c" = 'public' AND (instr("Title", :subject) OR instr("FAQ_Answer__c", :subject))"""


def readable(attribute: str) -> bool:
    """Return whether a fact of this kind can be read out of a text."""
    return reading.known(attribute)


def by_tables(ground: Ground, subject: str, attribute: str) -> tuple[str, ...]:
    """Return the fact as the tables' articles state it."""
    found = ground.store.connection().execute(_ARTICLES, {"subject": subject})
    return _fact(((title, text) for title, text in found), subject, attribute)


def through_api(salesforce: "Salesforce", subject: str, attribute: str) -> tuple[str, ...]:
    """Return the fact as the articles state it that a search for the subject finds."""
    if not subject or not readable(attribute):
        return ()
    query = _FIND.replace("SUBJECT", _RESERVED.sub(r"\\\1", subject))
    found = salesforce.search(query)["searchRecords"]
    return _fact(((str(row["Title"]), str(row["FAQ_Answer__c"])) for row in found), subject, attribute)


def _fact(found: Iterable[tuple[str, str]], subject: str, attribute: str) -> tuple[str, ...]:
    """Return what the articles about the subject say, those that have it in the title first."""
    ordered = sorted(found, key=lambda each: (subject not in each[0], each[0]))
    for title, text in ordered:
        value = reading.read(text, attribute) if subject in title or subject in text else None
        if value is not None:
            return (value,)
    return ()
