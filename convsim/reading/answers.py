"""The answer in a message: typed extraction from the structured part or from free text.

Candidates are typed by what the task expects (id prefix, month, state, label), so that an id that is mentioned on
the way does not spoil a right answer. Of several candidates the one counts that a sentence names as the outcome.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from convsim.reading.candidates import Candidate, candidates
from convsim.reading.facts import fact
from convsim.reading.lexicon import may_say, pattern, says
from convsim.reading.record_ids import find_ids
from convsim.reading.refusals import refusal_class
from convsim.reading.sentences import Sentence, Span, sentences
from convsim.reading.standing import Weighed, final_part, standing, weighed
from convsim.records.task import Answer

Form = Literal["in_form", "wrong_form", "no_answer"]
_PARTS = re.compile(r"[;,]\s+(?:but|while|whereas|so)?|\n|[。；，]")
_NAMED, _LIKELY = 1.9, 1.0
"""Weights from which a candidate is the answer although there is said to be nothing, and from which it may be."""
_MARKDOWN = re.compile(r"[*`]+|^\s*(?:[-+•]|#{1,6}|>)\s+|^\s*\d+[.)]\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The answer that a message gives."""

    items: tuple[str, ...] = ()
    """Canonical values, each once, in order of mention: 18-character ids, months by name, two-letter states, labels."""
    none: bool = False
    """Whether the message says that there is nothing: the empty list, in any wording."""
    spans: tuple[Span, ...] = ()
    """Code points [start, end) in the text that show it; empty when it comes from the structured part."""
    fact: str = ""
    """For free text: the short fact without the sentence around it; `items` keeps the whole statement."""

    @property
    def found(self) -> bool:
        """Whether the message answers at all."""
        return bool(self.items) or self.none


def extract(text: str, answer: Answer, *, final: Sequence[str] | None = None) -> Extraction:
    """Return the answer that the structured part gives, or else the text."""
    if final is not None and (structured := _from_final(tuple(final), answer)).found:
        return structured
    return _from_text(text, answer)


def form_of(text: str, answer: Answer, *, final: Sequence[str] | None = None) -> Form:
    """Tell whether a message answers in the form that the task asks for, in another one, or not at all."""
    if final is None and answer.kind == "text" and _declines(text):
        return "no_answer"
    found = extract(text, answer, final=final)
    if found.items or (found.none and answer.none):
        return "in_form"
    if final is not None or found.none:
        return "wrong_form"
    if refusal_class(text).turn_class is not None:
        return "no_answer"
    return "wrong_form" if _states_something(text, answer) else "no_answer"


def _declines(text: str) -> bool:
    return refusal_class(text).turn_class in ("explicit_refusal", "other_refusal")


def _from_final(final: tuple[str, ...], answer: Answer) -> Extraction:
    items = [item.strip() for item in final if item.strip()]
    if not items or all(_says("nothing", item) for item in items):
        return Extraction(none=True)
    if answer.kind == "text":
        return Extraction(tuple(items), fact=items[0])
    typed = [each.value for item in items for each in candidates(item, answer)]
    return Extraction(tuple(dict.fromkeys(typed)))


@lru_cache(maxsize=4096)
def _from_text(text: str, answer: Answer) -> Extraction:
    if place := final_part(text):
        inside = re.findall(r"[^\[\]\"',]+", text[slice(*place)]) if answer.kind == "text" else [text[slice(*place)]]
        return replace(_from_final(tuple(inside), answer), spans=(place,))
    told = [each for each in sentences(text) if not each.is_question]
    if answer.kind == "text":
        return _free_text(told)
    met = [each for each in candidates(text, answer) if _within(each, told)]
    met = [each for each in met if not _pattern("denied_before").search(_before(text, each))]
    judged = weighed(text, told, met, answer=answer)
    nothing = [each for each in told if _nothing(_plain(each.text))]
    if answer.none and judged and all(each.passes for each in judged):
        return Extraction(none=True, spans=_spans([each.candidate for each in judged]))
    if judged and not (answer.none and nothing and _outweighed(judged, nothing)):
        chosen = standing(judged)
        return Extraction(tuple(dict.fromkeys(each.value for each in chosen)), spans=_spans(chosen))
    if nothing or (answer.none and met and not judged):
        return Extraction(none=True, spans=_spans(nothing))
    return Extraction()


