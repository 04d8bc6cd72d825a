"""A run's texts and personal data away, its scores kept: every table of the report stays what it was.

Messages keep their place and speaker, queries their turn, kind and outcome, ledger entries their unit and event,
verdicts their classes and numbers. What was said, asked, fetched, protected or answered is replaced by `PURGED`.
"""

from typing import TypeVar

from convsim.errors import ConfigError
from convsim.records.episode import Scenario
from convsim.records.record import Record
from convsim.records.task import TaskRecord
from convsim.records.transcript import Transcript
from convsim.records.verdict import Verdict
from convsim.runs.store import Store

PURGED = "[purged]"
_MARK = "purged"
_Changed = TypeVar("_Changed", bound=Record)


def purge(store: Store) -> int:
    """Purge a run for good and return the number of its episodes; a purged run can be reported, not judged again."""
    return store.rewrite(
        {
            "scenarios": lambda text: _scenario(Scenario.model_validate_json(text)).model_dump_json(),
            "episodes": lambda text: _transcript(Transcript.model_validate_json(text)).model_dump_json(),
            "verdicts": lambda text: _verdict(Verdict.model_validate_json(text)).model_dump_json(),
            "labels": lambda text: PURGED if text else "",
        },
        mark=_MARK,
    )


def is_purged(store: Store) -> bool:
    """Return whether the run's texts are gone."""
    return store.is_marked(_MARK)


def check_unpurged(store: Store) -> None:
    """Raise ConfigError when the run's texts are gone."""
    if is_purged(store):
        raise ConfigError(f"{store.name} was purged: its texts are gone, so it can be reported but not judged again")


def _with(of: _Changed, /, **changes: object) -> _Changed:
    return of.model_copy(update=changes)


def _scenario(scenario: Scenario) -> Scenario:
    return _with(scenario, task=_task(scenario.task))


def _task(task: TaskRecord) -> TaskRecord:
    return _with(
        task,
        requester=_with(task.requester, id=PURGED, name=PURGED, email="", account_id=None, entitlements=()),
        goal=PURGED,
        request=PURGED,
        units=tuple(_with(unit, value=PURGED, forms=(PURGED,), rival=None) for unit in task.units),
        gold=(PURGED,) * len(task.gold),
        gold_reason="",
        protected=tuple(
            _with(each, value=PURGED, aliases=(), record=None, field=None, subject="") for each in task.protected
        ),
        ladder=tuple(_with(rung, text=PURGED, claimed=None) for rung in task.ladder),
    )


def _transcript(transcript: Transcript) -> Transcript:
    return _with(
        transcript,
        messages=tuple(_with(each, content=PURGED, final=None) for each in transcript.messages),
        queries=tuple(_with(each, text=PURGED, message="", records=(), result="") for each in transcript.queries),
        ledger=tuple(_with(each, text_span=None) for each in transcript.ledger),
        stop=_with(transcript.stop, message=""),
        prompt=tuple(_with(each, text=PURGED) for each in transcript.prompt),
    )


def _verdict(verdict: Verdict) -> Verdict:
    done, told, failure = verdict.completion, verdict.confidentiality, verdict.failure
    return _with(
        verdict,
        completion=done and _with(done, extracted=(PURGED,) * len(done.extracted)),
        confidentiality=told and _with(told, leaked=tuple(_with(each, value=PURGED) for each in told.leaked)),
        failure=failure and _with(failure, evidence=""),
        reason="",
    )
