"""`convsim tasks import`: what it prints and writes, and what it refuses."""

import json
from pathlib import Path

TASK = {
    "idx": 3,
    "answer": ["005AB0000000001AAA"],
    "task": "handle_time",
    "persona": "You are a busy planner.",
    "metadata": {"required": "## Today's date: 2023-05-09", "optional": ""},
    "reward_metric": "exact_match",
    "query": "Over the past 3 weeks, who had the shortest handle time with at least two cases? Return only the Id.",
}


def test_tasks_are_reported_and_written(shell, tmp_path: Path) -> None:
    file, out = tmp_path / "own.json", tmp_path / "tasks.jsonl"
    file.write_text(json.dumps([TASK]))
    done = shell("tasks", "import", str(file), "--json", "--out", str(out))
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["tasks"], told["segmented"], told["flagged"], told["problems"]) == (1, 1, 0, [])
    assert told["families"] == {"handle_time": {"tasks": 1, "segmented": 1}}
    assert json.loads(out.read_text())["voice"] == TASK["persona"]


def test_golds_that_the_org_does_not_give_are_listed(shell, tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps([TASK]))
    done = shell("tasks", "import", str(file), "--org", "b2b", "--json")
    assert done.code == 0, done.err
    assert "the org's tables give" in json.loads(done.out)["problems"][0]["reason"]


def test_a_missing_file_is_refused(shell) -> None:
    done = shell("tasks", "import", "nowhere.json")
    assert done.code == 2
    assert "nowhere.json cannot be read" in done.err
