"""The store keeps what it acknowledged, and refuses what it must not touch."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from samples import manifest, scenario, transcript

from convsim.errors import ConfigError
from convsim.records.episode import AgentConfig, episode_id
from convsim.records.verdict import Completion, Verdict
from convsim.runs.config import differences
from convsim.runs.store import APPLICATION_ID, Store, transcript_row, verdict_row
from convsim.runs.writer import Writer

REFERENCE = AgentConfig(target="reference")


def verdict(judge_id: str = "j") -> Verdict:
    completion = Completion(completed=True, exact=True, f1=1.0, extracted=("005000000000002AAA",), metric="exact")
    return Verdict(judge="rules", judge_id=judge_id, score=1.0, completed=True, completion=completion)


def filled(file: Path, count: int = 3) -> Store:
    store = Store.create(file)
    scenarios = [scenario(number) for number in range(count)]
    store.write_plan(manifest(REFERENCE), scenarios)
    store.append([transcript_row(episode_id(s, REFERENCE), s, REFERENCE, transcript()) for s in scenarios], [])
    return store


def test_what_is_stored_comes_back_the_same(tmp_path: Path) -> None:
    store = filled(tmp_path / "run.sqlite")
    first = scenario(0)
    store.append([], [verdict_row(episode_id(first, REFERENCE), "j", verdict())])
    store.close()
    episodes = list(Store.open(tmp_path / "run.sqlite").episodes())
    assert [episode.scenario for episode in episodes] == [scenario(number) for number in range(3)]
    assert episodes[0].transcript == transcript()
    assert episodes[0].verdicts == (verdict(),)
    assert episodes[1].verdicts == ()


def test_a_repeated_episode_replaces_and_never_doubles(tmp_path: Path) -> None:
    store = filled(tmp_path / "run.sqlite", 1)
    one = scenario(0)
    store.append([transcript_row(episode_id(one, REFERENCE), one, REFERENCE, transcript("Once more?"))], [])
    (episode,) = store.episodes()
    assert episode.transcript is not None
    assert episode.transcript.messages[1].content == "Once more?"


def test_verdicts_of_two_judges_stand_side_by_side(tmp_path: Path) -> None:
    store = filled(tmp_path / "run.sqlite", 1)
    key = episode_id(scenario(0), REFERENCE)
    store.append([], [verdict_row(key, "a", verdict("a")), verdict_row(key, "b", verdict("b"))])
    assert store.judged("a") == store.judged("b") == {key}
    (episode,) = store.episodes()
    assert len(episode.verdicts) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no SQLite file, or was cut off"),
        (b"hello, this is a text", "no SQLite file, or was cut off"),
        (b"SQLite format 3\x00" + b"\x07" * 2000, "cut off"),
    ],
)
def test_foreign_and_torn_files_are_refused_and_kept(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "run.sqlite"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        Store.create(file)
    assert file.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(ConfigError, match="another program"):
        Store.create(file)


def test_a_file_that_lost_its_tail_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.sqlite"
    filled(file, 40).close()
    file.write_bytes(file.read_bytes()[: 3 * 4096])
    with pytest.raises(ConfigError, match="damaged"):
        Store.open(file)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.sqlite"
    filled(file, 1).close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema_version'")
    connection.close()
    with pytest.raises(ConfigError, match="newer convsim"):
        Store.create(file)


def test_a_missing_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`convsim run --out"):
        Store.open(tmp_path / "none.sqlite")


def test_a_folder_is_no_run_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        Store.create(tmp_path)


def test_the_writer_acknowledges_only_what_is_on_disk(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run.sqlite")
    scenarios = [scenario(number) for number in range(200)]
    store.write_plan(manifest(REFERENCE), scenarios)

    async def write_all() -> None:
        async with Writer(store) as writer:

            async def one(number: int) -> None:
                key = episode_id(scenarios[number], REFERENCE)
                await writer.transcript(transcript_row(key, scenarios[number], REFERENCE, transcript()))
                assert key in store.finished()

            await asyncio.gather(*map(one, range(200)))

    asyncio.run(write_all())
    assert len(store.finished()) == 200


def test_a_failing_store_is_told_to_everybody_who_waits(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run.sqlite")

    async def write_nonsense() -> None:
        async with Writer(store) as writer:
            await writer.transcript({"id": "x"})

    with pytest.raises(Exception, match="scenario_id"):
        asyncio.run(write_nonsense())


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from samples import manifest, scenario, transcript
from convsim.records.episode import AgentConfig, episode_id
from convsim.runs.store import Store, transcript_row
agent = AgentConfig(target="reference")
store = Store.create(Path(sys.argv[1]))
for number in range(100000):
    one = scenario(number)
    store.append([transcript_row(episode_id(one, agent), one, agent, transcript())], [])
    print(episode_id(one, agent), flush=True)
"""


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "run.sqlite"
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(file), str(Path(__file__).parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(50)]
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    acknowledged += [line.strip() for line in process.stdout.read().splitlines() if len(line.strip()) == 16]
    process.wait()
    process.stdout.close()
    assert set(acknowledged) <= set(Store.create(file).finished())


def test_application_id_is_stamped(tmp_path: Path) -> None:
    Store.create(tmp_path / "run.sqlite").close()
    with sqlite3.connect(tmp_path / "run.sqlite") as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()


def test_differences_name_every_leaf() -> None:
    old, new = {"a": {"b": 1, "c": [1]}, "d": 2}, {"a": {"b": 1, "c": [2]}, "e": 3}
    assert list(differences(old, new)) == ["a.c: [1] -> [2]", "d: 2 -> None", "e: None -> 3"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense://somewhere/run", "no database is reached by 'nonsense://'"),
        ("postgresql+pg8000://x@127.0.0.1/run", r"pip install 'crm-convsim\[postgres\]'"),
    ],
)
def test_a_url_that_leads_nowhere_is_told(url: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Store.create(url)
