"""The shapes of what commands print for machines: the contracts that other programs may build on."""

from typing import Literal

from convsim.records.episode import Delivery
from convsim.records.ledger import LedgerEntry
from convsim.records.record import Record
from convsim.records.task import TaskRecord
from convsim.records.transcript import Message, Query, Stop, Usage
from convsim.records.verdict import Verdict
from personas.units import Audience, OrgType


class ExportedEpisode(Record):
    """A line of `convsim export --to jsonl`."""

    episode_id: str
    scenario_id: str
    """The same for every agent that met this user."""
    task: TaskRecord
    persona: str
    delivery: Delivery
    agent: str
    trial: int
    seed: int
    messages: tuple[Message, ...]
    queries: tuple[Query, ...]
    ledger: tuple[LedgerEntry, ...]
    stop: Stop
    verdicts: tuple[Verdict, ...]
    usage: dict[str, Usage]
    """By role."""


class ReportRow(Record):
    """A line of `convsim report --json`: one published number."""

    agent: str
    org: str
    """Name of the org, or ALL."""
    delivery: Delivery
    family: str
    """Name of the family, or ALL."""
    skill: str
    """Name of the skill, or ALL."""
    metric: str
    n: int
    mean: float | None
    low: float | None
    """Lower end of the 95% interval; null where one cluster allows none."""
    high: float | None


class RunDone(Record):
    """The last line of `convsim run --json`."""

    event: Literal["done"]
    planned: int
    finished: int
    valid: int
    failed: int
    out: str
    exit: int


class SelfcheckRow(Record):
    """A line of `convsim selfcheck --json`: what a metric must say of a reference agent, and says."""

    metric: str
    agent: str
    expected: str
    """An operator (=, >=, <=, <, >) and a number or another agent's name."""
    value: float | None
    """Mean over all families; null where nothing was measured."""
    ok: bool
    """Whether it holds over all families and, for a number, in each of them."""


class PersonaRow(Record):
    """An element of the array that `convsim personas list --json` prints."""

    id: str
    audience: Audience
    orgs: tuple[OrgType, ...]
    extends: str | None
    file: str


class ServedOrg(Record):
    """The first line of `convsim org serve --json`."""

    url: str
    user: str
    password: str
    session: str
    ca_file: str | None


PUBLISHED: dict[str, type[Record]] = {
    "task": TaskRecord,
    "episode": ExportedEpisode,
    "report-row": ReportRow,
    "run-done": RunDone,
    "selfcheck-row": SelfcheckRow,
    "persona-row": PersonaRow,
    "served-org": ServedOrg,
}
"""Name of the schema file in docs/schema -> what it describes."""
