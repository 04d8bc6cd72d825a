"""The answer in a message: typed extraction from the structured part or from free text.

Candidates are typed by what the task expects (id prefix, month, state, label), so that an id that is mentioned on
the way does not spoil a right answer. Which of several candidates stand, whether there is said to be nothing, and
which words of a free text are the fact, is learned (`answer_model`); what is marked as the answer is certain.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from convsim.reading.answer_model import chosen, fact
from convsim.reading.candidates import Candidate, candidates
from convsim.reading.lexicon import may_say, pattern, says
from convsim.reading.record_ids import find_ids
from convsim.reading.refusals import refusal_class
from convsim.reading.sentences import Sentence, Span, sentences
from convsim.reading.standing import Message, message_of
from convsim.records.task import Answer

Form = Literal["in_form", "wrong_form", "no_answer"]
_FINAL_TAG = re.compile(r"<(?P<tag>final|respond|answer)>(.*?)(?:</(?P=tag)>|$)", re.DOTALL)
_ARRAY = re.compile(r"\s*\[\s*(?:\"[^\"\[\]]*\"\s*,?\s*)*\]\s*")
_NOTHING = re.compile(rf"\W*{pattern('answers', 'nothing_word').pattern}\W*", re.IGNORECASE)
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


def extract(text: str, answer: Answer, *, final: Sequence[str] | None = None, closely: bool = True) -> Extraction:
    """Return the answer that the structured part gives, or else the text.

    Unless `closely` the linear models decide alone and the short fact in a free text is not looked for: that takes most
    of the time and does not change the form of an answer.
    """
    if final is not None and (structured := _from_final(tuple(final), answer)).found:
        return structured
    return _from_text(text, answer, closely)


def form_of(text: str, answer: Answer, *, final: Sequence[str] | None = None) -> Form:
    """Tell whether a message answers in the form that the task asks for, in another one, or not at all."""
    if final is None and answer.kind == "text" and _declines(text):
        return "no_answer"
    found = extract(text, answer, final=final, closely=False)
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
    if all(_is_nothing(item, answer) for item in items):
        return Extraction(none=True)
    if answer.kind == "text":
        return Extraction(tuple(items), fact=items[0])
    typed = [each.value for item in items for each in candidates(item, answer)]
    return Extraction(tuple(dict.fromkeys(typed)))


def _is_nothing(item: str, answer: Answer) -> bool:
    """Tell whether an item of the structured part is a word for "none", or a sentence that says so."""
    if _NOTHING.fullmatch(item) or not item.strip("[]{} "):
        return True
    return answer.kind != "text" and not candidates(item, answer) and _from_text(item, answer, False).none


@lru_cache(maxsize=4096)
def _from_text(text: str, answer: Answer, closely: bool) -> Extraction:
    if _NOTHING.fullmatch(text):
        return Extraction(none=True, spans=_spans(sentences(text)))
    if place := _marked(text):
        inside = re.findall(r"[^\[\]\"',]+", text[slice(*place)]) if answer.kind == "text" else [text[slice(*place)]]
        return replace(_from_final(tuple(inside), answer), spans=(place,))
    message = read_message(text, answer)
    if answer.kind == "text":
        return _free_text(message, closely)
    found = [each for group in message.groups for each in group.members]
    if _ARRAY.fullmatch(text) and found:
        return Extraction(tuple(dict.fromkeys(each.value for each in found)), spans=_spans(found))
    values = chosen(message, none=answer.none, closely=closely) if message.told else None
    if values is None:
        return Extraction()
    if not values:
        return Extraction(none=True, spans=_spans(message.told[-1:]))
    return Extraction(values, spans=_spans([each for each in found if each.value in values] or message.told))


def _marked(text: str) -> Span | None:
    """Return the place of what stands in `<final>...</final>`, the last if there are several."""
    found = list(_FINAL_TAG.finditer(text)) if "<" in text else []
    return found[-1].span(2) if found else None


def read_message(text: str, answer: Answer) -> Message:
    """Return what the models see: the statements of a message and the candidates in them not plainly denied."""
    told = [each for each in sentences(text) if not each.is_question]
    met = [each for each in candidates(text, answer) if any(one.start <= each.start < one.end for one in told)]
    return message_of(
        text, told, [each for each in met if not _pattern("denied_before").search(_before(text, each))], answer
    )


def _before(text: str, candidate: Candidate) -> str:
    return re.sub(r"[*`\"“”]+", "", text[max(0, candidate.start - 60) : candidate.start]).replace("’", "'")


def _cues(entry: str, sentence: Sentence) -> list[re.Match[str]]:
    return list(_pattern(entry).finditer(sentence.text)) if may_say("answers", entry, sentence.text) else []


def _free_text(message: Message, closely: bool) -> Extraction:
    """Return the statements of a message without small talk; what follows a final cue where there is one."""
    kept = [each for each in message.told if not _idle(_plain(each.text))]
    kept = [each for each in kept if not each.text.startswith("|")] or kept
    if kept and chosen(message, none=True, closely=closely) == ():
        return Extraction(none=True, spans=_spans(kept))
    said, shown = " ".join(each.text for each in kept), kept
    for index in reversed(range(len(kept))):
        if cues := _cues("final", kept[index]):
            after = [kept[index].text[cues[0].end() :], *(each.text for each in kept[index + 1 :])]
            said, shown = " ".join(filter(None, after)), kept[index:]
            break
    if not (plain := _plain(said)):
        return Extraction()
    run = fact(message) if closely else None
    short = _plain(message.text[run.start : run.end]) if run else plain
    return Extraction((plain,), spans=_spans(shown), fact=short)


def _idle(plain: str) -> bool:
    """Tell whether a sentence is small talk or about work in progress."""
    return bool(_pattern("small_talk").search(plain)) or bool(_pattern("working").search(plain))


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


def _spans(parts: Sequence[Candidate | Sentence]) -> tuple[Span, ...]:
    return tuple((each.start, each.end) for each in parts)


def _plain(text: str) -> str:
    return _MARKDOWN.sub("", text).replace("’", "'").strip()


def _says(entry: str, plain: str) -> bool:
    return says("answers", entry, plain)


def _pattern(entry: str) -> re.Pattern[str]:
    return pattern("answers", entry)
