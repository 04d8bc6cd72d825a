"""Whole conversations, word for word: a change of wording, draws, org or tasks shows as a diff that somebody reads.

Renew with `python tests/golden/test_golden.py` and read the diff.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from convsim.records.episode import AgentConfig, Episode
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare

FILE = Path(__file__).parent / "conversations.jsonl"
FAMILIES = (
    "handle_time", "transfer_count", "case_routing", "lead_routing", "knowledge_qa", "private_customer_information"
)  # fmt: skip
AGENTS = ("reference", "interrogator", "refuser")


def conversations(folder: Path) -> Iterator[str]:
    config = RunConfig(
        families=FAMILIES, per_family=1, orgs=("b2b", "b2c"), agents=tuple(AgentConfig(target=name) for name in AGENTS)
    )
    run = prepare(config, folder / "golden.sqlite")
    assert run.execute(jobs=4, listener=lambda _: None).complete
    for episode in run.store.episodes():
        yield json.dumps(told(episode), ensure_ascii=False)


def told(episode: Episode) -> dict[str, object]:
    """What a reader of the diff needs: who spoke, what was said, what the ledger and the rules made of it."""
    transcript, verdict = episode.transcript, episode.verdicts[0]
    assert transcript is not None
    return {
        "task": episode.scenario.task.id,
        "persona": episode.scenario.persona,
        "agent": episode.agent.name,
        "messages": [f"{message.role}: {message.content}" for message in transcript.messages],
        "ledger": [f"{e.turn} {e.unit} {e.event} {e.reason}" for e in transcript.ledger],
        "queries": [query.text for query in transcript.queries],
        "stop": f"{transcript.stop.kind} {transcript.stop.cause}".strip(),
        "score": verdict.score,
        "failure": verdict.failure.label if verdict.failure else None,
    }


def test_conversations_are_the_golden_ones(tmp_path: Path) -> None:
    golden = FILE.read_text(encoding="utf-8").splitlines()
    now = list(conversations(tmp_path))
    for expected, found in zip(golden, now, strict=True):
        assert json.loads(found) == json.loads(expected)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text("\n".join(conversations(Path(folder))) + "\n", encoding="utf-8")
