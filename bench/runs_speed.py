"""Speed of runs: ours, the limit, and their ratio, on the bench mix of the design targets.

    python bench/runs_speed.py [--episodes 5000]

The mix: 8 messages, the agent's of about 60 words, two queries of five rows; offline user, rule judge, SQLite store.
Each figure comes from a process of its own. CPU is user and system time of the whole process.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
MESSAGES = 8
TASKS = 10
LATENCY = 0.2
IDEAL = 256 * 8 * LATENCY / 64


def config(episodes: int, agent: str) -> Any:
    from runs_agents import TURNS

    from convsim.records.episode import AgentConfig
    from convsim.runs.config import LimitConfig, RunConfig

    return RunConfig(
        families=("handle_time",),
        per_family=TASKS,
        orgs=("b2b",),
        trials=-(-episodes // TASKS),
        limit=episodes,
        agents=(AgentConfig(target=f"runs_agents:{agent}"),),
        limits=LimitConfig(turns=TURNS),
    )


def prepared(folder: str, episodes: int, agent: str) -> Any:
    """A run that is ready, after a small one has loaded and filled everything that is loaded once."""
    from convsim.runs.run import prepare

    warm = prepare(config(TASKS, agent), Path(folder) / f"warm-{agent}.sqlite")
    assert warm.execute(jobs=8, listener=lambda _: None).complete
    return prepare(config(episodes, agent), Path(folder) / f"{agent}-{episodes}.sqlite")


def executed(run: Any, jobs: int) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    outcome = run.execute(jobs=jobs, listener=lambda _: None)
    assert outcome.complete, outcome.told
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def check_mix(run: Any) -> None:
    for episode in run.store.episodes():
        assert len(episode.transcript.messages) == MESSAGES, episode.transcript.messages
        return


def measure_whole(episodes: int) -> dict[str, float]:
    """CPU a message of whole runs, client to store."""
    with tempfile.TemporaryDirectory() as folder:
        run = prepared(folder, episodes, "mix")
        found = executed(run, jobs=8)
        check_mix(run)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"ms_a_message": found["cpu"] / episodes / MESSAGES * 1000, "peak_mb": peak, **found}


def measure_talk(episodes: int) -> dict[str, float]:
    """CPU a message of user and loop alone: no queries, no judge, no store."""
    with tempfile.TemporaryDirectory() as folder:
        run = prepared(folder, episodes, "mix")
        cpu = asyncio.run(_talked(run.plan))
        run.release()
        return {"ms_a_message": cpu / episodes / MESSAGES * 1000}


async def _talked(plan: Any) -> float:
    from runs_agents import TURNS, Mix

    from convsim.conversation import Limits, converse
    from convsim.users.simulated import SimulatedUser

    sessions = [plan.worlds["b2b"].open_session(each.task.requester) for each in plan.scenarios]
    cpu = time.process_time()
    for scenario, session in zip(plan.scenarios, sessions, strict=True):
        user = SimulatedUser(scenario, plan.library.get(scenario.persona), config=plan.config.user)
        transcript = await converse(user, Mix(None), session, limits=Limits(turns=TURNS))
        assert len(transcript.messages) == MESSAGES
    return time.process_time() - cpu


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def measure_memory(episodes: int) -> dict[str, float]:
    """Resident memory that so many conversations, all open at once, add to the process."""
    with tempfile.TemporaryDirectory() as folder:
        from convsim.runs.run import prepare

        run = prepare(config(episodes, "slow"), Path(folder) / "run.sqlite")
        before = resident()
        executed(run, jobs=episodes)
        return {"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before}


def measure_waiting(episodes: int) -> dict[str, float]:
    """Wall time of conversations with 8 calls of 200 ms each, 64 at once."""
    with tempfile.TemporaryDirectory() as folder:
        return executed(prepared(folder, episodes, "slow"), jobs=64)


def measure_help(repetitions: int) -> dict[str, float]:
    """CPU of `convsim --help`, whole process, median."""
    found = []
    for _ in range(repetitions):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", "from convsim.cli import main; main(['--help'])"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=HERE.parent)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"cpu": statistics.median(found)}


MEASURES: dict[str, Callable[[int], dict[str, float]]] = {
    "whole": measure_whole,
    "talk": measure_talk,
    "memory": measure_memory,
    "waiting": measure_waiting,
    "help": measure_help,
}


def measured(name: str, number: int) -> dict[str, float]:
    """Return a measure from a process of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, __file__, "--only", name, str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def rows(episodes: int) -> Iterator[tuple[str, float, float, str]]:
    """Yield (figure, ours, limit, unit)."""
    talk, small, large = measured("talk", 1000), measured("whole", 100), measured("whole", episodes)
    yield "simulator and loop, CPU a message", talk["ms_a_message"], 0.8, "ms"
    yield f"whole path, CPU a message, {episodes:,} episodes", large["ms_a_message"], 2.0, "ms"
    yield f"cost a message, {episodes:,} episodes against 100", large["ms_a_message"] / small["ms_a_message"], 1.1, "x"
    yield f"peak memory, {episodes:,} episodes against 100", large["peak_mb"] - small["peak_mb"], 150, "MB"
    yield "memory of 256 open conversations", measured("memory", 256)["mb"], 150, "MB"
    yield "memory of 1,000 open conversations", measured("memory", 1000)["mb"], 150 * 1000 / 256, "MB"
    waiting = measured("waiting", 256)
    yield "256 conversations x 8 calls x 200 ms, -j 64, wall", waiting["wall"], 1.10 * IDEAL, "s"
    yield "the same, CPU", waiting["cpu"], IDEAL, "s"
    yield "convsim --help, CPU", measured("help", 9)["cpu"], 0.15, "s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=5000)
    parser.add_argument("--only", nargs=2, metavar=("MEASURE", "N"), help="print one measure as JSON")
    given = parser.parse_args()
    if given.only:
        print(json.dumps(MEASURES[given.only[0]](int(given.only[1]))))
        return
    print("| figure | ours | limit | ours/limit |\n|---|---|---|---|")
    for figure, ours, limit, unit in rows(given.episodes):
        print(f"| {figure} | {ours:.2f} {unit} | {limit:.2f} {unit} | {ours / limit:.2f} |", flush=True)


if __name__ == "__main__":
    main()
