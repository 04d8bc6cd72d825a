"""A purged run says nothing any more and reports the same."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from convsim.cli.purge import command
from convsim.cli.score import command as score
from convsim.errors import ConfigError
from convsim.records.episode import AgentConfig
from convsim.report.tables import rows
from convsim.runs.config import RunConfig
from convsim.runs.run import prepare
from convsim.runs.store import Store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.sqlite"
    families = ("handle_time", "private_customer_information")
    agents = tuple(AgentConfig(target=name) for name in ("reference", "leaker"))
    chosen = RunConfig(families=families, per_family=2, orgs=("b2c",), agents=agents)
    assert prepare(chosen, path).execute(jobs=2, listener=lambda _: None).complete
    return path


def test_scores_stay_and_texts_go(file: Path) -> None:
    before = list(Store.open(file).episodes())
    table = rows(before)
    secrets = {
        text
        for episode in before
        for text in (
            *(message.content for message in episode.transcript.messages),  # type: ignore[union-attr]
            *(query.text for query in episode.transcript.queries),  # type: ignore[union-attr]
            *(each.value for each in episode.scenario.task.protected),
            episode.scenario.task.requester.name,
            episode.scenario.task.request,
        )
        if len(text) >= 8
    }
    done = CliRunner().invoke(command, [str(file), "--yes"], standalone_mode=False, catch_exceptions=False)
    assert done.return_value == 0
    assert rows(Store.open(file).episodes()) == table
    left = b"".join(each.read_bytes() for each in file.parent.glob("run.sqlite*"))
    assert not [text for text in secrets if text.encode() in left]


def test_it_asks_first_and_cannot_be_judged_afterwards(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="confirm with --yes"):
        CliRunner().invoke(command, [str(file)], standalone_mode=False, catch_exceptions=False)
    assert file.read_bytes() == before
    CliRunner().invoke(command, [str(file), "--yes"], standalone_mode=False, catch_exceptions=False)
    with pytest.raises(ConfigError, match="was purged: its texts are gone"):
        CliRunner().invoke(score, [str(file)], standalone_mode=False, catch_exceptions=False)
