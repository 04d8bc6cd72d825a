"""The viewer's pages without a browser: what is refused, what is live, what a search means."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from starlette.testclient import TestClient

from convsim.cli import main
from convsim.errors import ConfigError, SelectionError
from convsim.records.episode import AgentConfig
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store, transcript_row
from convsim.web.app import build_app
from convsim.web.index import Index, Wanted, query_of


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
    with TestClient(build_app([copy.name]), base_url="http://localhost") as client:
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
