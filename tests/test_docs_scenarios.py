"""docs/scenarios.md: whoever follows it from nothing gets scenarios that pass lint and that the reference solves."""

import re
import shlex
from pathlib import Path

import pytest

from convsim.cli import main
from convsim.runs.store import Store
from tasks.scenarios.scenario import Scenario

DOC = (Path(__file__).parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
FILES = re.findall(r'```yaml title="(\S+)"\n(.*?)```', DOC, flags=re.DOTALL)
COMMANDS = [
    line[2:] for block in re.findall(r"```console\n(.*?)```", DOC, flags=re.DOTALL) for line in block.splitlines()
]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("author")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, text in FILES:
            (folder / name).write_text(text, encoding="utf-8")
        for command in COMMANDS:
            with pytest.raises(SystemExit) as ended:
                main(shlex.split(command)[1:])
            assert ended.value.code in (0, None), command
    return folder


@pytest.mark.parametrize("name", ["busy_people", "channels", "phone_probe"])
def test_the_reference_solves_what_the_guide_writes_and_hasty_does_not(followed: Path, name: str) -> None:
    scores: dict[str, list[float]] = {}
    for episode in Store.open(followed / f"{name}.sqlite").episodes():
        scores.setdefault(episode.agent.target, []).append(episode.verdicts[0].score)
        assert episode.scenario.task.origin.endswith(".yaml")
    assert set(scores["reference"]) == {1.0}
    assert 0.0 in scores["hasty"]


def test_the_guide_names_every_key() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", DOC, flags=re.MULTILINE)
    assert rows == list(Scenario.model_fields)
