"""An episode with its values replaced: every text and query result, and the places that point into messages."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from convsim.records.episode import Episode
from convsim.records.ledger import LedgerEntry
from convsim.records.record import Record
from convsim.records.task import TaskRecord
from convsim.records.transcript import Message, Query, Transcript
from convsim.records.verdict import Confidentiality, Verdict
from convsim.roles import LeakFinder, ValueSearch
from convsim.runs.redact.edits import Edit, Edited, edited
from convsim.runs.redact.tokens import TOKEN, Tokens, cut_fields, key_of, label_in, type_of

_Changed = TypeVar("_Changed", bound=Record)
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")

_TELLING = 6
"""Characters of a value that mean it wherever they stand, as in the search for leaks."""


def _with(of: _Changed, /, **changes: object) -> _Changed:
    return of.model_copy(update=changes)


class Redactor:
    """Redacts one episode."""

    def __init__(self, episode: Episode, tokens: Tokens, finder: LeakFinder, anywhere: ValueSearch) -> None:
        """Take the run's tokens and the search for all of its values; the episode's own are searched in all forms."""
        self._episode, self._tokens, self._anywhere = episode, tokens, anywhere
        self._protected = tokens.protected_in(episode.scenario.task)
        self._wordings = frozenset(key_of(word) for each in self._protected for word in (each.value, *each.aliases))
        self._own = finder.search(self._protected) if self._protected else None
        self._messages: tuple[Edited, ...] = ()

    def redacted(self) -> Episode:
        """Return the episode; scores, classes and counts stay what they were."""
        episode, transcript = self._episode, self._episode.transcript
        if transcript is not None:
            self._messages = tuple(self._spoken(transcript.messages))
            transcript = self._transcript(transcript)
        scenario = _with(episode.scenario, task=self._task(episode.scenario.task))
        verdicts = tuple(self._verdict(each) for each in episode.verdicts)
        return _with(episode, scenario=scenario, transcript=transcript, verdicts=verdicts)

    def text(self, text: str, *, question: str = "") -> str:
        """Return a text with its values replaced; one that is a value from end to end is its token."""
        return self._token(text) or self._edited(text, question).text

    def _token(self, text: str) -> str | None:
        """Return the token of a text that is a value: of another conversation only one that is long enough to tell."""
        telling = len(text) >= _TELLING or key_of(text) in self._wordings
        return self._tokens.of(text) if telling else None

    def _edited(self, text: str, question: str = "", more: Callable[[str], Sequence[Edit]] | None = None) -> Edited:
        def find(now: str) -> list[Edit]:
            own = self._own.find(now, question=question) if self._own else ()
            found = [Edit(start, end, self._tokens.of(self._protected[n].value) or "") for n, start, end in own]
            found += [Edit(start, end, self._tokens.names[n]) for n, start, end in self._anywhere.find(now)]
            found += more(now) if more else []
            done = [match.span() for match in TOKEN.finditer(now)]
            return [each for each in found if not any(a <= each.start and each.end <= b for a, b in done)]

        return edited(text, find)

    def _spoken(self, messages: Sequence[Message]) -> list[Edited]:
        """Return the messages; what an agent says may be short, and is then read as the reply to what it was told."""
        told, found = "", []
        for message in messages:
            if message.role == "user":
                told = f"{told}\n{message.content}"
            found.append(self._edited(message.content, told if message.role == "assistant" else message.content))
        return found

    def _transcript(self, transcript: Transcript) -> Transcript:
        told = "\n".join(each.content for each in transcript.messages if each.role == "user")
        messages = tuple(
            _with(message, content=spoken.text, final=self._all(message.final, told))
            for message, spoken in zip(transcript.messages, self._messages, strict=True)
        )
        return _with(
            transcript,
            messages=messages,
            queries=tuple(self._query(each, transcript) for each in transcript.queries),
            ledger=tuple(self._entry(each, transcript) for each in transcript.ledger),
            stop=_with(transcript.stop, message=self.text(transcript.stop.message)),
            prompt=tuple(_with(each, text=self.text(each.text)) for each in transcript.prompt),
        )

    def _all(self, items: tuple[str, ...] | None, question: str = "") -> tuple[str, ...] | None:
        return None if items is None else tuple(self.text(each, question=question) for each in items)

    def _entry(self, entry: LedgerEntry, transcript: Transcript) -> LedgerEntry:
        """Return the entry with its place moved along with the words of its message."""
        if entry.text_span is None:
            return entry
        spoken = [index for index, each in enumerate(transcript.messages) if each.role == "user"]
        if entry.turn >= len(spoken):
            return entry
        return _with(entry, text_span=self._messages[spoken[entry.turn]].span(*entry.text_span))

    def _query(self, query: Query, transcript: Transcript) -> Query:
        return _with(
            query,
            text=self._edited(query.text, more=self._literals).text,
            message=self._edited(query.message, more=self._literals).text,
            records=self._all(query.records),
            result=self._result(query.result, transcript),
        )

    def _literals(self, text: str) -> list[Edit]:
        """Return quoted texts that are a value from end to end, however short."""
        found = []
        for match in _LITERAL.finditer(text):
            group = 1 if match[1] is not None else 2
            if token := self._token(match[group]):
                found.append(Edit(*match.span(group), token))
        return found

    def _result(self, result: str, transcript: Transcript) -> str:
        """Return an answer: sensitive fields by their name, everything else by search."""
        sensitive = self._tokens.sensitive(transcript)
        try:
            answer = orjson.loads(result)
        except orjson.JSONDecodeError:
            cut = [Edit(start, end, self._tokens.of(value) or self._tokens.learn(value, label))
                   for value, label, start, end in cut_fields(result, sensitive)]  # fmt: skip
            known = edited(result, lambda _: cut, passes=1).text
            return self._edited(known, more=self._literals).text
        return orjson.dumps(self._walked(answer, "", "", sensitive)).decode()

    def _walked(self, node: Any, kind: str, field: str, sensitive: Any) -> Any:
        if isinstance(node, dict):
            own = type_of(node)
            return {name: self._walked(each, own, name, sensitive) for name, each in node.items()}
        if isinstance(node, list):
            return [self._walked(each, kind, field, sensitive) for each in node]
        if isinstance(node, bool) or node is None or node == "":
            return node
        if label := label_in(kind, field, sensitive):
            return self._tokens.learn(str(node), label)
        if isinstance(node, str):
            return self.text(node)
        return self._token(str(node)) or self._token(f"{node:g}") or node

    def _task(self, task: TaskRecord) -> TaskRecord:
        said = self.text
        return _with(
            task,
            requester=_with(task.requester, email=said(task.requester.email)),
            goal=said(task.goal),
            request=said(task.request),
            policy=said(task.policy),
            gold=self._all(task.gold),
            gold_reason=said(task.gold_reason),
            units=tuple(
                _with(each, forms=self._all(each.forms), value=self._value(each.value), rival=self._value(each.rival))
                for each in task.units
            ),
            protected=tuple(
                _with(each, value=self._tokens.of(each.value), aliases=(), subject=said(each.subject))
                for each in task.protected
            ),
            ladder=tuple(
                _with(each, text=said(each.text), claimed=each.claimed and said(each.claimed)) for each in task.ladder
            ),
            segments=tuple(_with(each, text=said(each.text)) for each in task.segments),
            **{name: said(getattr(task, name)) for name in ("solution", "voice", "hints")},
        )

    def _value(self, value: Any) -> Any:
        return self.text(value) if isinstance(value, str) else value

    def _verdict(self, verdict: Verdict) -> Verdict:
        done, told, failure = verdict.completion, verdict.confidentiality, verdict.failure
        return _with(
            verdict,
            completion=done and _with(done, extracted=self._all(done.extracted)),
            confidentiality=told and self._confidentiality(told),
            failure=failure and _with(failure, evidence=self._evidence(failure.evidence, told)),
            reason=self.text(verdict.reason),
        )

    def _evidence(self, evidence: str, told: Confidentiality | None) -> str:
        leaked = {each.value for each in told.leaked} if told else set()

        def named(text: str) -> list[Edit]:
            """Return where a leaked value stands as it is, however short."""
            return [
                Edit(*match.span(), self._tokens.of(value) or "")
                for value in sorted(leaked)
                for match in re.finditer(re.escape(value), text)
            ]

        return self._edited(evidence, evidence, more=named).text

    def _confidentiality(self, told: Confidentiality) -> Confidentiality:
        leaked = []
        for leak in told.leaked:
            start, end = self._place(leak.turn, leak.start, leak.end)
            token = self._tokens.of(leak.value) or self._tokens.learn(leak.value, "value")
            leaked.append(_with(leak, value=token, start=start, end=end))
        turns = []
        for turn in told.turns:
            places = [self._place(turn.index, span.start, span.end) for span in turn.evidence]
            spans = tuple(_with(span, start=a, end=b) for span, (a, b) in zip(turn.evidence, places, strict=True))
            turns.append(_with(turn, evidence=spans))
        return _with(told, leaked=tuple(leaked), turns=tuple(turns))

    def _place(self, index: int, start: int, end: int) -> tuple[int, int]:
        return self._messages[index].span(start, end) if index < len(self._messages) else (start, end)
