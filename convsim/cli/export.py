"""`convsim export`: a run's episodes for other programs."""

import click

from convsim.cli.options import option, schema_option


@click.command()
@click.argument("run", metavar="RUN")
@schema_option("episode")
@option("--to", type=click.Choice(["jsonl"]), default="jsonl", help="Format.")
def command(run: str, to: str) -> int:  # noqa: ARG001 - one format so far; click hands it in
    """Write a run's episodes to stdout, one JSON object a line."""
    from convsim.errors import SelectionError
    from convsim.runs.export import exported
    from convsim.runs.store import Store

    lines = 0
    for line in exported(Store.open(run)):
        click.echo(line.model_dump_json())
        lines += 1
    if not lines:
        raise SelectionError(f"nothing to export: {run} holds no finished episode")
    return 0
