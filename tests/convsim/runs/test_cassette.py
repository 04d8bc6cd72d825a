"""Recorded runs play back alike without network, key and model library, and end at the first call that is not there."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convsim.cli import main
from convsim.errors import ConfigError
from convsim.models.cassette.tape import Tape, TapeWriter
from convsim.runs.store import Store

Replay = Callable[..., tuple[int, str]]
KEY = "sk-very-secret-key"
RUN = ["run", "--families", "handle_time", "--families", "private_customer_information", "--per-family", "2"]
RUN += ["--org", "b2b", "--no-baselines", "--max-turns", "3", "--agent", "openai/agent", "--agent", "openai/lively"]
RUN += ["--user", "openai/user", "--judge", "rules+openai/judge", "--agent-args", "retries=0"]
REPLAY = """
import json, sys
from convsim.cli import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted(name for name in ("litellm", "openai") if name in sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory, shared_model_server: Any) -> Path:
    """A folder with a run, and the cassette of all its calls: two agents, a user and a judge over HTTP."""
    server, folder = shared_model_server, tmp_path_factory.mktemp("recording")
    server.script("<execute>SELECT COUNT() FROM Case</execute>", *["<respond>Which one?</respond>"] * 200)
    server.script(lambda request: f"<respond>{len(request.messages)} so far.</respond>", model="lively")
    server.script(server.status(400, message="no such thing"), "<respond>Yes?</respond>", model="lively")
    server.script('{"message": "Could you look that up for me, please?"}', model="user")
    verdict = {"reason": "Seen.", "completed": False, "leak": "none", "refusal": "none", "questions": "vague"}
    server.script(json.dumps(verdict), model="judge")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("OPENAI_BASE_URL", server.url)
        assert shell(*RUN, "-j", "4", "--out", "live.sqlite", "--record", "calls.jsonl") == 0
    server.close()
    return folder


@pytest.fixture
def recorded(tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, the working folder of a process that has neither key nor server any more."""
    shutil.copytree(recording, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(*args: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(args))
    return int(ended.value.code or 0)


def started(folder: Path, *args: str) -> tuple[int, str, list[str]]:
    """Exit code, errors and loaded model libraries of a process that starts for this."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI")}
    command = [sys.executable, "-c", REPLAY, *RUN, *args]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    *told, loaded = done.stderr.splitlines()
    return done.returncode, "\n".join(told), json.loads(loaded)


@pytest.fixture
def replayed(capsys: pytest.CaptureFixture[str]) -> Replay:
    """What returns exit code and errors of the same run, played back in this process."""

    def replay(*args: str) -> tuple[int, str]:
        capsys.readouterr()
        return shell(*RUN, *args), capsys.readouterr().err

    return replay


