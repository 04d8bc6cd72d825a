"""docs/privacy.md: its commands run as they stand there, on a run with privacy probes."""

import re
import shlex
from pathlib import Path

import pytest

from convsim.cli import main

DOC = (Path(__file__).parents[1] / "docs" / "privacy.md").read_text(encoding="utf-8")
COMMANDS = [
    line[2:] for block in re.findall(r"```console\n(.*?)```", DOC, flags=re.DOTALL) for line in block.splitlines()
]


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = "convsim run --families private_customer_information --per-family 1 --org b2c --agent leaker --no-baselines"
    assert len(COMMANDS) == 2
    for line in (f"{made} --out shared.sqlite", *COMMANDS):
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(line)[1:])
        assert ended.value.code in (0, None), line
    assert re.search(r"\[Contact\.Email#\d+\]", (tmp_path / "shared.jsonl").read_text(encoding="utf-8"))
