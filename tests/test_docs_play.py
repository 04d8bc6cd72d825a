"""docs/play.md: its commands run as they stand there, their pipes included, and its tables name every command."""

import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from convsim.agents import human as agent
from convsim.cli import main
from convsim.users import human as user

DOC = (Path(__file__).parents[1] / "docs" / "play.md").read_text(encoding="utf-8")
COMMANDS = [
    line[2:] for block in re.findall(r"```console\n(.*?)```", DOC, flags=re.DOTALL) for line in block.splitlines()
]


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) >= 3
    for line in COMMANDS:
        words, _, command = line.rpartition(" | ")
        typed = shlex.split(words)[2:]
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{each}\n" for each in typed)))
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(command)[1:])
        assert ended.value.code in (0, None), line


def test_the_tables_name_every_command() -> None:
    tables = "".join(re.findall(r"^\| (.+?) \|", DOC, flags=re.MULTILINE))
    assert set(re.findall(r"/(\w+)", tables)) == {*agent.COMMANDS, *user.COMMANDS}
