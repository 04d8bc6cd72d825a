"""A run that is killed again and again: nothing is lost, doubled or changed.

    python bench/kills.py [--kills 100]

Each time the process is killed at a drawn moment (SIGKILL), the store is read: every episode that was finished before
is there once and unchanged. In the end the scores equal those of a run that nobody disturbed.
"""

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]
FAMILIES = ("handle_time", "knowledge_qa", "private_customer_information")


def begin(out: Path, per_family: int) -> "subprocess.Popen[bytes]":
    code = "from convsim.cli import main; main()"
    words = ["run", "--agent", "slow_agent:factory", "--per-family", str(per_family), "-j", "2", "--out", str(out)]
    words += [word for family in FAMILIES for word in ("--families", family)]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "tests" / "convsim" / "runs")}
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def contents(out: Path) -> dict[str, Any]:
    """Episode -> everything that a repetition must give again."""
    from convsim.runs.store import Store

    store = Store.open(out)
    episodes = [episode for episode in store.episodes() if episode.transcript is not None]
    store.close()
    doubled = [name for name, count in Counter(each.id for each in episodes).items() if count > 1]
    assert not doubled, doubled
    return {each.id: (timeless(each), each.verdicts) for each in episodes}


def timeless(episode: Any) -> dict[str, Any]:
    told = episode.transcript.model_dump(mode="json")
    del told["duration_s"]
    for query in told["queries"]:
        del query["duration_ms"]
    return told


def wait(out: Path, before: int, number: int, process: "subprocess.Popen[bytes]") -> None:
    """Return at a drawn moment: while the run is prepared (one in four), or soon after it has stored something new."""
    from convsim.draws import chance, uniform

    if chance(0.25, "early", number):
        time.sleep(2 * uniform("moment", number))
        return
    while process.poll() is None and stored(out) <= before:
        time.sleep(0.005)
    time.sleep(0.4 * uniform("moment", number))


def stored(out: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{out}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM episodes").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder) / "whole.sqlite", Path(folder) / "killed.sqlite"
        assert begin(whole, given.kills).wait() == 0
        expected = contents(whole)
        seen: dict[str, Any] = {}
        done = early = 0
        while done < given.kills:
            process = begin(killed, given.kills)
            wait(killed, len(seen), done, process)
            if process.poll() is not None:
                break
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            found = contents(killed) if killed.exists() else {}
            assert seen.keys() <= found.keys(), "a finished episode was lost"
            assert all(found[name][0] == expected[name][0] for name in found), "a transcript changed"
            early += len(found) == len(seen)
            seen = found
        assert begin(killed, given.kills).wait() == 0
        assert contents(killed) == expected, "the scores differ from those of an undisturbed run"
    print(
        f"{done} kills ({early} before anything new was stored), {len(expected)} episodes: each there once, none lost,"
    )
    print("none lost, transcripts and scores as without a kill")


if __name__ == "__main__":
    main()