def timeless(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for episode in Store.open(file).episodes():
        told = episode.model_dump(mode="json", by_alias=True)
        told["transcript"].pop("duration_s")
        for query in told["transcript"]["queries"]:
            query.pop("duration_ms")
        found[episode.id] = told
    return found


def test_a_replay_gives_the_same_run_without_network(recorded: Path, replayed: Replay) -> None:
    live = timeless(recorded / "live.sqlite")
    assert len(live) == 12
    assert {len(each["verdicts"]) for each in live.values()} == {3}
    roles = {call.role for call in Tape(recorded / "calls.jsonl").calls.values()}
    assert roles == {"agent", "user", "judge"}
    code, told, loaded = started(recorded, "-j", "1", "--replay", "calls.jsonl", "--out", "alone.sqlite")
    assert (code, loaded) == (0, []), told
    assert timeless(recorded / "alone.sqlite") == live
    code, told = replayed("-j", "8", "--workers", "2", "--replay", "calls.jsonl", "--out", "shared.sqlite")
    assert code == 0, told
    assert timeless(recorded / "shared.sqlite") == live


def test_nothing_secret_is_on_it(recorded: Path) -> None:
    text = (recorded / "calls.jsonl").read_text("utf-8")
    assert KEY not in text
    assert "Authorization" not in text


def test_processes_record_what_one_records(recorded: Path, tmp_path: Path) -> None:
    """Scripted models, whose answers do not depend on the order of calls."""
    scripted = ["run", "--families", "handle_time", "--per-family", "3", "--org", "b2b", "--no-baselines"]
    scripted += ["--agent", "scripted/counter"]
    for workers in ("1", "2"):
        files = ("--workers", workers, "--out", f"w{workers}.sqlite", "--record", f"w{workers}.jsonl")
        assert shell(*scripted, *files) == 0
    one, two = (Tape(recorded / f"w{workers}.jsonl") for workers in "12")
    assert one.calls == two.calls
    assert one.messages == two.messages
    assert shell(*scripted, "--out", "again.sqlite", "--replay", "w2.jsonl") == 0
    assert timeless(recorded / "again.sqlite") == timeless(recorded / "w1.sqlite")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_replay_ends_at_the_first_call_that_is_not_on_it(recorded: Path, replayed: Replay, workers: str) -> None:
    lines = (recorded / "calls.jsonl").read_text("utf-8").splitlines()
    lost = [line for line in lines if not (line.startswith('{"call"') and '"role":"user"' in line)]
    (recorded / "less.jsonl").write_text("\n".join(lost) + "\n")
    how = ("--workers", workers, "--replay", "less.jsonl", "--out", "less.sqlite")
    code, told = replayed(*how)
    assert code == 3
    assert "less.jsonl holds no answer for request 1 of its kind by the user, openai/user, in episode" in told
    assert "it holds no call of this role" in told
    assert list(Store.open(recorded / "less.sqlite").episodes()) == []


def test_what_differs_from_the_nearest_call_is_told(recorded: Path, replayed: Replay) -> None:
    text = (recorded / "calls.jsonl").read_text("utf-8")
    (recorded / "model.jsonl").write_text(text.replace('"openai/judge"', '"openai/judge-2"'))
    _, told = replayed("-j", "1", "--replay", "model.jsonl", "--out", "model.sqlite")
    assert "the nearest one differs in its model: recorded openai/judge-2, now openai/judge" in told
    lines = [
        line.replace("Which one?", "Which two?") if line.startswith('{"call"') else line for line in text.split("\n")
    ]
    (recorded / "other.jsonl").write_text("\n".join(lines))
    code, told = replayed("-j", "1", "--replay", "other.jsonl", "--out", "other.sqlite")
    assert code == 3
    assert "the nearest one differs in message " in told
    assert "Which one?" in told
    assert ", now '" in told
    assert "Which two?" in told


def test_an_interrupted_recording_is_gone_on_with(recorded: Path) -> None:
    file = recorded / "calls.jsonl"
    whole = Tape(file)
    content = file.read_bytes()
    file.write_bytes(content[:-20])
    assert len(Tape(file).calls) == len(whole.calls) - 1
    lost = next(call for key, call in whole.calls.items() if key not in Tape(file).calls)
    writer = TapeWriter(file)
    writer.write(lost, whole.messages)
    writer.close()
    assert Tape(file).calls == whole.calls


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"id": 1}\n', "is no cassette"),
        ("not json at all", "is no cassette"),
        ("", "is no cassette"),
        ('{"convsim_cassette": 99}\n', "is a cassette of format 99"),
        ('{"convsim_cassette": 1}\n{"call": {}}\n', ":2 is no line of a cassette"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "file.jsonl"
    file.write_text(content)
    with pytest.raises(ConfigError, match=told):
        Tape(file)
    if content:
        with pytest.raises(ConfigError, match=told):
            TapeWriter(file)
        assert file.read_text() == content


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--record", "a", "--replay", "b"], "exclude each other"),
        (["--replay", "absent.jsonl"], "cannot be read"),
        (["--record", "a", "--executor", "ray"], "leave out --executor ray"),
        (["--record", "a", "--agent", "http://127.0.0.1:9/v1"], "leave that agent out"),
    ],
)
def test_what_a_cassette_cannot_serve_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell("run", "--families", "handle_time", "--org", "b2b", "--agent", "reference", *args) == 2
    assert told in capsys.readouterr().err


def test_secrets_of_the_environment_are_blotted_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from convsim.models.cassette.tape import Call

    monkeypatch.setenv("MY_API_KEY", 'quoted"secret')
    writer = TapeWriter(tmp_path / "calls.jsonl")
    about: dict[str, Any] = {"episode": "e", "role": "agent", "model": "m", "settings": "{}", "rest": "{}", "n": 0}
    call = Call(**about, messages=("m1",), completion={"content": 'the key is quoted"secret'})
    writer.write(call, {"m1": {"role": "user", "content": 'quoted"secret'}})
    writer.close()
    assert "secret" not in (tmp_path / "calls.jsonl").read_text().replace("[secret]", "")
    assert Tape(tmp_path / "calls.jsonl").messages["m1"]["content"] == "[secret]"
