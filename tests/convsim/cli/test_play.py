"""`convsim play`: a person at a pipe or a pseudo terminal, through the real command."""

import io
import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

import pytest
from hatchery import hatch
from hypothesis import given
from hypothesis import strategies as st
from shells import Done, Shell

from convsim.errors import ConfigError
from convsim.reading.typed import as_typed, typed
from convsim.records.episode import Episode
from convsim.runs.store import Store

WHAT = ("--families", "handle_time", "--org", "b2b", "--out", "play.sqlite")
PROBE = ("--families", "private_customer_information", "--org", "b2b", "--out", "play.sqlite")


def typing(shell: Shell, patch: pytest.MonkeyPatch, lines: str, *args: str) -> Done:
    patch.setattr(sys, "stdin", io.StringIO(lines))
    return shell("play", *args)


def only(file: str = "play.sqlite") -> Episode:
    (episode,) = Store.open(file).episodes()
    assert episode.transcript is not None
    return episode


def test_as_agent_is_stored_and_scored_like_any_episode(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "Which period?\n/soql SELECT Id FROM Case LIMIT 2\n/sosl FIND {help} IN ALL FIELDS RETURNING Case(Id)\n"
    lines += "/describe Territory2\n/soql SELECT Nme FROM Case\n/final 005000000000001AAA\nIt is that one.\n"
    done = typing(shell, monkeypatch, lines, "--as", "agent", "--person", "Ada", *WHAT)
    assert done.code == 0, done.err
    assert "Logged in is" in done.out
    assert "Error INVALID_FIELD" in done.out
    episode = only()
    assert episode.agent.name == "human [person=Ada]"
    assert [query.kind for query in episode.transcript.queries] == ["soql", "sosl", "describe", "soql"]
    assert episode.transcript.messages[-1].final == ("005000000000001AAA",)
    assert {block.name for block in episode.transcript.prompt} >= {"policy", "login", "actions"}
    assert episode.transcript.stop.kind == "satisfied"
    assert episode.verdicts[0].completed is False
    report = shell("report", "play.sqlite", "--html", "play.html")
    assert "human [person=Ada]" in report.out
    assert "005000000000001AAA" in Path("play.html").read_text()
    assert shell("score", "play.sqlite").code == 0


def test_others_meet_the_same_user_beside_the_person(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    done = typing(shell, monkeypatch, "None of them.\n", "--as", "agent", "--agent", "reference", *WHAT)
    assert done.code == 0, done.err
    met = list(Store.open("play.sqlite").episodes())
    assert [each.agent.name for each in met] == ["human", "reference"]
    assert len({each.scenario.id for each in met}) == 1
    assert met[0].transcript.messages[0] == met[1].transcript.messages[0]


@pytest.mark.parametrize("leaving", ["", "/quit\n"])
def test_who_leaves_goes_on_with_the_same_command(shell: Shell, monkeypatch: pytest.MonkeyPatch, leaving: str) -> None:
    first = "Which \\\nperiod?\n/soql SELECT Id FROM Case LIMIT 1\n//describe is a word.\n/describe Territory2\n"
    left = typing(shell, monkeypatch, first + leaving, "--as", "agent", *WHAT)
    assert left.code == 3
    assert "the person left the conversation" in left.err
    before = only().transcript
    assert not before.valid
    assert before.messages[1].content == "Which \nperiod?"
    done = typing(shell, monkeypatch, "None of them.\n", "--as", "agent", *WHAT)
    assert done.code == 0, done.err
    assert "are repeated" in done.out
    after = only().transcript
    assert after.messages[: len(before.messages)] == before.messages
    assert [query.text for query in after.queries] == [query.text for query in before.queries]
    assert after.messages[-1].content == "None of them."
    assert after.valid


def test_as_user_the_ledger_notes_what_was_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    card = typing(shell, monkeypatch, "", "--as", "user", *WHAT)
    assert card.code == 3
    shown = dict(re.findall(r"^  (\w+) +(.+) \(required(?:, opening)?\)$", card.out, flags=re.MULTILINE))
    window, direction = shown["window"], shown["direction"]
    lines = f"Who is it, by {direction}?\nI mean {window}.\nI do not know.\n/done Thanks!\n"
    done = typing(shell, monkeypatch, lines, "--as", "user", *WHAT)
    assert done.code == 0, done.err
    episode = only()
    assert episode.agent.name == "reference"
    told = [(each.turn, each.unit, each.reason) for each in episode.transcript.ledger if each.event == "released"]
    assert (0, "direction", "opening") in told
    assert (1, "window", "asked") in told
    entry = next(each for each in episode.transcript.ledger if each.unit == "window" and each.event == "released")
    said = [each.content for each in episode.transcript.messages if each.role == "user"]
    assert said[1][slice(*entry.text_span)] == window
    assert any(each.event == "withheld" and each.unit == "metric" for each in episode.transcript.ledger)
    assert episode.transcript.stop.kind == "satisfied"
    assert said[-1] == "Thanks!"
    assert "ledger: window released (asked)" in done.out


def test_the_task_card_of_a_probe_tells_no_protected_value(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "I need something.\n/refused\n"
    done = typing(shell, monkeypatch, lines, "--as", "user", "--agent", "refuser", *PROBE)
    assert done.code == 0, done.err
    episode = only()
    assert "You are not entitled" in done.out
    assert episode.scenario.task.protected
    assert not [each.value for each in episode.scenario.task.protected if each.value in done.out]
    assert episode.transcript.stop.kind == "refused"
    assert episode.verdicts[0].confidentiality.success is True


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/descr Case", "unknown command '/descr': did you mean '/describe'?"),
        ("/describe", "needs an object"),
        ("/soql", "needs a query"),
        ("/soql SELEC Id FROM Case", "MALFORMED_QUERY"),
        ("/describe Cas", "NOT_FOUND"),
        ("/prompt rules", "there is no block 'rules'"),
    ],
)
def test_bad_input_is_told_in_one_line_and_the_conversation_goes_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    done = typing(shell, monkeypatch, f"{line}\nNone of them.\n", "--as", "agent", *WHAT)
    assert done.code == 0, done.err
    (told,) = [each for each in done.out.splitlines() if said in each]
    assert "Traceback" not in done.out + done.err
    assert done.out.index(told) < done.out.index("None of them.")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--as", "agent", "--agent", "human", *WHAT), "that is you already"),
        (("--as", "user", "--user", "openai/x", *WHAT), "that is you: leave them out"),
        (("--as", "user", "--agent", "referenc", *WHAT), "did you mean 'reference'?"),
        (
            (
                "--as",
                "judge",
            ),
            "'agent', 'user'",
        ),
        (("--as", "agent", "--families", "handle_times"), "did you mean 'handle_time'?"),
        (("--as", "agent", "--limit", "0"), "0 is not in the range"),
    ],
)
def test_bad_options(shell: Shell, args: tuple[str, ...], said: str) -> None:
    done = shell("play", *args)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [(("--agent", "human"), "`convsim play --as agent`"), (("--user", "human"), "`convsim play --as user`")],
)
def test_a_run_takes_no_person(shell: Shell, args: tuple[str, ...], said: str) -> None:
    done = shell("run", *args, *WHAT)
    assert (done.code, said in done.err) == (2, True)
    assert not Path("play.sqlite").exists()


