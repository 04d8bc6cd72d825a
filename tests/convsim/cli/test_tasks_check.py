"""`convsim tasks check` as a shell sees it."""

import json

from shells import Shell


def test_all_checks_every_instance_of_a_full_run(shell: Shell) -> None:
    done = shell("tasks", "check", "--all", "--families", "named_entity_disambiguation", "--org", "b2c", "--json")
    rows = {row["name"]: row for row in map(json.loads, done.out.splitlines())}
    assert done.code == 0
    assert "of 100 " in rows["reference solution"]["figure"]
    assert {"oracles agree", "required units", "constant answer", "none share", "distinct"} < rows.keys()
