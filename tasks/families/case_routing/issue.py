"""Which issue a new case is about: judged by the wording of past cases, as somebody does who has read them.

A naive Bayes classifier over words and pairs of words of recent cases (Manning, Raghavan, Schütze, "Introduction to
Information Retrieval", section 13.2), trained on what one query returns.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
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
    for label, text in past:
        texts[label] += 1
        counts[label].update(_marks(text))
    marks = _marks(description)
    return max(sorted(counts), key=lambda label: _score(marks, counts[label], texts[label]), default="")


def _score(marks: set[str], counts: Counter[str], texts: int) -> float:
    """Return the log likelihood of the marks that are there, each by the share of texts that have it."""
    return sum(log((counts[mark] + 0.1) / (texts + 0.2)) for mark in marks)


def _marks(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {*words, *(f"{one} {other}" for one, other in pairwise(words))}