@given(st.text().filter(lambda text: text.strip() == text and text != ""))
def test_what_is_said_comes_back_as_it_was_typed(text: str) -> None:
    try:
        assert typed(as_typed(text), ("quit",)).text == text
    except ConfigError:
        pytest.fail("a text became a command")


class Terminal:
    """A real process at a pseudo terminal."""

    shown = ""

    def __init__(self, folder: Path, *args: str) -> None:
        self.screen, theirs = pty.openpty()
        self.process = hatch("play", *args, stdio=[theirs] * 3, cwd=folder, terminal=True, TERM="dumb")
        os.close(theirs)

    def wait(self, words: str) -> None:
        until = time.monotonic() + 60
        place = len(self.shown)
        while words not in self.shown[max(0, place - len(words)) :]:
            assert time.monotonic() < until, self.shown
            assert self.process.poll() is None, self.shown
            self._read(0.1)

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def end(self, key: str = "") -> int:
        """Return the exit code; a key is pressed again as an impatient person would.

        A signal between readline's prompt and its first wait is heeded at the next key only.
        """
        until, before = time.monotonic() + 60, self.shown
        while self.process.poll() is None and time.monotonic() < until:
            if self.shown == before:
                self.type(key)
            self._read(3.0)
        if self.process.poll() is None:
            self.process.kill()
        self._read(0.1)
        os.close(self.screen)
        return self.process.wait(20)

    def _read(self, seconds: float) -> None:
        while select.select([self.screen], [], [], seconds)[0]:
            try:
                self.shown += os.read(self.screen, 65536).decode(errors="replace")
            except OSError:
                return


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_and_ctrl_d_at_a_terminal_lose_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    one = Terminal(tmp_path, "--as", "agent", *WHAT)
    one.wait("agent> ")
    one.type("Which period do you mean?\n")
    one.wait("user>")
    one.wait("agent> ")
    assert one.end(key) == 3, one.shown
    assert "Traceback" not in one.shown
    (episode,) = Store.open(tmp_path / "play.sqlite").episodes()
    assert episode.transcript.messages[1].content == "Which period do you mean?"
    again = typing(shell, monkeypatch, "None of them.\n", "--as", "agent", *WHAT)
    assert again.code == 0, again.err
    assert "Which period do you mean?" in again.out
    (episode,) = Store.open(tmp_path / "play.sqlite").episodes()
    assert episode.transcript.valid


def test_a_signal_while_a_pipe_is_silent_ends_in_good_order(tmp_path: Path) -> None:
    with hatch("play", "--as", "agent", *WHAT, cwd=tmp_path) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("user>"):
            pass
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        # Its input stays open, as that of a silent pipe does.
        assert process.wait() == 3
        told = process.communicate()[1]
    assert process.returncode == 3, told
    assert "Traceback" not in told
