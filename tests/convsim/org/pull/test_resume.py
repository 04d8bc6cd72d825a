"""A pull goes on after a kill at any moment, and ends with the same files as one that nothing interrupted."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from simple_salesforce import Salesforce

from convsim.errors import ConfigError, InfrastructureError
from convsim.org.org import Org
from convsim.org.pull import pages
from convsim.org.pull.pull import Progress, pull
from convsim.org.serve import Server

OBJECTS = ["Account", "Case", "Contact", "EmailMessage"]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 25)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, connect: Callable[[], Salesforce]) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole") / "bundle"
    pull(connect(), out, objects=OBJECTS)
    return contents(out)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


class Killed(BaseException):
    pass


def killer(at: int) -> Callable[[Progress], None]:
    seen = iter(range(at, -1, -1))

    def listen(_: Progress) -> None:
        if next(seen) == 0:
            raise Killed

    return listen


def test_killed_after_every_page(tmp_path: Path, connect: Callable[[], Salesforce], whole: dict[str, bytes]) -> None:
    out, kills = tmp_path / "bundle", 0
    while True:
        try:
            pull(connect(), out, objects=OBJECTS, listener=killer(2))
            break
        except Killed:
            kills += 1
            assert not (out / "org.yaml").exists()
            for part in out.rglob("*.part"):
                with part.open("ab") as file:
                    file.write(b'{"Id":"003' if kills % 2 else b"")
        if kills > 3:
            pull(connect(), out, objects=OBJECTS)
            break
    assert kills > 3
    assert contents(out) == whole


def test_a_process_is_killed(tmp_path: Path, org: Org, server: Server, every_object: list[str], folder: Path) -> None:
    out = tmp_path / "snapshot"
    command = [
        sys.executable,
        "-c",
        "from convsim.cli import main; main()",
        "org",
        "pull",
        str(out),
        "--url",
        server.url,
    ]
    command += ["--session", org.open_admin_session(), "--objects", ",".join(every_object)]
    for lines in (3, 20):
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as running:
            assert running.stderr is not None
            for _ in range(lines):
                running.stderr.readline()
            os.kill(running.pid, signal.SIGKILL)
        assert not (out / "org.yaml").exists()
    subprocess.run(command, check=True, capture_output=True)
    assert contents(out) == contents(folder)


def test_killed_before_the_last_file_goes(
    tmp_path: Path, connect: Callable[[], Salesforce], whole: dict[str, bytes]
) -> None:
    out = tmp_path / "bundle"
    with pytest.raises(Killed):
        pull(connect(), out, objects=OBJECTS, listener=killer(5))
    state = (out / ".pull.json").read_bytes()
    pull(connect(), out, objects=OBJECTS)
    (out / ".pull.json").write_bytes(state)
    pull(connect(), out, objects=OBJECTS)
    assert contents(out) == whole


def test_masks_go_on_with_their_key(tmp_path: Path, connect: Callable[[], Salesforce]) -> None:
    out = tmp_path / "bundle"
    with pytest.raises(Killed):
        pull(connect(), out, objects=["Contact", "Lead"], mask=True, listener=killer(3))
    assert (out / ".pull.json").stat().st_mode & 0o077 == 0
    pull(connect(), out, objects=["Contact", "Lead"], mask=True)
    names = [each["Name"] for each in Org.open(out).connect().query("SELECT Name FROM Contact")["records"]]
    assert len(set(names)) > 0.9 * len(names)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"objects": ["Account", "Case"]}, r'objects: "Account, Case, Contact, EmailMessage" -> "Account, Case"'),
        ({"where": ["Case: Status = 'New'"]}, 'where: "none" -> "Case: Status = \'New\'"'),
        ({"mask": True}, "mask: false -> true"),
    ],
)
def test_other_settings_are_refused(
    tmp_path: Path, connect: Callable[[], Salesforce], settings: dict, said: str
) -> None:
    out = tmp_path / "bundle"
    with pytest.raises(Killed):
        pull(connect(), out, objects=OBJECTS, listener=killer(1))
    before = contents(out)
    with pytest.raises(ConfigError) as refused:
        pull(connect(), out, **{"objects": OBJECTS, **settings})
    assert said in str(refused.value)
    assert contents(out) == before


def test_another_org_or_schema_is_refused(tmp_path: Path, connect: Callable[[], Salesforce]) -> None:
    out = tmp_path / "bundle"
    with pytest.raises(Killed):
        pull(connect(), out, objects=OBJECTS, listener=killer(1))
    file = out / "schema" / "Case.yaml"
    file.write_text(file.read_text().replace("name: Priority,", "name: Urgency,"))
    with pytest.raises(ConfigError, match="Case is described otherwise than when this pull began"):
        pull(connect(), out, objects=OBJECTS)
    state = out / ".pull.json"
    state.write_text(state.read_text().replace('"organization_id": "00D', '"organization_id": "00DX'))
    with pytest.raises(ConfigError, match=r"org: .* choose another folder"):
        pull(connect(), out, objects=OBJECTS)
    state.write_text("{}")
    with pytest.raises(ConfigError, match="is damaged"):
        pull(connect(), out, objects=OBJECTS)


def test_folders_that_hold_something_else(tmp_path: Path, connect: Callable[[], Salesforce], folder: Path) -> None:
    with pytest.raises(ConfigError, match="holds a finished bundle"):
        pull(connect(), folder, objects=OBJECTS)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty"):
        pull(connect(), tmp_path, objects=OBJECTS)
    with pytest.raises(ConfigError, match="choose another folder"):
        pull(connect(), tmp_path / "notes.txt", objects=OBJECTS)


def test_a_server_that_goes_away(tmp_path: Path, org: Org) -> None:
    from convsim.org.pull.source import served

    other = Server(org).start()
    client = served(other.url, session_id=org.open_admin_session())

    def listen(event: Progress) -> None:
        if event.name == "Contact":
            other.stop()

    try:
        with pytest.raises(InfrastructureError, match=r"does not answer .* run the same command again to go on"):
            pull(client, tmp_path / "bundle", objects=["Contact", "Lead"], listener=listen)
    finally:
        other.stop()
    assert (tmp_path / "bundle" / "records" / "Contact.jsonl.part").stat().st_size >= 0
