"""Every command of the documentation runs as it stands there, page by page, and prints what the page shows."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from followed import CHECKS
from pages import DOCS, NEEDS, PAGES, ROOT, Block, Shell, blocks, check_options, matches, steps

from convsim import plugins

TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in a folder of its own; what the page's modules and packages leave in this process goes with it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(DOCS)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "installed"))
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "installed"), *sys.path])
    known = set(sys.modules)
    plugins.task_providers.cache_clear()
    yield Shell(tmp_path)
    plugins.task_providers.cache_clear()
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def follow(block: Block, shell: Shell) -> None:
    """Run a block's commands and compare."""
    found = steps(block)
    for number, step in enumerate(found):
        printed = shell.run(step.command)
        if not step.shown or not matches(step.shown, printed):
            assert not step.shown, f"$ {step.command}\nthe page shows\n{step.shown}\nand it prints\n{printed}"
        if number + 1 == len(found) or found[number + 1].command != "echo $?":
            assert shell.code == 0, f"$ {step.command}\nended with {shell.code}:\n{printed}"
        plugins.task_providers.cache_clear()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_can_be_followed(page: Path, shell: Shell) -> None:
    for block in blocks(page):
        if block.language != "console" and block.title:
            (shell.folder / block.title).write_text(block.text, encoding="utf-8")
        if block.is_followed:
            assert not block.title, f"unknown marker '{block.title}'; known: {', '.join(sorted(NEEDS))}"
            follow(block, shell)
    CHECKS.get(page.stem, lambda _: None)(shell.folder)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_that_need_more_than_there_is_here_name_options_that_exist(page: Path) -> None:
    for block in blocks(page):
        if block.language == "console" and not block.is_followed:
            for step in steps(block):
                if step.command.startswith("convsim "):
                    check_options(step.command)
                if step.command.startswith("make "):
                    assert step.command.removeprefix("make ") in TARGETS, step.command


def test_every_command_stands_in_a_block_that_is_looked_at() -> None:
    for page in PAGES:
        for block in blocks(page):
            if block.language in ("", "bash", "shell", "text"):
                assert not block.text.lstrip("$ ").startswith(("convsim ", "make ")), (page.name, block.text)
        loose = [line for line in page.read_text("utf-8").splitlines() if line.startswith("    convsim ")]
        assert not loose, (page.name, loose)


@pytest.mark.parametrize("name", CHECKS)
def test_checks_belong_to_pages(name: str) -> None:
    assert (DOCS / f"{name}.md").exists() or (ROOT / f"{name}.md").exists()


def test_elisions() -> None:
    assert matches("a\n...\nz ... b\n", "a\nb\nc\nz 1 2 b\n")
    assert not matches("a\nz\n", "a\nb\nz\n")
    assert not matches("a\n...", "b\n")
    assert matches("a\n...", "a\n")
