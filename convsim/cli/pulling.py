"""What a person sees while records are pulled: a bar per object on a terminal, a line here and there elsewhere."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from convsim.errors import ConfigError
from convsim.org.pull.pull import Listener, Progress

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

PLAIN_STEPS = 4
"""Plain output says at most so many times per object how far it is."""


def source_client(given: Mapping[str, Any]) -> "Salesforce":
    """Return the client of the org that `--url` with `--session`, or `--org`, names; raises ConfigError."""
    from convsim.org.pull.source import served
    from convsim.runs.worlds import open_world

    if bool(given["url"]) != bool(given["session"]):
        raise ConfigError("--url and --session belong together: `convsim org serve` prints both")
    if given["url"]:
        return served(given["url"], session_id=given["session"], ca_file=given["ca_file"])
    return open_world(given["org"]).connect()


@contextmanager
def progress() -> Iterator[Listener]:
    """Yield a listener that shows progress in the form that fits where stderr goes."""
    if sys.stderr.isatty():
        with _bars() as listener:
            yield listener
    else:
        yield _Plain().listen


class _Plain:
    """Says for each object how far it is, at most at every quarter of the way."""

    def __init__(self) -> None:
        self.told: dict[str, int] = {}

    def listen(self, event: Progress) -> None:
        """Print a line where one is due."""
        quarter = PLAIN_STEPS * event.done // max(1, event.total)
        if self.told.get(event.name) != quarter or event.done == event.total:
            self.told[event.name] = quarter
            click.echo(f"{event.name} {event.done}/{event.total}", err=True)


@contextmanager
def _bars() -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=Console(stderr=True)) as bars:

        def listen(event: Progress) -> None:
            if event.name not in tasks:
                tasks[event.name] = bars.add_task(event.name)
            bars.update(tasks[event.name], total=max(event.total, event.done), completed=event.done)

        yield listen
