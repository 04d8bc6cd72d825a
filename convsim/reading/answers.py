"""The answer in a message: typed extraction from the structured part or from free text.

Candidates are typed by what the task expects (id prefix, month, state, label), so that an id that is mentioned on
the way does not spoil a right answer. Of several candidates the one counts that a sentence names as the outcome.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from convsim.reading.candidates import Candidate, candidates
from convsim.reading.facts import fact
from convsim.reading.lexicon import may_say, pattern, says
from convsim.reading.record_ids import find_ids
from convsim.reading.refusals import refusal_class
from convsim.reading.sentences import Sentence, Span, sentences
from convsim.reading.standing import final_part, standing
from convsim.records.task import Answer

Form = Literal["in_form", "wrong_form", "no_answer"]
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
    found = standing(text, met)
    chosen = _chosen(text, told, found)
    if chosen and not _denied(told, chosen):
        return Extraction(tuple(dict.fromkeys(each.value for each in chosen)), spans=_spans(chosen))
    if nothing := [each for each in told if _says("nothing", _plain(each.text))]:
        return Extraction(none=True, spans=_spans(nothing))
    return Extraction(tuple(dict.fromkeys(each.value for each in chosen)), spans=_spans(chosen))


def _chosen(text: str, told: Sequence[Sentence], found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are the answer: those after a final cue, else those of the best sentences."""
    if len({each.value for each in found}) <= 1:
        return list(found)
    if final := _after_final_cue(told, found):
        return _before_contrast(text, final)
    groups = [(each, inside) for each in _clauses(told) if (inside := _inside(each, found))]
    stated = [group for group in groups if not _pattern("on_the_way").search(_plain(group[0].text))] or groups
    outcomes = [group for group in stated if _pattern("outcome").search(_plain(group[0].text))]
    if outcomes:
        return _before_contrast(text, outcomes[-1][1])
    return [each for _, inside in stated for each in _before_contrast(text, inside)]


def _clauses(told: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield the statements of the sentences: cut at semicolons, dashes and conjunctions."""
    for sentence in told:
        cuts = [match.end() for match in _pattern("clause").finditer(sentence.text)]
        for start, end in pairwise([0, *cuts, len(sentence.text)]):
            if start < end:
                yield Sentence(sentence.text[start:end], sentence.start + start, sentence.start + end)


def _after_final_cue(told: Sequence[Sentence], found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates after the last cue that has any: in its sentence, or in the lines under it."""
    for index in reversed(range(len(told))):
        sentence = told[index]
        for cue in reversed(_cues("outcome_cue", sentence)):
            if inside := [each for each in _inside(sentence, found) if each.start >= sentence.start + cue.end()]:
                return inside
            if not sentence.text[cue.end() :].strip(" :*_`") and (below := _lines_below(told[index + 1 :], found)):
                return below
    return []


def _cues(entry: str, sentence: Sentence) -> list[re.Match[str]]:
    return list(_pattern(entry).finditer(sentence.text)) if may_say("answers", entry, sentence.text) else []


def _lines_below(rest: Sequence[Sentence], found: Sequence[Candidate]) -> list[Candidate]:
    below: list[Candidate] = []
    for sentence in rest:
        if not (inside := _inside(sentence, found)):
            break
        below += inside
    return below


def _before_contrast(text: str, group: Sequence[Candidate]) -> list[Candidate]:
    """Drop candidates after "not", "rather than", "followed by": the first before it is meant."""
    kept = [group[0]]
    for before, after in pairwise(group):
        if _pattern("contrast").search(text, before.end, after.start):
            break
        kept.append(after)
    return kept


def _denied(told: Sequence[Sentence], chosen: Sequence[Candidate]) -> bool:
    """Tell whether the candidates stand only on the way, while another sentence says that there is nothing."""
    holders = [each for each in told if _inside(each, chosen)]
    on_the_way = all(
        _pattern("on_the_way").search(_plain(each.text)) or _says("nothing", _plain(each.text)) for each in holders
    )
    nothing = [each for each in told if _says("nothing", _plain(each.text))]
    return bool(nothing) and (on_the_way or _concludes(nothing[-1]) or _says("final", nothing[-1].text))


def _concludes(sentence: Sentence) -> bool:
    return _pattern("none_at_last").search(_plain(sentence.text)) is not None


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


def _inside(sentence: Sentence, found: Sequence[Candidate]) -> list[Candidate]:
    return [each for each in found if sentence.start <= each.start and each.end <= sentence.end]


def _spans(parts: Sequence[Candidate | Sentence]) -> tuple[Span, ...]:
    return tuple((each.start, each.end) for each in parts)


def _plain(text: str) -> str:
    return _MARKDOWN.sub("", text).replace("’", "'").strip()


def _says(entry: str, plain: str) -> bool:
    return says("answers", entry, plain)


def _pattern(entry: str) -> re.Pattern[str]:
    return pattern("answers", entry)
