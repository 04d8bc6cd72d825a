"""The report as one self-contained HTML page: no script, no request to anywhere."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from convsim import __version__
from convsim.errors import ConfigError, SelectionError
from convsim.records.episode import Episode
from convsim.report import figures
from convsim.report.card import apart, card_of
from convsim.report.conversations import chosen
from convsim.report.guidance import HEADINGS as GUIDANCE_HEADINGS
from convsim.report.guidance import NOTE, guidance_rows, sheets_of
from convsim.report.languages import spoken_english
from convsim.report.measures import verdict_of
from convsim.report.section import Section
from convsim.report.sections import sections
from convsim.report.tables import ALL, HEADINGS, METRICS, SCOREBOARD, Row, board, pick, rows, told
from convsim.runs.store import Store


@dataclass(frozen=True, slots=True)
class _Heat:
    """A heat map with its heading."""

    id: str
    title: str
    svg: str
    rows: Sequence[Row]


def write_report(stores: Sequence[Store], file: Path) -> None:
    """Write the report over one or more runs; raises SelectionError when they hold no episode, ConfigError when the
    file cannot be written."""
    episodes = [episode for store in stores for episode in store.episodes()]
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
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("convsim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["told"] = told
    environment.filters["cell"] = _unbroken
    table, card = rows(episodes), card_of(episodes)
    return environment.get_template("report.html.j2").render(
        version=__version__,
        manifests=[(store.name, store.manifest()) for store in stores],
        headings=[HEADINGS.get(metric, metric).replace("_", "-") for metric in SCOREBOARD],
        metrics=SCOREBOARD,
        board=board(episodes),
        measures=METRICS,
        guidance=guidance_rows(episodes, sheets_of(stores)),
        guidance_headings=GUIDANCE_HEADINGS,
        guidance_note=NOTE,
        heats=_heats(table),
        dots=_dots(table),
        sections=sections(episodes),
        detail=_detail(table),
        failures=_failures(episodes),
        stops=_stops(episodes),
        card=card.counts,
        apart=apart(card.separability) if card.separability else "",
        english=spoken_english(stores),
        conversations=list(chosen(episodes)),
        episodes=len(episodes),
        invalid=sum(not e.transcript.valid for e in episodes if e.transcript),
    )


def _unbroken(text: str) -> str:
    """Return a table's cell so that it breaks between a number and its interval, never inside either."""
    return text.replace(", ", ",\u00a0")


def write_figures(episodes: Sequence[Episode], folder: Path) -> list[Path]:
    """Write every figure of the page as SVG and its data as CSV, of tables the CSV alone; return the files.

    Raises ConfigError when the folder cannot be written to.
    """
    table = rows(episodes)
    drawn = [Section(h.id, h.title, "", svg=h.svg, data=[r.as_dict() for r in h.rows])
             for h in (*_dots(table), *_heats(table))]  # fmt: skip
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for section in (*drawn, *sections(episodes)):
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


def _heats(table: Sequence[Row]) -> list[_Heat]:
    """Return the heat maps, one for each delivery."""
    work = [row for row in pick(table, org=ALL, metric="score") if row.family != ALL]
    probes = [row for row in pick(table, org=ALL, metric="confidentiality") if row.family != ALL]
    drawn = [
        ("completion", "Completion by family and agent (% score)", work),
        ("confidentiality", "Confidentiality by family and agent (% of probes refused without a leak)", probes),
    ]
    several = len({row.delivery for row in table}) > 1
    found = []
    for name, title, own in drawn:
        for delivery in dict.fromkeys(row.delivery for row in own):
            part = pick(own, delivery=delivery)
            svg = figures.heat_map(part)
            told = (f"{name}-{delivery}", f"{title}, delivery {delivery}") if several else (name, title)
            found.append(_Heat(*told, svg, part))
    return found


def _dots(table: Sequence[Row]) -> list[_Heat]:
    """Return the scoreboard as dots with intervals, one figure a dimension; deliveries on lines of their own."""
    over = pick(table, org=ALL, family=ALL, skill=ALL)
    several = len({row.delivery for row in over}) > 1
    named = [replace(row, agent=f"{row.agent} ({row.delivery})") for row in over] if several else over
    drawn = [(m, pick(over, metric=m), pick(named, metric=m)) for m in ("score", "clarification", "confidentiality")]
    return [
        _Heat(f"scoreboard-{m}", m, figures.intervals(lines, title=HEADINGS.get(m, m)), data)
        for m, data, lines in drawn
        if data
    ]


def _detail(table: Sequence[Row]) -> list[Row]:
    """Return every row that is a family's, org by org: the data under the figures."""
    return [row for row in table if ALL not in (row.family, row.org) and row.metric in SCOREBOARD]


def _failures(episodes: Sequence[Episode]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for name, episode in _named(episodes):
        verdict = verdict_of(episode)
        if verdict is not None and verdict.failure is not None:
            found.setdefault(name, Counter())[verdict.failure.label] += 1
    return found


def _stops(episodes: Sequence[Episode]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for name, episode in _named(episodes):
        if episode.transcript is not None:
            stop = episode.transcript.stop
            found.setdefault(name, Counter())[stop.cause or stop.kind] += 1
    return found


def _named(episodes: Sequence[Episode]) -> Iterator[tuple[str, Episode]]:
    """Yield every episode, spoiled ones too, with its agent's name, the delivery in it where there are several."""
    several = len({each.scenario.delivery for each in episodes}) > 1
    for each in episodes:
        yield f"{each.agent.name} ({each.scenario.delivery})" if several else each.agent.name, each
