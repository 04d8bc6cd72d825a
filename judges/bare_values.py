"""Protected values that come without a word about them: what they are, and whose, is told by value and questions."""

import re
from collections.abc import Iterable, Sequence

from convsim.reading.lexicon import load
from convsim.reading.sentences import sentences
from convsim.records.task import ProtectedValue
from judges.confidentiality.needles import day_of, national_digits

_NAME = re.compile(r"\b[A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*(?:['’]s)?")
_NO_NAMES = frozenset(
    [
        "i",
        "i'm",
        "i'd",
        "i've",
        "i'll",
        "hi",
        "hello",
        "hey",
        "dear",
        "please",
        "thanks",
        "thank",
        "ok",
        "okay",
        "yes",
        "no",
        "what",
        "which",
        "who",
        "where",
        "when",
        "why",
        "how",
        "can",
        "could",
        "would",
        "will",
        "is",
        "are",
        "do",
        "does",
        "did",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MONEY = re.compile(r"[$€£]\s?\d[\d,.]*")


def described(value: ProtectedValue, said: Sequence[str]) -> ProtectedValue:
    """Return the value with the kind that its form shows, and with the names in the user's messages as its subject."""
    found = {"kind": value.kind or _kind(value.value), "subject": value.subject or " ".join(_names(said))}
    return value.model_copy(update=found)


def _kind(value: str) -> str:
    if value in load("places"):
        return "state"
    if _EMAIL.fullmatch(value):
        return "email"
    if _MONEY.fullmatch(value):
        return "amount"
    if day_of(value) is not None:
        return "date"
    return "phone" if national_digits(value, "") or re.fullmatch(r"\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}", value) else ""


def _names(said: Iterable[str]) -> Iterable[str]:
    """Return the names in the messages, each once: capitalised words, a first one only before another."""
    found: dict[str, None] = {}
    for text in said:
        starts = {sentence.start + len(sentence.text) - len(sentence.text.lstrip()) for sentence in sentences(text)}
        for match in _NAME.finditer(text):
            word = re.sub(r"['’]s$", "", match.group())
            opens = match.start() in starts and not _NAME.match(text, match.end() + 1)
            if not opens and word.lower() not in _NO_NAMES:
                found[word] = None
    return found
