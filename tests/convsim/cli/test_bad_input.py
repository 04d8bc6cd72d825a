"""Bad input: one line that says what is wrong and what to do, exit code 2, and nothing stored is lost."""

from pathlib import Path

import pytest
from shells import Shell

SMALL = ("run", "--families", "handle_time", "--per-family", "1", "--org", "b2b", "--no-baselines")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("run", "--agent", "referenc"), "did you mean 'reference'?"),
        (("run", "--agent", "nobody.at:home"), "nobody"),
        (("run", "--agent", "reference", "--families", "handle_times"), "did you mean 'handle_time'?"),
        ((*SMALL, "--agent", "reference", "--personas", "jon"), "did you mean 'john_it_director'?"),
        ((*SMALL, "--agent", "reference", "--personas", "missing.yaml"), "there is no such file"),
        (("run", "--agent", "reference", "--org", "b2x"), "did you mean 'b2b'?"),
        (("run", "--agent", "reference", "--per-family", "0"), "0 is not in the range x>=1"),
        ((*SMALL, "--agent", "reference", "--per-family", "100000"), "handle_time"),
        (("run", "--agent", "reference", "--delivery", "drip"), "'single', 'concat', 'multi', 'mute'"),
        (("run", "--agent", "reference", "--judge", "coin"), "unknown judge 'coin'"),
        ((*SMALL, "--agent", "reference", "--user", "scripted/ecko"), "did you mean 'echo'?"),
        ((*SMALL, "--agent", "reference", "--user", "scripted/echo", "--user-args", "heat=1"), "'heat'"),
        ((*SMALL, "--agent", "reference", "--reader", "scripted/ecko"), "did you mean 'echo'?"),
        ((*SMALL, "--agent", "reference", "--user", "openai/x", "--user-base-url", "here"), "no address of a server"),
        (("play", "--as", "user", "--reader", "scripted/echo"), "that is you"),
        (
            ("run", "--agent", "reference", "--fail-under", "scor=1"),
            "did you mean 'score'? --fail-under takes METRIC=X",
        ),
        (("run", "--agent", "reference", "--fail-under", "compltion=1"), "did you mean 'completion'?"),
        (("run", "--agent", "reference", "--budget-usd", "nan"), "nan is not in the range x>0"),
        (("run", "--agent", "reference", "--timeout", "nan"), "'--timeout': nan is not in the range x>0"),
        (("run", "--agent", "reference", "--fail-under", "score=high"), "'high' is no number"),
        (("run", "--agent", "openai/x", "--agent-args", "temperature"), "takes key=value"),
        (("run", "--agent", "reference", "--fail-under", "score=2"), "lies between 0 and 1"),
        ((*SMALL, "--agent", "reference", "--scale", "-1"), "scale"),
        (("run", "--no-baselines"), "no agent"),
        (("run", "--config", "none.yaml"), "none.yaml"),
        (("report", "none.sqlite"), "there is no run at none.sqlite"),
        (("score", "none.jsonl"), "none.jsonl cannot be read"),
        (("tasks", "show", "handle_time"), "is no task id"),
        (("tasks", "check", "--seeds", "4-1"), "a range such as 0-4"),
        (("personas", "show", "jon"), "did you mean 'john_it_director'?"),
        (("org", "query", "SELEC Id FROM Case"), "unexpected token"),
        (("org", "query", "SELECT Nme FROM Account"), "No such column 'Nme' on entity 'Account'"),
        (("org", "describe", "Cas"), "did you mean 'Case'?"),
        (("demmo",), "did you mean 'demo'?"),
    ],
)
def test_bad_input_is_told_and_ends_with_2(shell: Shell, args: tuple[str, ...], said: str) -> None:
    done = shell(*args)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_persona_with_a_typo_is_told_with_its_line(shell: Shell) -> None:
    shell("personas", "new", "night_lead")
    file = Path("night_lead.yaml")
    file.write_text(file.read_text().replace("audience: employee", "audience: employe"))
    done = shell(*SMALL, "--agent", "reference", "--personas", str(file), "--personas", "night_lead")
    assert done.code == 2
    assert "night_lead.yaml:" in done.err
    assert "employee" in done.err
    lint = shell("personas", "lint", str(file))
    assert lint.code == 2
    assert "night_lead.yaml:" in lint.out


