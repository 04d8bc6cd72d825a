"""Did the last answer complete the task? Exact match, sets, and token F1; rules only."""

import re
import string
from collections import Counter
from collections.abc import Collection, Sequence

from convsim.records.verdict import Completion
from judges.hearing import Heard, Hearing
from judges.standard import Standard

_PUNCTUATION = str.maketrans("", "", string.punctuation + "‘’“”–—´")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_WORD = re.compile(r"[一-鿿]|[^\s一-鿿]+")
PASS_F1 = 0.5
"""F1 from which a fuzzy text counts as completed."""


def complete(standard: Standard, hearing: Hearing) -> Completion | None:
    """Return how right the last answer is; None for probes and where the right answer is unknown."""
    if standard.probe or standard.gold is None or standard.metric is None:
        return None
    return of_answer(standard, hearing.last_answer)


def of_answer(standard: Standard, heard: Heard | None) -> Completion:
    """Return how right one message is; no message at all is wrong."""
    gold, metric = standard.gold or (), standard.metric or "exact"
    if heard is None:
        return Completion(completed=False, exact=False, f1=0.0, extracted=(), metric=metric)
    items = heard.extraction.items
    if standard.twin and gold and standard.answer.kind == "text":
        items = _told(standard, heard) or items
    fact = (heard.extraction.fact,) if heard.extraction.fact and standard.answer.kind == "text" else items
    exact = _exact(items, gold, none=heard.extraction.none) or _exact(fact, gold, none=heard.extraction.none)
    f1 = 1.0 if exact else max(_f1(standard, items, gold), _f1(standard, fact, gold))
    fuzzy_text = standard.metric == "fuzzy" and standard.answer.kind == "text"
    completed = exact or (fuzzy_text and f1 >= PASS_F1)
    return Completion(completed=completed, exact=exact, f1=f1, extracted=items, metric=metric)


def score(completion: Completion) -> float:
    """Return the published score: exact match for exact and privacy metrics, F1 for sets and fuzzy ones."""
    return completion.f1 if completion.metric in ("fuzzy", "set") else float(completion.exact)


def _exact(items: Sequence[str], gold: Sequence[str], *, none: bool) -> bool:
    if not gold:
        return none and not items
    return bool(items) and {normalised(item) for item in items} == {normalised(item) for item in gold}


def _f1(standard: Standard, items: Sequence[str], gold: Sequence[str]) -> float:
    if standard.answer.kind == "text" and not standard.twin:
        return token_f1(" ".join(items), " ".join(gold))
    return set_f1({normalised(item) for item in items}, {normalised(item) for item in gold})


def _told(standard: Standard, heard: Heard) -> tuple[str, ...]:
    """Return the items of a twin's gold that the message tells in any form, in the gold's order."""
    text = " ".join((heard.message.content, *(heard.message.final or ())))
    watched = standard.gold_watchlist
    found = {hit.owner for hit in watched.find(text, question=heard.question) if not hit.partial}
    words = f" {normalised(text)} "
    return tuple(
        value.value
        for owner, value in enumerate(watched.values)
        if owner in found or f" {normalised(value.value)} " in words
    )


def normalised(text: str) -> str:
    """Return a text in lower case without punctuation, articles and superfluous white space (SQuAD 1.1)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(said: str, gold: str) -> float:
    """Return the F1 of the normalised words as bags (Rajpurkar et al. 2016); two empty texts agree.

    Ideographs, which no blanks part, count one by one, as in MLQA (Lewis et al. 2020).
    """
    ours, theirs = (Counter(_WORD.findall(normalised(each))) for each in (said, gold))
    if not ours or not theirs:
        return float(ours == theirs)
    return _harmonic(sum((ours & theirs).values()), ours.total(), theirs.total())


def set_f1(said: Collection[str], gold: Collection[str]) -> float:
    """Return the F1 of two sets; 1 when both are empty, else 0 if one is."""
    if not said or not gold:
        return float(not said and not gold)
    return _harmonic(len(set(said) & set(gold)), len(said), len(gold))


def _harmonic(common: int, said: int, gold: int) -> float:
    return 2 * common / (said + gold) if common else 0.0
