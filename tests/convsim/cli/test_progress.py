"""What a person and a machine see of a run: rate, time left, cost, failures by kind; events in a log."""

import json
import os
import pty
import re
from pathlib import Path
from typing import Any

import pytest
from hatchery import hatch

from convsim.cli.progress import Standing, progress
from convsim.errors import ConfigError

START = {"event": "start", "planned": 40, "stored": 10, "tokens": 1000, "usd": 0.5}


def episode(**more: Any) -> dict[str, Any]:
    told = {"event": "episode", "stop": "satisfied", "cause": None, "completed": True, "seconds": 1.0}
    return {**told, "tokens": 250, "usd": 0.01, **more}


def standing(*events: dict[str, Any], after: float) -> Standing:
    """Return how a run stands that began at 100 s and heard of these events `after` seconds."""
    times = [100.0]
    found = Standing(lambda: times[0])
    found.enter(START)
    times[0] += after
    for event in events:
        found.enter(event)
    return found


def test_rate_and_time_left_count_what_this_command_did() -> None:
    found = standing(*[episode()] * 5, after=20)
    assert (found.done, found.pace, found.left) == (15, "15 a minute", "0:01:40 left")


def test_nothing_is_said_before_the_first_episode_and_nothing_is_left_at_the_end() -> None:
    assert (standing(after=5).pace, standing(after=5).left) == ("", "")
    assert standing(*[episode()] * 30, after=5).left == ""


def test_cost_is_the_whole_run_s_and_an_unknown_price_makes_it_unknown() -> None:
    assert standing(*[episode()] * 4, after=1).cost == "2,000 tokens, 0.54 USD"
    assert standing(episode(), episode(usd=None), after=1).cost == "1,500 tokens, price unknown"
    free = Standing()
    free.enter({**START, "tokens": 0, "usd": 0.0})
    assert free.cost == ""


def test_failures_are_told_by_kind() -> None:
    failed = [episode(stop="error", cause=cause) for cause in ("agent_error", "infrastructure", "agent_error")]
    failed.append(episode(stop="limit", cause="turns"))
    assert standing(*failed, episode(), after=1).failures == "2 agent error, 1 infrastructure, 1 out of turns"


def test_plain_lines_tell_rate_cost_and_failures(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(as_json=False) as listen:
        for event in (START, *[episode()] * 2, {**episode(), "stop": "limit", "cause": "turns"}, episode()):
            listen(event)
    first, *rest = capsys.readouterr().err.splitlines()
    assert first == "40 episodes, 10 already stored"
    assert len(rest) == 1
    assert re.fullmatch(r"12/40 episodes, \S+ a minute, 0:00:00 left, 1,500 tokens, 0\.52 USD", rest[0])


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "run.log"
    with (
        pytest.raises(ConfigError, match=r"--log .*run\.log cannot be written: No such file"),
        progress(as_json=True, log=str(nowhere)),
    ):
        pytest.fail("nothing may run without its log")


def test_a_terminal_shows_the_bar_and_the_log_keeps_every_event(tmp_path: Path) -> None:
    main, side = pty.openpty()
    words = ["run", "--families", "handle_time", "--per-family", "1", "--org", "b2b", "--no-baselines"]
    words += ["--agent", "scripted/echo", "--max-turns", "2", "--out", "run.sqlite", "--log", "run.log"]
    with Path(os.devnull).open("r+b") as nothing:
        files = [nothing.fileno(), nothing.fileno(), side]
        process = hatch(*words, stdio=files, cwd=tmp_path, COLUMNS="120", TERM="xterm", NO_COLOR="1")
    os.close(side)
    shown = read_all(main)
    assert process.wait() == 0, shown
    assert re.search(r"1/1 \S+ a minute, [\d,]+ tokens, 0\.00 USD", shown), shown
    events = [json.loads(line) for line in (tmp_path / "run.log").read_text().splitlines()]
    assert [event["event"] for event in events] == ["start", "episode"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", event["time"]) for event in events)
    assert events[1]["tokens"] > 0
    assert events[1]["seconds"] > 0


def read_all(terminal: int) -> str:
    """Return what a process wrote to its terminal until it ended."""
    found = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux ends a terminal that nobody writes to any more with EIO.
            piece = b""
        if not piece:
            os.close(terminal)
            return found.decode(errors="replace")
        found += piece
