"""`convsim report`: tables and the HTML page of stored runs."""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from convsim.cli.options import json_option, option, redact_option, schema_option


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@option("--html", metavar="FILE", help="Write the self-contained page.")
@option("--figures", metavar="DIR", help="Write the figures as SVG and their data as CSV.")
@option("--csv", "csv_file", metavar="FILE", envvar="CONVSIM_CSV", help="Write all rows; - for stdout.")
@redact_option
@json_option
@schema_option("report-row")
def command(
    runs: tuple[str, ...],
    html: str | None,
    figures: str | None,
    csv_file: str | None,
    *,
    redact: bool,
    as_json: bool,
) -> int:
    """Print the scoreboard of stored runs, or write their rows and page."""
    from convsim.errors import SelectionError
    from convsim.report.html import write_figures, write_report
    from convsim.report.tables import rows
    from convsim.runs.redact.store import opened

    stores = [opened(run, redact=redact) for run in runs]
    episodes = [episode for store in stores for episode in store.episodes()]
    if not episodes:
        raise SelectionError(f"nothing to report: {', '.join(runs)} holds no finished episode")
    if as_json:
        for row in rows(episodes):
            click.echo(json.dumps(row.as_dict()))
    elif csv_file is None:
        _tell(stores, episodes)
    if csv_file is not None:
        _write_csv([row.as_dict() for row in rows(episodes)], csv_file)
    if html is not None:
        write_report(episodes, stores, Path(html))
        click.echo(str(Path(html).resolve()), err=as_json or csv_file == "-")
    if figures is not None:
        for file in write_figures(episodes, Path(figures)):
            click.echo(str(file), err=True)
    return 0


def _tell(stores: Sequence[Any], episodes: Sequence[Any]) -> None:
    """Print suites, scoreboard and, where there is guidance, its table."""
    from convsim.report.guidance import guidance_table, sheets_of
    from convsim.report.languages import spoken_english
    from convsim.report.spending import spent_of, told_spent
    from convsim.report.tables import scoreboard

    for store in stores:
        if (manifest := store.manifest()) and manifest.config.suite:
            click.echo(f"{store.name}: suite {manifest.config.suite}")
    click.echo(scoreboard(episodes))
    for note in filter(None, (spoken_english(stores), told_spent(spent_of(stores)))):
        click.echo(note, err=True)
    if table := guidance_table(episodes, sheets_of(stores)):
        click.echo(f"\n{table}")


def _write_csv(table: list[dict[str, object]], file: str) -> None:
    from convsim.errors import ConfigError

    try:
        with sys.stdout if file == "-" else Path(file).open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, fieldnames=list(table[0]) if table else [])
            writer.writeheader()
            writer.writerows(table)
    except OSError as error:
        raise ConfigError(f"--csv {file} cannot be written: {error.strerror}") from error
