"""A run that is killed again and again: nothing is lost, doubled or changed.

    python bench/kills.py [--kills 100]

Each time the process is killed at a drawn moment (SIGKILL), the store is read: every episode that was finished before
is there once and unchanged. In the end the scores equal those of a run that nobody disturbed.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "convsim" / "runs")]
from hatchery import Hatched, hatch  # noqa: E402 - found by the line before

FAMILIES = ("handle_time", "knowledge_qa", "private_customer_information")
SECONDS = 0.08
"""What a reply of the slow agent takes, so that most moments lie within a conversation."""
REPLIES = "4"
"""What it gives before it waits to be killed, so that no run ends first on a slow machine."""
TRIALS = 6


def begin(out: Path, per_family: int, jobs: int, **environment: str) -> Hatched:
    told = f"run --agent slow_agent:factory --agent-args seconds={SECONDS} --agent reference --no-baselines --org b2b"
    told += f" --per-family {per_family} --trials {TRIALS} -j {jobs}"
    words = [*told.split(), "--out", str(out), *(word for family in FAMILIES for word in ("--families", family))]
    return hatch(*words, cwd=out.parent, **environment)


def end(out: Path, per_family: int) -> None:
    """Run to the end, with more conversations at once: that changes nothing."""
    with begin(out, per_family, jobs=16) as process:
        told = process.communicate(1200)
        assert process.wait() == 0, told


def contents(out: Path) -> dict[str, Any]:
    """Episode -> everything that a repetition must give again."""
    from convsim.runs.store import Store

    store = Store.open(out)
    found = {each.id: (timeless(each.transcript), each.verdicts) for each in store.episodes()}
    store.close()
    return found


def timeless(transcript: Any) -> dict[str, Any]:
    told: dict[str, Any] = transcript.model_dump(mode="json")
    del told["duration_s"]
    for query in told["queries"]:
        del query["duration_ms"]
    return told


def transcripts(out: Path) -> dict[str, str]:
    """Episode -> its transcript as it is stored; raises where one is there twice."""
    if not stored(out):
        return {}
    with closing(sqlite3.connect(f"file:{out}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT id, transcript FROM episodes").fetchall()
    assert len(dict(rows)) == len(rows), "an episode is stored twice"
    return dict(rows)


def wait(out: Path, before: int, number: int, process: Hatched) -> None:
    """Return at a drawn moment: while the run is prepared (one in four), or soon after it has stored something new."""
    from convsim.draws import chance, uniform

    if chance(0.25, "early", number):
        time.sleep(2 * uniform("moment", number))
        return
    while process.poll() is None and stored(out) <= before:
        time.sleep(0.01)
    time.sleep(0.4 * uniform("moment", number))


def stored(out: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{out}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM episodes").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def killed_again_and_again(out: Path, kills: int, per_family: int, expected: dict[str, Any]) -> int:
    """Kill a run so often; return how many kills came before it had stored anything new."""
    from convsim.records.transcript import Transcript

    seen: dict[str, str] = {}
    early = 0
    for number in range(kills):
        with begin(out, per_family, jobs=2, CONVSIM_TEST_REPLIES=REPLIES) as process:
            wait(out, len(seen), number, process)
            assert process.poll() is None, process.communicate()
            process.kill()
        found = transcripts(out)
        assert seen.items() <= found.items(), "a finished episode was lost or changed"
        for name in found.keys() - seen.keys():
            assert timeless(Transcript.model_validate_json(found[name])) == expected[name][0], "a transcript differs"
        early += len(found) == len(seen)
        seen = found
    return early


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    kills: int = parser.parse_args().kills
    per_family, began = max(2, kills // 5), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder) / "whole.sqlite", Path(folder) / "killed.sqlite"
        end(whole, per_family)
        expected = contents(whole)
        early = killed_again_and_again(killed, kills, per_family, expected)
        end(killed, per_family)
        assert contents(killed) == expected, "the scores differ from those of an undisturbed run"
    print(
        f"{kills} kills ({early} before anything new was stored), {len(expected)} episodes: each there once, none lost,"
    )
    print(f"transcripts and scores as without a kill; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
