"""The viewer's pages without a browser: what is refused, what is live, what a search means."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from starlette.testclient import TestClient

from convsim.cli import main
from convsim.errors import ConfigError, SelectionError
from convsim.records.episode import AgentConfig
from convsim.report.tables import board, told
from convsim.runs.config import RunConfig
from convsim.runs.lock import RunLock
from convsim.runs.purge import purge
from convsim.runs.run import prepare
from convsim.runs.store import Store, transcript_row, verdict_row
from convsim.web.app import build_app
from convsim.web.index import Index, Wanted, query_of
from convsim.web.runs import Shown


@contextmanager
def held(file: Path) -> Iterator[None]:
    """A run at work on the file."""
    lock = RunLock(file)
    yield
    lock.release()


def test_what_does_not_exist_is_named(store: Store) -> None:
    with TestClient(build_app([store.name]), base_url="http://localhost") as client:
        found = client.get("/frist/")
        assert found.status_code == 404
        assert "did you mean &#39;first&#39;" in found.text
        assert "no finished episode &#39;&lt;b&gt;" in client.get("/first/e/<b>").text
        assert client.get("/first/?page=x").status_code == 400
        assert client.get("/first/?sort=x").status_code == 400
        assert client.get("/first/s/none").status_code == 404


def test_other_names_are_refused_and_headers_are_strict(store: Store) -> None:
    with TestClient(build_app([store.name]), base_url="http://localhost") as client:
        assert client.get("/first/", headers={"host": "evil.example"}).status_code == 400
        headers = client.get("/first/").headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_list_follows_a_run_that_is_being_written(tmp_path: Path, store: Store) -> None:
    config = store.manifest()
    assert config is not None
    copy = Store.create(tmp_path / "live.sqlite")
    copy.write_plan(config, store.scenarios())
    with (
        held(Path(copy.name)),
        TestClient(build_app([copy.name]), base_url="http://localhost") as client,
    ):
        index: Index = client.app.state.site.runs["live"].index  # type: ignore[attr-defined]
        before = client.get("/live/rows")
        assert (before.status_code, "No episode has finished yet" in before.text) == (200, True)
        episodes = list(store.episodes())
        rows = [transcript_row(e.id, e.scenario, e.agent, e.transcript) for e in episodes if e.transcript]
        copy.append(rows[:5], [])
        index.refresh()
        during = client.get("/live/rows")
        assert (during.status_code, "5 of 24 read" in during.text) == (200, True)
        copy.append(rows[5:], [])
        index.refresh()
        assert client.get("/live/rows").status_code == 286


def test_a_run_is_not_called_abandoned_while_it_is_still_being_read(tmp_path: Path, store: Store) -> None:
    manifest = store.manifest()
    assert manifest is not None
    copy = Store.create(tmp_path / "part.sqlite")
    copy.write_plan(manifest, store.scenarios())
    shown = Shown("part", copy.name, copy, Index(copy))
    assert (shown.live, shown.abandoned) == (True, False)
    shown.index.refresh()
    assert (shown.live, shown.abandoned) == (False, True)


def test_a_run_that_grows_by_an_agent_is_numbered_anew(tmp_path: Path) -> None:
    config = RunConfig(
        families=("handle_time",), per_family=1, orgs=("b2b",), agents=(AgentConfig(target="reference"),)
    )
    run = prepare(config, tmp_path / "run.sqlite")
    assert run.execute(jobs=2, listener=lambda _: None).complete
    store = run.store
    index = Index(store)
    index.refresh()
    before = len(index)
    added = prepare(
        config.model_copy(update={"agents": (AgentConfig(target="hasty"),)}),
        tmp_path / "run.sqlite",
        add_agents=True,
    )
    assert added.execute(jobs=2, listener=lambda _: None).complete
    index.refresh()
    assert len(index) == 2 * before
    rows, total = index.find(Wanted())
    assert total == 2 * before
    assert [row.agent for row in rows[:4]] == ["reference", "hasty"] * before


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("Mercy Gor", '"Mercy"* "Gor"*'),
        ('"two words" x', '"two words" "x"*'),
        ('un"balanced', '"unbalanced"*'),
        ("AND OR *", '"AND"* "OR"*'),
        ("' ; --", '""'),
    ],
)
def test_searches_are_words(typed: str, query: str, store: Store) -> None:
    assert query_of(typed) == query
    index = Index(store)
    index.refresh()
    index.find(Wanted(words=typed))


def test_a_long_text_is_found_by_the_place_of_the_first_word(store: Store) -> None:
    index = Index(store)
    index.refresh()
    rows, _ = index.find(Wanted(words="Zero width"))
    assert ["zero\u200bwidth" in row.snippet for row in rows] == [True]
    assert len(rows[0].snippet) < 200
    assert "\x02" not in rows[0].snippet


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="holds no run"):
        build_app([str(tmp_path)])
    with pytest.raises(ConfigError, match="there is no run at"):
        build_app([str(tmp_path / "x.sqlite")])


def test_the_command_tells_its_address_and_ends_at_ctrl_c(store: Store) -> None:
    command = [str(Path(sys.executable).with_name("convsim")), "view", store.name, "--port", "0", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert requests.get(address, timeout=20).status_code == 200
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=20)[1]
    assert process.returncode == 0, told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_told(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as ended:
        main(["view", store.name, "--no-open", "--port", str(taken.getsockname()[1])])
    assert ended.value.code == 2
    assert "choose another --port" in capsys.readouterr().err


def test_headings_order_the_list_both_ways_and_units_say_when_they_were_told(store: Store) -> None:
    with TestClient(build_app([store.name]), base_url="http://localhost") as client:
        index: Index = client.app.state.site.runs["first"].index  # type: ignore[attr-defined]
        index.refresh()
        most, least = (index.find(Wanted(sort=name))[0] for name in ("turns", "-turns"))
        assert [row.turns for row in most] == sorted((row.turns for row in least), reverse=True)
        assert most[0].turns > least[0].turns
        assert 'aria-sort="descending"><a href="/first/?sort=-turns"' in client.get("/first/?sort=turns").text
        hasty = next(row for row in index.find(Wanted({"agent": "hasty", "family": "handle_time"}))[0])
        page = client.get(f"/first/e/{hasty.id}").text
        assert 'class="untold">never' in page
        assert 'id="q0"' in page


def copied(store: Store, file: Path, *, episodes: int) -> Store:
    """A run of its own with the first episodes of another one, judged."""
    manifest, copy = store.manifest(), Store.create(file)
    assert manifest is not None
    copy.write_plan(manifest, store.scenarios())
    held_ = list(store.episodes())[:episodes]
    rows = [transcript_row(e.id, e.scenario, e.agent, e.transcript) for e in held_ if e.transcript]
    judged = [verdict_row(e.id, manifest.judge_id, verdict) for e in held_ for verdict in e.verdicts]
    copy.append(rows, judged)
    return copy


def test_a_run_that_nobody_works_on_is_not_live(tmp_path: Path, store: Store) -> None:
    copy = copied(store, tmp_path / "left.sqlite", episodes=5)
    Path(f"{copy.name}.lock").write_text("999999999")  # A killed process left its file behind.
    with TestClient(build_app([copy.name]), base_url="http://localhost") as client:
        client.app.state.site.runs["left"].index.refresh()  # type: ignore[attr-defined]
        part = client.get("/left/rows")
        assert part.status_code == 286
        assert "5 of 24; nobody is at work on the rest" in part.text
        assert "hx-get" not in client.get("/left/").text
        Path(f"{copy.name}.lock").unlink()
        with held(Path(copy.name)):
            assert client.get("/left/rows").status_code == 200
            assert "hx-get" in client.get("/left/").text


def test_a_replaced_transcript_is_read_again_although_it_ended_alike(tmp_path: Path, store: Store) -> None:
    copy = copied(store, tmp_path / "run.sqlite", episodes=5)
    index = Index(copy)
    index.refresh()
    episode = list(copy.episodes())[1]
    assert episode.transcript is not None
    assert index.find(Wanted(words="zyzzyva"))[1] == 0
    message = episode.transcript.messages[0].model_copy(update={"content": "zyzzyva"})
    messages = (message, *episode.transcript.messages[1:])
    other = episode.transcript.model_copy(update={"messages": messages})
    verdicts = [verdict_row(episode.id, "00", verdict) for verdict in episode.verdicts]
    copy.append([transcript_row(episode.id, episode.scenario, episode.agent, other)], verdicts)
    index.refresh()
    assert index.find(Wanted(words="zyzzyva"))[1] == 1


def test_another_judge_and_a_purge_are_noticed(tmp_path: Path, store: Store) -> None:
    copy = copied(store, tmp_path / "run.sqlite", episodes=5)
    manifest, index = copy.manifest(), Index(copy)
    assert manifest is not None
    judged = (each for each in copy.episodes() if each.verdicts)
    episode = next(each for each in judged if each.verdicts[0].score is not None)
    verdict = episode.verdicts[0]
    assert verdict.score is not None
    changed = verdict.model_copy(update={"score": 1 - verdict.score, "completed": not verdict.completed})
    copy.append([], [verdict_row(episode.id, "zz", changed)])
    index.refresh()
    before = {row.id: row.outcome for row in index.find(Wanted())[0]}
    copy.write_manifest(manifest.model_copy(update={"judge_id": "zz"}))
    index.refresh()
    after = {row.id: row.outcome for row in index.find(Wanted())[0]}
    assert {key for key in before if before[key] != after[key]} == {episode.id}
    purge(copy)
    index.refresh()
    assert {row.goal for row in index.find(Wanted())[0]} == {"[purged]"}


def test_the_runs_page_has_each_agents_scores(tmp_path: Path, store: Store) -> None:
    copy = copied(store, tmp_path / "half.sqlite", episodes=12)
    with TestClient(build_app([store.name, copy.name]), base_url="http://localhost") as client:
        for run in client.app.state.site.runs.values():  # type: ignore[attr-defined]
            run.index.refresh()
        page = client.get("/").text
    expected = {
        name: (told(m.get("score")), told(m.get("confidentiality"))) for name, m in board(store.episodes()).items()
    }
    assert expected
    for agent, (score, success) in expected.items():
        row = page[page.index(f'href="/first/?agent={agent}"') :]
        assert f'data-unit="completion">{score}<' in row[:400]
        assert f'data-unit="confidentiality">{success}<' in row[:400]


def test_hosts_are_answered_by_the_names_that_are_allowed(store: Store) -> None:
    app = build_app([store.name], hosts=["desk.example.org", "10.0.0.7"])
    with TestClient(app, base_url="http://localhost") as client:
        for host in ("desk.example.org:8766", "10.0.0.7", "localhost:8766", "[::1]:8766"):
            assert client.get("/first/", headers={"host": host}).status_code == 200, host
        assert client.get("/first/", headers={"host": "other.example.org"}).status_code == 400


@pytest.mark.parametrize("name", ["", "http://desk", "desk:8766", "de*sk", "a b"])
def test_what_is_no_host_is_refused(store: Store, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["view", store.name, "--no-open", "--port", "0", "--allow-host", name])
    assert ended.value.code == 2
    assert "without scheme and port" in capsys.readouterr().err
