"""How a Ray cluster scales: measured on nodes that share this machine, then projected, with the assumptions.

    python bench/cluster.py [--episodes 128]

Each conversation makes 8 sequential calls of a model that sleeps 200 ms. The driver is the process that plans, writes
and counts; its CPU a conversation says where it saturates, whatever the nodes do.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
CALLS, LATENCY = 8, 0.2


def measure(nodes: int, episodes: int, jobs: int) -> dict[str, float]:
    """Wall and the driver's CPU of a run on so many nodes of one processor each."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(HERE)}
    import ray
    from ray.cluster_utils import Cluster as LocalCluster
    from runs_speed import config

    from convsim.runs.cluster.cluster import Cluster
    from convsim.runs.run import prepare

    cluster = LocalCluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    for _ in range(nodes - 1):
        cluster.add_node(num_cpus=1)
    ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
    began: dict[str, float] = {}

    def listener(event: dict) -> None:
        if event["event"] == "start":
            began.update(wall=time.perf_counter(), cpu=time.process_time())
        if event["event"] == "episode" and "first" not in began:
            began["first"] = time.perf_counter() - began["wall"]

    with tempfile.TemporaryDirectory() as folder:
        chosen = Cluster(cluster.address, nodes)
        run = prepare(config(episodes, "slow"), Path(folder) / "run.sqlite")
        outcome = run.execute(jobs=jobs, listener=listener, cluster=chosen)
        ended = time.perf_counter(), time.process_time()
        assert outcome.complete, outcome.told
    cluster.shutdown()
    ideal = episodes * CALLS * LATENCY / jobs
    wall = ended[0] - began["wall"] - began["first"] + CALLS * LATENCY
    return {"wall": wall, "ideal": ideal, "driver_ms": (ended[1] - began["cpu"]) / episodes * 1000}


def in_process(nodes: int, episodes: int, jobs: int) -> dict[str, float]:
    """Measure in a process of its own: a cluster leaves threads behind."""
    command = [sys.executable, __file__, "--nodes", str(nodes), "--episodes", str(episodes), "--jobs", str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=128)
    parser.add_argument("--jobs", type=int, default=32)
    parser.add_argument("--nodes", type=int, default=0)
    given = parser.parse_args()
    if given.nodes:
        print(json.dumps(measure(given.nodes, given.episodes, given.jobs)))
        return
    print("| nodes | jobs | wall from the first conversation on | ideal | driver's CPU a conversation |")
    print("|---|---|---|---|---|")
    for nodes in (1, 2):
        found = in_process(nodes, given.episodes * nodes, given.jobs * nodes)
        print(
            f"| {nodes} | {given.jobs * nodes} | {found['wall']:.1f} s | {found['ideal']:.1f} s "
            f"| {found['driver_ms']:.1f} ms |"
        )
    print(f"\nthe driver saturates at {1000 / found['driver_ms']:.0f} conversations a second")
    print("\nprojected, 8 calls a conversation, 100 conversations open on each node, none of them short of CPU:\n")
    print("| nodes | 1 s a call, conversations an hour | 5 s a call |")
    print("|---|---|---|")
    for nodes in (1, 4, 16, 64, 256):
        rates = [min(nodes * 100 / (CALLS * seconds), 1000 / found["driver_ms"]) * 3600 for seconds in (1, 5)]
        print(f"| {nodes} | {rates[0]:,.0f} | {rates[1]:,.0f} |")


if __name__ == "__main__":
    main()
