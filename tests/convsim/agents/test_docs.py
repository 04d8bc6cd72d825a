"""The examples of docs/agents.md run as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

from convsim.runs.store import Store

DOCS = Path(__file__).parents[3] / "docs"


def test_the_example_of_an_agent_runs(tmp_path: Path) -> None:
    text = (DOCS / "agents.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n# my_agents.py\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "my_agents.py").write_text(example)
    (command,) = re.findall(r"^    convsim (run .*)$", text, flags=re.MULTILINE)
    given = [*command.split(), "--org", "b2b", "--no-baselines", "--out", "run.sqlite"]
    code = "from convsim.cli import main; main()"
    subprocess.run([sys.executable, "-c", code, *given], cwd=tmp_path, check=True, capture_output=True)
    transcripts = [e.transcript for e in Store.open(tmp_path / "run.sqlite").episodes() if e.transcript]
    assert len(transcripts) == 2
    assert all(t.stop.kind != "error" and t.queries for t in transcripts)
    assert any(message.final for t in transcripts for message in t.messages)


def test_the_example_of_a_team_runs() -> None:
    (command,) = re.findall(r"^    python (docs/\S+)$", (DOCS / "agents.md").read_text("utf-8"), flags=re.MULTILINE)
    done = subprocess.run(
        [sys.executable, command], cwd=DOCS.parent, check=True, capture_output=True, text=True, timeout=120
    )
    *said, ended, told, queries = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in said] == (["user", "clerk"] * len(said))[: len(said)]
    assert len(said) >= 6
    assert (ended, queries) == ("ended: satisfied", "queries: 1")
    assert "window" in told
    assert done.stderr == ""
