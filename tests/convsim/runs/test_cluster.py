"""A Ray cluster gives what this machine gives, also when a node is killed; what travels arrives whole."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hatchery import Hatched, hatch

from convsim import __version__
from convsim.errors import ConfigError, InfrastructureError
from convsim.runs.cluster.cluster import Cluster
from convsim.runs.cluster.parcels import lay_down, pack
from convsim.runs.store import Store

HERE = Path(__file__).parent


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PYTHONPATH": str(HERE), "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, str(HERE / "two_nodes.py")]
    with (tmp_path / "cluster.log").open("w") as log:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        with subprocess.Popen(command, text=True, env=environment, cwd=tmp_path, **pipes) as process:  # type: ignore[call-overload]
            yield process
            process.communicate("\n\n", timeout=60)


def run(out: Path, *more: str) -> Hatched:
    words = "run --agent slow_agent:factory --families handle_time --per-family 20 --org b2b --no-baselines --json"
    return hatch(*words.split(), "--out", str(out), *more, cwd=out.parent)


def timeless(out: Path) -> list[dict[str, Any]]:
    found = []
    for episode in Store.open(out).episodes():
        told = episode.model_dump(mode="json", by_alias=True)
        told["transcript"].pop("duration_s")
        for query in told["transcript"]["queries"]:
            query.pop("duration_ms")
        found.append(told)
    return found


def test_two_nodes_give_what_one_machine_gives_though_one_is_killed(
    tmp_path: Path, nodes: subprocess.Popen[str]
) -> None:
    assert nodes.stdout is not None
    assert nodes.stdin is not None
    address, count = nodes.stdout.readline().split()
    assert count == "2"
    kinds: list[str] = []
    # Slow enough that the node's death is met by episodes that are still open.
    slow = ("-j", "6", "--agent-args", "seconds=0.3")
    with run(tmp_path / "shared.sqlite", "--executor", "ray", "--ray-address", address, *slow) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            kinds.append(event["event"])
            if kinds.count("episode") == 3 and event["event"] == "episode":
                nodes.stdin.write("\n")
                nodes.stdin.flush()
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode == 0, told
    assert kinds.count("episode") == 20
    assert "worker_lost" in kinds
    with run(tmp_path / "alone.sqlite", *slow) as process:
        process.communicate()
    assert timeless(tmp_path / "shared.sqlite") == timeless(tmp_path / "alone.sqlite")


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with run(tmp_path / "run.sqlite", "--executor", "ray", "--ray-address", "127.0.0.1:9") as process:
        told = process.communicate()[1]
    assert process.returncode == 3
    assert "--ray-address 127.0.0.1:9: no cluster answers" in told
    assert "Traceback" not in told


def test_an_address_without_the_executor_is_told(tmp_path: Path) -> None:
    with run(tmp_path / "run.sqlite", "--ray-address", "auto") as process:
        told = process.communicate()[1]
    assert process.returncode == 2
    assert "--ray-address needs --executor ray" in told


def test_parcels_arrive_whole_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSIM_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "bundle"
    (folder / "schema").mkdir(parents=True)
    (folder / "org.yaml").write_text("name: acme\n")
    (folder / "schema" / "Case.yaml").write_bytes(b"\0\xff")
    parcel = pack(folder)
    there = lay_down(parcel)
    assert {each.relative_to(there).as_posix() for each in there.rglob("*") if each.is_file()} == {
        "org.yaml",
        "schema/Case.yaml",
    }
    assert (there / "schema" / "Case.yaml").read_bytes() == b"\0\xff"
    assert lay_down(pack(folder)) == there
    assert [each.name for each in (tmp_path / "cache").iterdir()] == [there.name]
    (folder / "org.yaml").write_text("name: other\n")
    assert lay_down(pack(folder)) != there
    assert lay_down(pack(folder / "org.yaml")).read_text() == "name: other\n"


def test_a_node_that_differs_is_refused() -> None:
    from convsim.records.episode import AgentConfig
    from convsim.runs.cluster.players import ClusterPlayers
    from convsim.runs.config import RunConfig
    from convsim.runs.limits import Rates
    from convsim.runs.run import plan_run

    agents = (AgentConfig(target="reference"),)
    plan = plan_run(RunConfig(families=("handle_time",), per_family=1, orgs=("b2b",), agents=agents))
    players = ClusterPlayers(plan, Cluster(), rates=Rates(), listener=lambda _: None)
    with pytest.raises(InfrastructureError, match="node far has convsim"):
        players._check({"host": "far", "version": "0.0", "orgs": {}})
    with pytest.raises(InfrastructureError, match="node far has other orgs"):
        players._check({"host": "far", "version": __version__, "orgs": {"b2b": "x"}})


def test_ray_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from convsim.runs.cluster import players

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"pip install 'crm-convsim\[ray\]'"):
        players._ray()
