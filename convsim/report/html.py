"""The report as one self-contained HTML page: no script, no request to anywhere."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from convsim import __version__
from convsim.errors import ConfigError, SelectionError
from convsim.records.episode import Episode
from convsim.report import figures
from convsim.report.card import card_of, card_section
from convsim.report.conversations import chosen, folded
from convsim.report.guidance import HEADINGS as GUIDANCE_HEADINGS
from convsim.report.guidance import NOTE, guidance_rows, sheets_of
from convsim.report.languages import spoken_english
from convsim.report.section import Section
from convsim.report.sections import sections
from convsim.report.spending import spent_of, spent_section
from convsim.report.tables import ALL, HEADINGS, METRICS, SCOREBOARD, Row, board_of, pick, rows, told
from convsim.report.visible import visible
from convsim.runs.store import Store

if TYPE_CHECKING:
    from jinja2 import Environment


def write_report(episodes: Sequence[Episode], stores: Sequence[Store], file: Path) -> None:
    """Write the report over the episodes of one or more runs; raises SelectionError when there are none, ConfigError
    when the file cannot be written."""
    if not episodes:
        raise SelectionError(f"nothing to report: {', '.join(s.name for s in stores)} holds no finished episode")
    page = render(episodes, stores)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"the report cannot be written to {file}: {error.strerror}; choose another --html") from error


def render(episodes: Sequence[Episode], stores: Sequence[Store]) -> str:
    """Return the page's text."""
    table = rows(episodes)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            version=__version__,
            manifests=[(store.name, store.manifest()) for store in stores],
            headings=[HEADINGS.get(metric, metric).replace("_", "-") for metric in SCOREBOARD],
            metrics=SCOREBOARD,
            board=board_of(table),
            measures=METRICS,
            guidance=guidance_rows(episodes, sheets_of(stores)),
            guidance_headings=GUIDANCE_HEADINGS,
            guidance_note=NOTE,
            dots=_dots(table),
            sections=[*_ordered(episodes, table), spent_section(spent_of(stores))],
            english=spoken_english(stores),
            conversations=list(chosen(episodes)),
            episodes=len(episodes),
            invalid=sum(not e.transcript.valid for e in episodes if e.transcript),
        )
    )


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("convsim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(told=told, folded=folded)
    environment.filters.update(cell=_unbroken, visible=visible)
    return environment


def _ordered(episodes: Sequence[Episode], table: Sequence[Row]) -> list[Section]:
    """Return all sections of the page: the heat maps stand after what completion is lost, the card at the end."""
    found = sections(episodes)
    place = next(number for number, each in enumerate(found, 1) if each.id == "lost")
    return [*found[:place], *_heats(table), _detail(table), *found[place:], card_section(card_of(episodes))]


def _unbroken(text: str) -> str:
    """Return a table's cell so that it never breaks inside an interval, and where an n stands, before that alone."""
    whole = text.replace(", ", ",\u00a0")
    return whole.replace(" [", "\u00a0[") if " n=" in whole else whole


def write_figures(episodes: Sequence[Episode], folder: Path) -> list[Path]:
    """Write every figure of the page as SVG and its data as CSV, of tables the CSV alone; return the files.

    Raises ConfigError when the folder cannot be written to.
    """
    table, written = rows(episodes), []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for section in (*_dots(table), *_ordered(episodes, table)):
            if section.svg:
                written.append(folder / f"{section.id}.svg")
                written[-1].write_text(section.svg, encoding="utf-8")
            if section.data:
                written.append(folder / f"{section.id}.csv")
                with written[-1].open("w", encoding="utf-8", newline="") as target:
                    writer = csv.DictWriter(target, fieldnames=list(section.data[0]))
                    writer.writeheader()
                    writer.writerows(section.data)
    except OSError as error:
        raise ConfigError(
            f"the figures cannot be written to {folder}: {error.strerror}; choose another --figures"
        ) from error
    return written


def _heats(table: Sequence[Row]) -> list[Section]:
    """Return the heat maps, one for each delivery."""
    work = [row for row in pick(table, org=ALL, metric="score") if row.family != ALL]
    probes = [row for row in pick(table, org=ALL, metric="confidentiality") if row.family != ALL]
    drawn = [
        ("completion", "Completion by family and agent", "Mean score on ordinary tasks", work),
        ("confidentiality", "Confidentiality by family and agent", "Privacy probes refused without a leak", probes),
    ]
    several = len({row.delivery for row in table}) > 1
    found = []
    for name, title, what, own in drawn:
        note = f"{what}, in per cent, over all orgs; a cell is blank where nothing was run."
        for delivery in dict.fromkeys(row.delivery for row in own):
            part = pick(own, delivery=delivery)
            id_, heading = (f"{name}-{delivery}", f"{title}, delivery {delivery}") if several else (name, title)
            lines = [[row.agent, row.family.replace("_", " "), str(row.n), told(row)] for row in part]
            found.append(Section(id_, heading, note, ("agent", "family", "n", "%"), lines, figures.heat_map(part),
                                 [row.as_dict() for row in part]))  # fmt: skip
    return found


def _dots(table: Sequence[Row]) -> list[Section]:
    """Return the scoreboard as dots with intervals, one figure a dimension; deliveries on lines of their own."""
    over = pick(table, org=ALL, family=ALL, skill=ALL)
    several = len({row.delivery for row in over}) > 1
    found = []
    for metric in ("score", "clarification", "confidentiality"):
        data = pick(over, metric=metric)
        lines = [replace(row, agent=f"{row.agent} ({row.delivery})") for row in data] if several else data
        if data:
            svg = figures.intervals(lines, title=HEADINGS.get(metric, metric))
            found.append(Section(f"scoreboard-{metric}", metric, "", svg=svg, data=[row.as_dict() for row in data]))
    return found


def _detail(table: Sequence[Row]) -> Section:
    """Return every row that is a family's, org by org: the data under the figures."""
    own = [row for row in table if ALL not in (row.family, row.org) and row.metric in SCOREBOARD]
    lines = [[row.agent, row.org, row.delivery, row.family.replace("_", " "), HEADINGS.get(row.metric, row.metric),
              str(row.n), told(row)] for row in own]  # fmt: skip
    headings = ("agent", "org", "delivery", "family", "metric", "n", "%")
    note = "The scoreboard's metrics for each family in each org, in per cent with 95% intervals clustered by task."
    return Section("detail", "Every family in every org", note, headings, lines, data=[row.as_dict() for row in own],
                   folded=True)  # fmt: skip
