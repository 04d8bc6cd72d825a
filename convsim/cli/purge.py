"""`convsim purge`: a run's texts and personal data away, its scores kept."""

import sys

import click

from convsim.cli.options import option


@click.command()
@click.argument("run", metavar="RUN")
@option("--yes", is_flag=True, help="Do it without asking; needed where nobody can be asked.")
def command(run: str, *, yes: bool) -> int:
    """Remove transcripts, queries, protected values and answers of a run for good; every score stays."""
    from pathlib import Path

    from convsim.errors import ConfigError
    from convsim.runs.lock import RunLock
    from convsim.runs.purge import purge
    from convsim.runs.store import Store

    store = Store.open(run)
    if not yes and not sys.stdin.isatty():
        raise ConfigError(f"nothing was purged: what {run} says is gone for good afterwards; confirm with --yes")
    if not yes and not click.confirm(f"Remove all texts of {run} for good?"):
        return 0
    lock = RunLock(Path(run)) if store.is_file else None
    try:
        count = purge(store)
    finally:
        if lock is not None:
            lock.release()
    click.echo(f"{run}: the texts of {count} episodes are gone, their scores are kept", err=True)
    return 0
