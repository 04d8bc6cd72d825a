"""A team's run store: a real PostgreSQL server holds what a file holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres import program, server

from convsim.draws import fingerprint
from convsim.errors import ConfigError
from convsim.records.episode import AgentConfig, Episode
from convsim.runs.config import RunConfig
from convsim.runs.exports.files import csv_lines
from convsim.runs.purge import purge
from convsim.runs.run import prepare
from convsim.runs.store import Store

if program("initdb") is None:
    pytest.skip("no PostgreSQL server is installed: apt-get install postgresql", allow_module_level=True)


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def url(running: str, request: pytest.FixtureRequest) -> str:
    """A database of each test's own."""
    name = "t" + fingerprint(request.node.name)
    engine = sa.create_engine(running, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return running.replace("/postgres", f"/{name}")


def config(**changes: Any) -> RunConfig:
    agents = tuple(AgentConfig(target=name) for name in ("reference", "leaker"))
    families = ("handle_time", "private_customer_information")
    return RunConfig(**{"families": families, "per_family": 2, "orgs": ("b2b",), "agents": agents, **changes})


def run(place: Path | str, chosen: RunConfig, **given: Any) -> list[Episode]:
    prepared = prepare(chosen, place)
    outcome = prepared.execute(jobs=4, listener=lambda _: None, **given)
    assert outcome.complete, outcome.told
    found = list(prepared.store.episodes())
    prepared.store.close()
    return found


def timeless(episode: Episode) -> dict[str, Any]:
    told = episode.model_dump(mode="json", by_alias=True)
    told["transcript"].pop("duration_s")
    for query in told["transcript"]["queries"]:
        query.pop("duration_ms")
    return told


def test_it_holds_what_a_file_holds(url: str, tmp_path: Path) -> None:
    on_server, in_file = run(url, config()), run(tmp_path / "run.sqlite", config())
    assert [timeless(each) for each in on_server] == [timeless(each) for each in in_file]
    store = Store.open(url)
    assert len(list(csv_lines(store))) == len(in_file) + 1
    store.close()


def test_the_same_command_goes_on(url: str) -> None:
    first = run(url, config(limit=3))
    assert len(first) == 6
    with pytest.raises(ConfigError, match=r"config\.seed: 0 -> 5"):
        prepare(config(limit=3, seed=5), url)
    again = prepare(config(limit=3), url)
    outcome = again.execute(jobs=2, listener=lambda _: None, workers=2)
    again.store.close()
    assert (outcome.stored, outcome.finished) == (6, 0)


def test_one_process_at_a_time(url: str) -> None:
    held = prepare(config(limit=1), url)
    with pytest.raises(ConfigError, match="another process is working on it"):
        prepare(config(limit=1), url)
    held.release()
    held.store.close()
    run(url, config(limit=1))


def test_a_run_is_purged_there_too(url: str) -> None:
    run(url, config(limit=2))
    store = Store.open(url)
    assert purge(store) == 4
    assert {m.content for each in store.episodes() for m in each.transcript.messages} == {"[purged]"}  # type: ignore[union-attr]
    store.close()


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match=r"postgresql\+psycopg://nobody@127.0.0.1:1/none"):
        Store.create("postgresql+psycopg://nobody@127.0.0.1:1/none")
