"""The report says who spoke English although the persona speaks another language."""

from pathlib import Path

import pytest

from convsim.cli import main
from convsim.records.episode import AgentConfig
from convsim.report.languages import spoken_english
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare


@pytest.mark.parametrize(
    ("persona", "told"), [("mei_workforce_planner", "mei_workforce_planner (zh)"), ("ingrid_quality_analyst", "")]
)
def test_personas_of_other_languages_are_named(
    persona: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agents = (AgentConfig(target="refuser"),)
    config = RunConfig(families=("handle_time",), per_family=1, orgs=("b2b",), agents=agents, personas=persona)
    file, page = tmp_path / "run.sqlite", tmp_path / "report.html"
    run = prepare(config, file)
    assert run.execute(jobs=1, listener=lambda _: None).complete
    note = spoken_english([run.store])
    assert note.endswith(told)
    assert bool(note) == bool(told)
    with pytest.raises(SystemExit):
        main(["report", str(file), "--html", str(page)])
    assert told in capsys.readouterr().err
    assert told in page.read_text(encoding="utf-8")
