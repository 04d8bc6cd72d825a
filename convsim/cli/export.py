"""`convsim export`: a run's episodes for other programs."""

from pathlib import Path
from typing import Any

import click

from convsim.cli.options import option, redact_option, schema_option


@click.command()
@click.argument("run", metavar="RUN")
@schema_option("episode")
@option("--to", type=click.Choice(["jsonl", "csv", "parquet", "inspect"]), default="jsonl", help="Format.")
@option("--out", metavar="PATH", help="File (inspect: folder) to write; jsonl and csv go to stdout without it.")
@redact_option
def command(run: str, to: str, out: str | None, *, redact: bool) -> int:
    """Write a run's episodes: whole as JSON lines or Inspect logs, or one flat row each as CSV or Parquet."""
    from convsim.errors import ConfigError, SelectionError
    from convsim.runs.redact.store import opened

    if out is None and to in ("parquet", "inspect"):
        raise ConfigError(f"--to {to} writes files: name the {'folder' if to == 'inspect' else 'file'} with --out")
    store = opened(run, redact=redact)
    if not store.finished():
        raise SelectionError(f"nothing to export: {run} holds no finished episode")
    try:
        written = _written(store, to, None if out is None else Path(out))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror or error}; name a place that can be written") from error
    for line in written:
        click.echo(line, err=True)
    return 0


def _written(store: Any, to: str, out: Path | None) -> list[str]:
    """Write the export and return what to tell about it."""
    from convsim.runs.exports.files import write_parquet
    from convsim.runs.exports.inspect_log import write_logs

    if to == "inspect" and out is not None:
        return [str(path) for path in write_logs(store, out)]
    if to == "parquet" and out is not None:
        return [f"{out}: {write_parquet(store, out)} episodes"]
    if out is None:
        for line in _lines(store, to):
            click.echo(line)
        return []
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in _lines(store, to))
    return [f"{out}: {len(store.finished())} episodes"]


def _lines(store: Any, to: str) -> Any:
    from convsim.runs.exports.files import csv_lines
    from convsim.runs.exports.published import exported

    return csv_lines(store) if to == "csv" else (line.model_dump_json() for line in exported(store))
