"""Guidance as a user meets it: conditions side by side, their table, and what cannot be combined."""

import pytest

from convsim.cli import main
from convsim.guidance.conditions import BLOCKS
from convsim.report.guidance import guidance_rows, sheets_of
from convsim.runs.store import Store

FEW = ["--families", "best_region_identification", "--families", "sales_cycle_understanding", "--per-family", "2"]


def ran(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["run", *FEW, "--org", "b2b", "--no-baselines", *words])
    return int(ended.value.code or 0)


@pytest.mark.parametrize("style", ["react", "tools"])
def test_all_conditions_on_the_same_scenarios(tmp_path, monkeypatch, capsys, style):
    monkeypatch.chdir(tmp_path)
    assert ran("--agent", "pupil", "--guidance", "all", "--style", style, "--out", "p.sqlite") == 0
    printed = capsys.readouterr().out
    assert "source+subroutines (correct)" in printed
    assert "11 of 11" in printed
    episodes = list(Store.open("p.sqlite").episodes())
    assert len(episodes) == 7 * 4
    assert len({episode.scenario.id for episode in episodes}) == 4
    blocks = {e.agent.guidance: [b.name for b in e.transcript.prompt if b.name in BLOCKS] for e in episodes}
    assert blocks == {
        "raw": [],
        "functions": ["functions"],
        "functions+subroutines": ["functions", "subroutines"],
        "source": ["functions"],
        "source+subroutines": ["functions", "subroutines"],
        "workflow-technical": ["demonstration"],
        "workflow-plain": ["demonstration"],
    }
    for condition, asked in (("functions", {"best_region"}), ("source+subroutines", {"closed_cases", "extreme"})):
        told = [e for e in episodes if e.agent.guidance == condition and "region" in e.scenario.task.family]
        calls = [q for e in told for q in e.transcript.queries if q.kind == "call"]
        assert {call.outcome for call in calls} == {"ok"}
        assert {call.text.partition("(")[0] for call in calls} >= asked
        finals = [e.transcript.messages[-2].final or e.transcript.messages[-1].final for e in told]
        assert finals == [e.scenario.task.gold for e in told]
    with pytest.raises(SystemExit):
        main(["report", "p.sqlite", "--html", "p.html"])
    page = (tmp_path / "p.html").read_text("utf-8")
    assert 'id="guidance"' in page
    assert "workflow-technical (handle_time)" in page


def test_faults_and_files_are_told_beside_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert ran("--agent", "pupil", "--guidance", "functions+subroutines", "--subroutines", "seeded-faults") == 0
    assert "5 of 11 (not managed_cases, more_than" in capsys.readouterr().out
    file = tmp_path / "mine.py"
    file.write_text("def mean_of_each(figures):\n    return {k: sum(v) / len(v) for k, v in figures.items() if v}\n")
    words = ("--agent", "pupil", "--guidance", "source+subroutines", "--subroutines", "mine.py", "--out", "f.sqlite")
    assert ran(*words) == 0
    assert "1 of 11" in capsys.readouterr().out
    file.unlink()
    stored = Store.open("f.sqlite").manifest()
    assert stored.config.agents[0].subroutines.source.startswith("def mean_of_each")
    file.write_text("def mean_of_each(figures):\n    return {}\n")
    assert ran(*words) == 2
    assert "subroutines.source" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--guidance", "function"], "unknown guidance condition 'function': did you mean 'functions'"),
        (["--guidance", "functions", "--guidance-example", "handle_time"], "only workflow-technical and"),
        (["--subroutines", "correct"], "only functions+subroutines and source+subroutines"),
        (["--guidance", "source+subroutines", "--subroutines", "corect"], "did you mean 'correct'"),
        (
            ["--guidance", "workflow-plain", "--guidance-example", "sales_amount_understanding"],
            "only seen families have a demonstration: handle_time",
        ),
    ],
)
def test_mistakes(tmp_path, monkeypatch, capsys, words, hint):
    monkeypatch.chdir(tmp_path)
    assert ran("--agent", "pupil", *words) == 2
    assert hint in capsys.readouterr().err.replace("convsim: ", "")


def test_faulty_parts_hurt_where_their_source_is_shown(tmp_path, monkeypatch):
    """The study's fourth column: agents put together what they are shown, although the whole function is right."""
    monkeypatch.chdir(tmp_path)
    words = ["--families", "transfer_count", "--per-family", "4", "--org", "b2b", "--no-baselines", "--agent", "pupil"]
    words += ["--guidance", "source", "--guidance", "source+subroutines", "--subroutines", "seeded-faults"]
    with pytest.raises(SystemExit) as ended:
        main(["run", *words, "--out", "p.sqlite"])
    assert not ended.value.code
    store = Store.open("p.sqlite")
    whole, parts = guidance_rows(store.episodes(), sheets_of([store]))
    assert whole.seen.mean == 1.0
    assert parts.condition == "source+subroutines (seeded-faults)"
    assert parts.seen.mean <= 0.5
    hurt = next(e for e in store.episodes() if e.agent.guidance == "source+subroutines")
    called = {query.text.partition("(")[0] for query in hurt.transcript.queries if query.kind == "call"}
    assert called == {"managed_cases", "more_than", "transfers_away", "extreme"}


def test_an_empty_file_holds_no_parts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("\n")
    assert ran("--agent", "pupil", "--guidance", "source+subroutines", "--subroutines", "mine.py") == 2
    assert "--subroutines mine.py is empty" in capsys.readouterr().err


def test_privacy_and_calendar_stay_blocks_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ("--agent", "pupil", "--guidance", "workflow-plain", "--privacy-prompt", "--aided", "--limit", "1")
    assert ran(*words, "--out", "b.sqlite") == 0
    (episode,) = Store.open("b.sqlite").episodes()
    names = [block.name for block in episode.transcript.prompt]
    assert names == ["role", "actions", "schema", "aided", "privacy", "demonstration", "policy", "login"]
    assert all(block.tokens > 0 for block in episode.transcript.prompt)


def test_who_cannot_take_guidance(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert ran("--agent", "reference", "--guidance", "functions") == 2
    assert "reads no prompt" in capsys.readouterr().err
    assert ran("--agent", "http://127.0.0.1:9/v1", "--guidance", "functions") == 2
    assert "cannot call functions" in capsys.readouterr().err


def test_reference_agents_beside_others_are_said_to_read_no_prompt(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    both = ("--agent", "pupil", "--agent", "reference", "--dry-run")
    assert ran(*both, "--guidance", "functions", "--aided") == 0
    said = capsys.readouterr()
    assert "note: no effect on reference (no prompt is read): --guidance, --aided" in said.err
    assert ran("--agent", "reference", "--privacy-prompt", "--dry-run") == 0
    assert "note: no effect on reference (no prompt is read): --privacy-prompt" in capsys.readouterr().err
    assert ran(*both) == 0
    assert "note:" not in capsys.readouterr().err


def test_variables(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONVSIM_GUIDANCE", "raw workflow-plain")
    monkeypatch.setenv("CONVSIM_GUIDANCE_EXAMPLE", "transfer_count")
    (tmp_path / "c.yaml").write_text("agent: [pupil]\n")
    assert ran("--config", "c.yaml", "--dry-run") == 0
    assert "4 scenarios x 2 agents" in capsys.readouterr().out
