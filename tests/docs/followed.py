"""What must lie in the folder of somebody who followed a page, beyond that every command ended well."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from convsim.records.transcript import Transcript
from convsim.runs.store import Store


def scores(file: Path) -> dict[str, set[float | None]]:
    """Return the scores of each agent."""
    found: dict[str, set[float | None]] = {}
    for episode in Store.open(file).episodes():
        found.setdefault(episode.agent.target, set()).add(episode.verdicts[0].score)
    return found


def transcripts(file: Path) -> list[Transcript]:
    return [episode.transcript for episode in Store.open(file).episodes() if episode.transcript]


def scenarios(folder: Path) -> None:
    """The reference solves what the guide writes, and who never asks, or tells everything, does not."""
    for name in ("busy_people", "channels", "phone_probe"):
        found = scores(folder / f"{name}.sqlite")
        assert found["reference"] == {1.0}, name
        assert 0.0 in found["leaker" if name == "phone_probe" else "hasty"], name
        assert all(e.scenario.task.origin.endswith(".yaml") for e in Store.open(folder / f"{name}.sqlite").episodes())


def agents(folder: Path) -> None:
    """Both agents of the page hold whole conversations; the function's queries and answers are on file."""
    mine = transcripts(folder / "runs/mine.sqlite")
    assert len(mine) == 2
    assert all(t.stop.kind != "error" and t.queries for t in mine)
    assert any(message.final for t in mine for message in t.messages)
    assert all(t.stop.kind != "error" for t in transcripts(folder / "runs/autogen.sqlite"))


def cassettes(folder: Path) -> None:
    """The replay says what was recorded."""
    said = [
        [[message.content for message in t.messages] for t in transcripts(folder / f"runs/{name}.sqlite")]
        for name in ("live", "again")
    ]
    assert said[0] == said[1] != []


def guidance(folder: Path) -> None:
    """There is an episode for each condition."""
    conditions = {episode.agent.guidance for episode in Store.open(folder / "runs/guided.sqlite").episodes()}
    assert len(conditions) == 7
    assert (folder / "runs/guided.html").stat().st_size > 10_000


def families(folder: Path) -> None:
    """Who does not ask is wrong."""
    assert 0.0 in scores(folder / "runs/rarest.sqlite")["hasty"]


def tables(folder: Path) -> None:
    """The pages of the reports are whole; the privacy prompt's cost is paired."""
    assert "Completion lost from single to multi" in (folder / "runs/tables.html").read_text(encoding="utf-8")
    page = (folder / "runs/privacy.html").read_text(encoding="utf-8")
    assert "Privacy against usefulness" in page
    assert "the run holds no privacy probe" not in page


def privacy(folder: Path) -> None:
    """Tokens stand in the place of values."""
    assert re.search(r"\[Contact\.Email#\d+\]", (folder / "shared.jsonl").read_text(encoding="utf-8"))


def readme(folder: Path) -> None:
    assert (folder / "runs/first.html").stat().st_size > 10_000
    assert sqlite3.connect(folder / "runs/mine.sqlite").execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]


CHECKS: Mapping[str, Callable[[Path], None]] = {
    "README": readme,
    "scenarios": scenarios,
    "agents": agents,
    "cassettes": cassettes,
    "guidance": guidance,
    "families": families,
    "published": tables,
    "privacy": privacy,
}
"""By page."""
