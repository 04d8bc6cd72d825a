"""The pages of the documentation and their fenced blocks, and a small shell that follows them in this process.

What a page shows is what the reader gets:

- A block with a file name as its title (```yaml title="mine.yaml") is written under that name.
- In a ```console block lines after `$ ` are commands; the lines under one are what it prints (stdout and stderr as they
  come). A line `...` stands for any lines, `...` within a line for any text. Without such lines nothing is
  compared. A command must end with 0, unless `$ echo $?` comes next.
- A ```console block whose title is one of NEEDS cannot be followed here; its commands are held against the options
  that there are.
"""

import io
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import click

from convsim.cli import convsim, main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("**/*.md")))
NEEDS = {
    "needs a model key",
    "needs a Salesforce org",
    "needs a cluster",
    "needs your labels",
    "takes minutes",
    "runs until you stop it",
    "in a checkout",
}
_FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    title: str
    text: str

    @property
    def is_followed(self) -> bool:
        return self.language == "console" and self.title not in NEEDS


@dataclass(frozen=True)
class Step:
    """A command and what the page says that it prints; empty where it says nothing."""

    command: str
    shown: str


def blocks(page: Path) -> list[Block]:
    """Return a page's fenced blocks in their order."""
    return [Block(*found) for found in _FENCE.findall(page.read_text(encoding="utf-8"))]


def steps(block: Block) -> list[Step]:
    """Return the commands of a console block, continued lines joined."""
    text = block.text.replace("\\\n", "")
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert parts[0] == "", f"a console block begins with a command, not with {parts[0]!r}"
    return [
        Step(re.sub(r"\s{2,}", " ", first), rest) for first, _, rest in (part.partition("\n") for part in parts[1:])
    ]


def matches(shown: str, printed: str) -> bool:
    """Return whether what was printed is what the page shows."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "..." else r".*?".join(map(re.escape, line.rstrip().split("..."))) + r"\s*\n"
        for line in shown.rstrip("\n").split("\n")
    ]
    return re.fullmatch("".join(lines), printed.rstrip("\n") + "\n") is not None


class Shell:
    """Follows commands in a folder: ours and Python's in this process, the others in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = 0

    def run(self, line: str) -> str:
        """Return what the line prints; its code is kept in `code`."""
        if line == "echo $?":
            told, self.code = f"{self.code}\n", 0
            return told
        if given := re.fullmatch(r"export (\w+)=(\S+)", line):
            os.environ[given[1]] = given[2]
            return ""
        line, _, target = line.partition(" > ")
        printed = ""
        for stage in _stages(line):
            printed = self._stage(stage, printed)
        if target:
            (self.folder / target).write_text(printed, encoding="utf-8")
            return ""
        return printed

    def _stage(self, stage: str, given: str) -> str:
        words = shlex.split(stage)
        if words[0] == "convsim":
            return self._here(lambda: main(words[1:]), given)
        if words[0] == "python":
            return self._here(lambda: self._script(words[1:]), given)
        done = subprocess.run(
            ["bash", "-c", stage], input=given, capture_output=True, text=True, cwd=self.folder, check=False
        )
        self.code = done.returncode
        return done.stdout + done.stderr

    def _script(self, words: list[str]) -> None:
        before, sys.argv = sys.argv, words
        try:
            runpy.run_path(words[0], run_name="__main__")
        finally:
            sys.argv = before

    def _here(self, call, given: str) -> str:
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        before, sys.stdin = sys.stdin, io.StringIO(given)
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                call()
            self.code = 0
        except SystemExit as ended:
            self.code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            sys.stdin = before
        return printed.buffer.getvalue().decode()


def _stages(line: str) -> Iterator[str]:
    """Yield the commands of a pipe; a bar within quotes parts nothing."""
    lexer = shlex.shlex(line, posix=False, punctuation_chars="|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    for word in lexer:
        if word == "|":
            yield " ".join(words)
            words = []
        else:
            words.append(word)
    yield " ".join(words)


def check_options(line: str) -> None:
    """Hold a command line against the options that there are; raises click.UsageError for what is unknown."""
    stage = next(part for part in _stages(line.split("  #")[0]) if part.startswith("convsim "))
    words, command, context = shlex.split(stage)[1:], convsim, click.Context(convsim)
    while isinstance(command, click.Group):
        _, found, words = command.resolve_command(context, words)
        assert found is not None, line
        command, context = found, click.Context(found, parent=context)
    parsed, _, _ = command.make_parser(context).parse_args(words)
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and parameter.name in parsed:
            parameter.type_cast_value(context, parsed[parameter.name])