def _outweighed(judged: Sequence[Weighed], nothing: Sequence[Sentence]) -> bool:
    """Tell whether a statement that there is nothing counts more than the candidates beside it."""
    top = max(each.weight for each in judged)
    if top >= _NAMED:
        return False
    last = max(each.candidate.start for each in judged if each.weight == top)
    return (
        top < _LIKELY
        or _concludes(nothing[-1])
        or (says("answers", "final", nothing[-1].text) and nothing[-1].start > last)
    )


_COURTESY = re.compile(r"^\W*no (?:problem|worries|rush|hurry)(?: at all)?(?=\W*(?:[,.!;:—–]|$))", re.IGNORECASE)
"""Says no to thanks, not that there is nothing."""


def _nothing(plain: str) -> bool:
    """Tell whether a sentence says that there is nothing to name: by a negative, or because all is as it should be."""
    plain = _COURTESY.sub("", plain.replace("_", " "))
    if _says("nothing", plain):
        return True
    return any(_says("sound", each) and not _says("unsound", each) for each in _PARTS.split(plain))


def _concludes(sentence: Sentence) -> bool:
    return _pattern("none_at_last").search(_plain(sentence.text)) is not None


def _before(text: str, candidate: Candidate) -> str:
    return re.sub(r"[*`\"“”]+", "", text[max(0, candidate.start - 60) : candidate.start]).replace("’", "'")


def _cues(entry: str, sentence: Sentence) -> list[re.Match[str]]:
    return list(_pattern(entry).finditer(sentence.text)) if may_say("answers", entry, sentence.text) else []


def _free_text(told: Sequence[Sentence]) -> Extraction:
    """Return the statements of a message without small talk; what follows a final cue where there is one."""
    kept = [each for each in told if not _idle(_plain(each.text))]
    kept = [each for each in kept if not each.text.startswith("|")] or kept
    for index in reversed(range(len(kept))):
        if cues := _cues("final", kept[index]):
            cue = cues[0]
            after = [kept[index].text[cue.end() :], *(each.text for each in kept[index + 1 :])]
            return _text_extraction(" ".join(filter(None, after)), kept[index:])
    return _text_extraction(" ".join(each.text for each in kept), kept)


def _idle(plain: str) -> bool:
    """Tell whether a sentence is small talk or about work in progress."""
    return bool(_pattern("small_talk").search(plain)) or bool(_pattern("working").search(plain))


def _text_extraction(text: str, shown: Sequence[Sentence]) -> Extraction:
    if not (plain := _plain(text)):
        return Extraction()
    if re.fullmatch(rf"\W*{_pattern('nothing_word').pattern}\W*", plain, re.IGNORECASE):
        return Extraction(none=True, spans=_spans(shown))
    return Extraction((plain,), spans=_spans(shown), fact=_plain(fact(text)))


def _states_something(text: str, answer: Answer) -> bool:
    """Tell whether a message without an answer in form attempts one: it asserts something and does not only ask."""
    told = [each for each in sentences(text) if not each.is_question]
    asserted = [each for each in told if not _idle(_plain(each.text))]
    if len(told) < len(sentences(text)):
        asserted = [each for each in asserted if _attempt(each, answer)]
    return bool(asserted)


def _attempt(sentence: Sentence, answer: Answer) -> bool:
    plain = _plain(sentence.text)
    wrong_id = answer.kind == "id" and any(find_ids(plain))
    return wrong_id or _says("final", sentence.text) or bool(_pattern("outcome").search(plain))


def _within(candidate: Candidate, told: Sequence[Sentence]) -> bool:
    return any(each.start <= candidate.start and candidate.end <= each.end for each in told)


def _spans(parts: Sequence[Candidate | Sentence]) -> tuple[Span, ...]:
    return tuple((each.start, each.end) for each in parts)


def _plain(text: str) -> str:
    return _MARKDOWN.sub("", text).replace("’", "'").strip()


def _says(entry: str, plain: str) -> bool:
    return says("answers", entry, plain)


def _pattern(entry: str) -> re.Pattern[str]:
    return pattern("answers", entry)
