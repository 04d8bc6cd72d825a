"""Small complete records for the tests of the store."""

from datetime import date

from convsim.records.episode import AgentConfig, Scenario, scenario_id
from convsim.records.ledger import LedgerEntry
from convsim.records.task import Answer, Requester, TaskRecord, Unit
from convsim.records.transcript import Message, Query, Stop, Transcript
from convsim.runs.config import Manifest, RunConfig


def task(number: int) -> TaskRecord:
    return TaskRecord(
        id=f"handle_time-b2b-0-{number}",
        family="handle_time",
        skill="database",
        org="b2b",
        requester=Requester(kind="employee", id="005000000000001AAA", name="Ines Okafor"),
        today=date(2025, 6, 30),
        goal="I would like to know who closes cases fastest.",
        request="Who had the lowest handle time in Q2 2024?",
        units=(
            Unit(name="window", value="2024-04-01/2024-07-01", forms=("Q2 2024",), rival="2024-01-01/2024-04-01"),
            Unit(name="direction", value="lowest", forms=("the lowest",), rival="highest"),
        ),
        policy="Handle time runs from opening to closing.",
        gold=("005000000000002AAA",),
        answer=Answer(kind="id", prefixes=("005",)),
        metric="exact",
        seed=0,
    )


def scenario(number: int) -> Scenario:
    record = task(number)
    return Scenario(
        id=scenario_id(record, "ines", "multi", 0), task=record, persona="ines", delivery="multi", trial=0, seed=0
    )


def transcript(text: str = "Which period?") -> Transcript:
    return Transcript(
        messages=(
            Message(role="user", content="I would like to know who closes cases fastest."),
            Message(role="assistant", content=text, final=("005000000000002AAA",)),
        ),
        queries=(Query(turn=0, kind="soql", text="SELECT Id FROM Case", rows=1, size=20, result='[{"Id":"500"}]'),),
        ledger=(LedgerEntry(turn=0, unit="answer_format", event="released", reason="opening", text_span=(0, 5)),),
        stop=Stop(kind="satisfied"),
    )


def manifest(*agents: AgentConfig) -> Manifest:
    config = RunConfig(families=("handle_time",), orgs=("b2b",), agents=agents or (AgentConfig(target="reference"),))
    return Manifest(version="0", config=config, org_hashes={"b2b": "00"}, scenarios="00", judge_id="00")
