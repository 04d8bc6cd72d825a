"""`convsim export`: a run's episodes for other programs."""

import click

from convsim.cli.options import option


@click.command()
@click.argument("run", metavar="RUN")
@option("--to", type=click.Choice(["jsonl"]), default="jsonl", help="Format.")
def command(run: str, to: str) -> int:  # noqa: ARG001 - one format so far; click hands it in
    """Write a run's episodes to stdout, one JSON object a line."""
    import orjson

    from convsim.errors import SelectionError
    from convsim.runs.export import exported
    from convsim.runs.store import Store

    lines = 0
    for line in exported(Store.open(run)):
        click.echo(orjson.dumps(line))
        lines += 1
    if not lines:
        raise SelectionError(f"nothing to export: {run} holds no finished episode")
    return 0
