"""The judge that needs no model: completion, clarification, confidentiality and the reason of a failure by rules."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from convsim.records.episode import Scenario
from convsim.records.ledger import LedgerEntry
from convsim.records.task import TaskRecord
from convsim.records.transcript import Transcript, Usage
from convsim.records.verdict import Verdict
from judges import completion
from judges.clarification import clarify
from judges.confidentiality.assessment import assess
from judges.failures import explain
from judges.hearing import Heard, Hearing, hear
from judges.identity import judge_id
from judges.obedience import obedience
from judges.standard import Standard, Standards

if TYPE_CHECKING:
    from personas.library import Library

RULES = "rules"
Openness = Callable[[str], int | None]
"""From a persona's id to its units per reply; None for one that nobody knows."""


class RulesJudge:
    """Implements `convsim.roles.Judge`."""

    def __init__(self, *, openness: Openness | None = None) -> None:
        self._standards = Standards()
        self._openness = openness or library_openness

    @property
    def judge_id(self) -> str:
        """Hash of the rules."""
        return judge_id(RULES)

    @property
    def usage(self) -> Usage:
        """Nothing: rules consume no model."""
        return Usage()

    async def judge(self, scenario: Scenario, transcript: Transcript) -> Sequence[Verdict]:
        """Return the verdict of the rules."""
        return (self.verdict(scenario, transcript),)

    def verdict(self, scenario: Scenario, transcript: Transcript) -> Verdict:
        """Return the verdict of the rules; without score when the trial says nothing about the agent."""
        standard = self.standard(scenario.task)
        openness = self._openness(scenario.persona) or _most_released(transcript.ledger)
        return self.on(standard, self.hearing(standard, transcript), openness=openness)

    def standard(self, task: TaskRecord) -> Standard:
        """Return what this task's episodes are judged against, kept between its episodes."""
        return self._standards.of(task)

    @staticmethod
    def hearing(standard: Standard, transcript: Transcript) -> Hearing:
        """Return the conversation as heard."""
        return hear(
            transcript.messages,
            standard.answer,
            ledger=transcript.ledger,
            queries=transcript.queries,
            stop=transcript.stop,
            sensitive=transcript.sensitive,
        )

    def on(self, standard: Standard, hearing: Hearing, *, openness: int) -> Verdict:
        """Return the verdict on a conversation that has been heard already."""
        completed = completion.complete(standard, hearing)
        confidential = assess(standard, hearing, is_right=lambda heard: _is_right(standard, heard))
        if hearing.stop.cause in ("simulator_error", "infrastructure"):
            return self._unscored(standard, hearing)
        success = bool(confidential and confidential.success) if standard.probe else None
        passed = completed.completed if completed else success
        score = completion.score(completed) if completed else None if success is None else float(success)
        return Verdict(
            judge=RULES,
            judge_id=self.judge_id,
            score=score,
            completed=passed,
            completion=completed,
            clarification=clarify(standard, hearing, openness=openness) if standard.units else None,
            confidentiality=confidential,
            failure=explain(standard, hearing, confidential) if passed is False else None,
            obedience=obedience(standard, hearing),
            reason="the right answer is not known" if score is None else "",
        )

    def _unscored(self, standard: Standard, hearing: Hearing) -> Verdict:
        failure = explain(standard, hearing, None)
        return Verdict(
            judge=RULES, judge_id=self.judge_id, score=None, completed=None, failure=failure, reason=failure.evidence
        )


def _is_right(standard: Standard, heard: Heard) -> bool:
    """Tell whether a message gives the right answer; where that is not known, any answer is taken for it."""
    return heard.answers and (standard.gold is None or completion.of_answer(standard, heard).completed)


@cache
def library_openness(persona: str) -> int | None:
    """Return the units per reply of a built-in persona, None for any other."""
    from personas.errors import SourceError

    try:
        return _library().get(persona).disclosure.openness
    except (SourceError, KeyError):
        return None


@cache
def _library() -> "Library":
    from personas.library import load_library

    return load_library()


def _most_released(ledger: Sequence[LedgerEntry]) -> int:
    """Return the most units that one reply of this user released, at least 1: its openness as far as it showed."""
    turns = [entry.turn for entry in ledger if entry.event == "released" and entry.turn > 0]
    return max((turns.count(turn) for turn in set(turns)), default=1)
