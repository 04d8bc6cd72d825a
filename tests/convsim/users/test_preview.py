"""The preview shows what a persona says and why, and what an edit changes."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from convsim.cli.personas import command
from convsim.cli.previewing import tasks_for
from convsim.errors import ConfigError
from convsim.users.preview import OPENINGS, preview
from personas.library import load_library

LIBRARY = load_library()
NAMES = sorted(LIBRARY.profiles)


def run(*words: str) -> str:
    done = CliRunner().invoke(command, ["preview", *words], standalone_mode=False, catch_exceptions=False)
    assert done.return_value == 0
    return done.output


@pytest.mark.parametrize("name", NAMES[:: max(1, len(NAMES) // 12)])
def test_ten_openings_with_replies_and_rules(name: str) -> None:
    profile = LIBRARY.get(name)
    found = list(preview(profile, tasks_for(profile, None, None)))
    assert sum(not each.agent for each in found) == OPENINGS
    assert all(each.user and each.why for each in found if not each.agent)
    assert all(each.why for each in found)
    assert any(each.agent for each in found)


def test_a_withheld_unit_names_openness() -> None:
    profile = LIBRARY.get("john_it_director")
    closed = profile.model_copy(update={"disclosure": profile.disclosure.model_copy(update={"openness": 1})})
    found = list(preview(closed, tasks_for(closed, "handle_time", "b2b")))
    assert any(why.startswith("withheld ") and why.endswith("openness 1") for each in found for why in each.why)


def test_diff_shows_what_an_edit_changes(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    written = CliRunner().invoke(command, ["new", "night_lead", "--file", str(old)], standalone_mode=False)
    assert written.return_value == 0
    new.write_text(old.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(str(new), "--diff", str(old)).splitlines() == ["no difference"]
    text = re.sub(r"(?m)^(\s*politeness:).*$", r"\1 1.0", old.read_text(encoding="utf-8"))
    new.write_text(re.sub(r"(?m)^(\s*verbosity:).*$", r"\1 1.0", text), encoding="utf-8")
    told = run(str(new), "--diff", str(old))
    assert told.startswith(f"--- {old}\n+++ {new}\n")
    assert any(line.startswith("+  user") for line in told.splitlines())


def test_a_family_of_another_audience_is_refused() -> None:
    with pytest.raises(ConfigError, match="speaks as employee, and family 'knowledge_qa' is spoken by"):
        tasks_for(LIBRARY.get("john_it_director"), "knowledge_qa", None)