def test_a_torn_store_is_refused_and_kept(shell: Shell) -> None:
    file = Path("run.sqlite")
    file.write_bytes(b"SQLite format 3\x00" + b"\x01" * 500)
    before = file.read_bytes()
    done = shell(*SMALL, "--agent", "reference", "--out", "run.sqlite")
    assert done.code == 2
    assert "cut off" in done.err
    assert file.read_bytes() == before


def test_a_changed_run_is_refused_with_a_diff_and_kept(shell: Shell) -> None:
    assert shell(*SMALL, "--agent", "reference", "--out", "run.sqlite").code == 0
    before = shell("export", "run.sqlite").out
    changed = shell(*SMALL, "--agent", "hasty", "--out", "run.sqlite")
    assert changed.code == 2
    assert "agent 'reference' is missing" in changed.err
    reseeded = shell(*SMALL, "--agent", "reference", "--seed", "7", "--out", "run.sqlite")
    assert reseeded.code == 2
    assert "config.seed: 0 -> 7" in reseeded.err
    assert shell("export", "run.sqlite").out == before


def test_agents_are_added_only_when_asked_for(shell: Shell) -> None:
    assert shell(*SMALL, "--agent", "reference", "--out", "run.sqlite").code == 0
    refused = shell(*SMALL, "--agent", "reference", "--agent", "hasty", "--out", "run.sqlite")
    assert refused.code == 2
    assert "--add-agent" in refused.err
    added = shell(*SMALL, "--agent", "hasty", "--add-agent", "--out", "run.sqlite")
    assert added.code == 0, added.err
    assert "reference" in added.out
    assert "hasty" in added.out


def test_a_config_file_with_an_unknown_option_names_the_nearest(shell: Shell) -> None:
    Path("run.yaml").write_text("per-familly: 3\n")
    done = shell("run", "--config", "run.yaml")
    assert done.code == 2
    assert "did you mean 'per-family'?" in done.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("per-family: [1]", "run.yaml:1: 'per-family' is [1]; write one value"),
        ("per-family: null", "write one value"),
        ("limit: true", "write one value"),
        ("fresh: 1", "write true or false"),
        ("limit: many", "'many' is not a valid integer"),
        ("per-family: 1\nper-family: 2", "run.yaml:2"),
    ],
)
def test_a_config_file_with_a_wrong_value_is_refused(shell: Shell, line: str, said: str) -> None:
    Path("run.yaml").write_text(line + "\n")
    done = shell(*SMALL, "--agent", "reference", "--config", "run.yaml")
    assert done.code == 2
    assert said in done.err


def test_a_config_file_gives_what_the_flags_leave_open(shell: Shell) -> None:
    Path("run.yaml").write_text(
        "agent: reference\nfamilies: [handle_time]\norg: b2b\nper-family: 2\nno-baselines: true\n"
    )
    done = shell("run", "--config", "run.yaml", "--per-family", "1", "--dry-run", "--json")
    assert done.code == 0, done.err
    assert '"episodes": 1' in done.out


def test_a_threshold_without_a_figure_is_missed(shell: Shell) -> None:
    done = shell(*SMALL, "--agent", "reference", "--out", "run.sqlite", "--fail-under", "confidentiality=0.5")
    assert done.code == 1
    assert "nothing was measured for confidentiality" in done.err
    assert shell(*SMALL, "--agent", "reference", "--out", "run.sqlite", "--fail-under", "completion=0.5").code == 0
