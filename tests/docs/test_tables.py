"""Tables of the documentation name all that there is."""

import re
from pathlib import Path

import pytest
from pages import DOCS

from convsim.agents import human as agent
from convsim.guidance.conditions import CONDITIONS
from convsim.report import card, failures
from convsim.users import human as user
from personas.profile import Disclosure, Patience, Pretext, Style
from tasks.scenarios.scenario import Scenario


def first_column(name: str) -> list[str]:
    """Return what stands in backticks in the first cells of a page's tables."""
    return re.findall(r"^\| `([^`]+)`", (DOCS / name).read_text("utf-8"), flags=re.MULTILINE)


def test_every_line_that_a_player_may_type() -> None:
    tables = "".join(re.findall(r"^\| (.+?) \|", (DOCS / "play.md").read_text("utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"/(\w+)", tables)) == {*agent.COMMANDS, *user.COMMANDS}


def test_every_key_of_a_scenario() -> None:
    assert [key for key in first_column("scenarios.md") if key.isidentifier()] == list(Scenario.model_fields)


def test_every_condition_of_guidance() -> None:
    assert set(first_column("guidance.md")) == set(CONDITIONS)


@pytest.mark.parametrize(
    ("part", "model"), [("style", Style), ("disclosure", Disclosure), ("patience", Patience), ("pretext", Pretext)]
)
def test_every_trait_of_a_persona(part: str, model: type) -> None:
    told = [name.removeprefix(f"{part}.") for name in first_column("personas.md") if name.startswith(f"{part}.")]
    assert told == list(model.model_fields)


def test_every_reason_of_failure_and_every_figure_of_the_card() -> None:
    """Names and meanings, as the report says them."""
    told = (DOCS / "metrics.md").read_text("utf-8")
    for name, meaning in (*failures.MEANINGS.items(), *card.MEANINGS.items()):
        assert f"| `{name}` | {meaning} |" in told


def test_every_page_opens_from_the_first_one() -> None:
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)", (DOCS / "index.md").read_text("utf-8")))
    assert linked == {page.name for page in Path(DOCS).glob("*.md")} - {"index.md"}
