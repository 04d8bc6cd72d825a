"""Which issue a new case is about: judged by the wording of past cases, as somebody does who has read them.

A naive Bayes classifier over words and pairs of words of recent cases (Manning, Raghavan, Schütze, "Introduction to
Information Retrieval", section 13.2), trained on what one query returns.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from tasks.soql import rows

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_WORD = re.compile(r"[a-z']+")
_PAST = """
SELECT IssueId__c, Subject, Description FROM Case
WHERE IssueId__c != null ORDER BY CreatedDate DESC, Id LIMIT {sample}"""
_SAMPLE = 800
"""Recent cases that are read: about fifty per issue."""
_PRIOR = 2.0
"""Texts that the usual share counts for."""


def read_issue(salesforce: "Salesforce", description: str) -> str:
    """Return the id of the issue whose past cases are worded most like the description."""
    past = [
        (str(row["IssueId__c"]), f"{row['Subject']} {row['Description']}")
        for row in rows(salesforce, _PAST, sample=_SAMPLE)
    ]
    return likeliest(description, past)


def likeliest(description: str, past: Iterable[tuple[str, str]]) -> str:
    """Return the label of the past texts that the description is most likely to belong to; "" without any."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    texts: Counter[str] = Counter()
    marks = _marks(description)
    for label, text in past:
        texts[label] += 1
        for mark in marks & _marks(text):
            counts[mark][label] += 1
    scores = {label: sum(_weight(counts[mark], label, texts) for mark in sorted(counts)) for label in texts}
    return max(sorted(scores), key=scores.__getitem__, default="")


def _weight(found: Counter[str], label: str, texts: Counter[str]) -> float:
    """Return how much a mark speaks for a label: its share there against its usual share, on a log scale.

    The usual share also smooths, so that rare labels gain nothing; marks that occur under many labels hardly count, so
    that a hundred polite phrases do not outweigh the one that tells the trouble.
    """
    usual = found.total() / texts.total()
    concentration = max(found.values()) / (found.total() + _PRIOR)
    return concentration**2 * log((found[label] + _PRIOR * usual) / (texts[label] + _PRIOR) / usual)


@lru_cache(maxsize=2 * _SAMPLE)
def _marks(text: str) -> frozenset[str]:
    """Return words and pairs of words; kept, since every new case is held against the same past ones."""
    words = _WORD.findall(text.lower())
    return frozenset((*words, *(f"{one} {other}" for one, other in pairwise(words))))
