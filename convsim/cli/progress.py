"""What a person sees while a run goes on: a bar on a terminal, plain lines elsewhere, JSON events for machines."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any, TextIO

import click

from convsim.runs.execute import Event, Listener

PLAIN_STEPS = 10
"""Plain output says at most so many times how far it is."""


@contextmanager
def progress(*, as_json: bool) -> Iterator[Listener]:
    """Yield a listener that shows a run's events in the form that fits where stderr goes.

    stdout is for data: what an agent under test or a library prints meanwhile goes to stderr.
    """
    data = sys.stdout
    with redirect_stdout(sys.stderr):
        if as_json:
            yield lambda event: tell_json(event, data)
        elif sys.stderr.isatty():
            with _bar() as listener:
                yield listener
        else:
            yield _Plain().listen


def tell_json(event: Event, file: TextIO | None = None) -> None:
    """Print an event as a line of its own. Nobody listening any more is no reason to end a run that costs money."""
    try:
        click.echo(json.dumps(event), file=file)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (file or sys.stdout).fileno())


class _Plain:
    """Says every tenth of the way how far it is, and what failed."""

    def __init__(self) -> None:
        self.planned = self.done = 0
        self.trouble: Counter[str] = Counter()

    def listen(self, event: Event) -> None:
        """Print a line where one is due."""
        if event["event"] == "start":
            self.planned, self.done = event["planned"], event["stored"]
            click.echo(f"{self.planned} episodes, {self.done} already stored", err=True)
        elif event["event"] == "draining":
            click.echo(f"{event['cause']}: the open conversations end; another Ctrl-C stops at once", err=True)
        elif event["event"] == "worker_lost":
            click.echo(f"{event['error']}; its conversations begin again elsewhere", err=True)
        elif event["event"] == "judge_failed":
            click.echo(f"{event['episode']} could not be judged: {event['error']}", err=True)
        elif event["event"] == "episode":
            self.done += 1
            self.trouble.update(_trouble(event))
            step = max(1, self.planned // PLAIN_STEPS)
            if self.done % step == 0 or self.done == self.planned:
                click.echo(f"{self.done}/{self.planned} episodes{_told(self.trouble)}", err=True)


@contextmanager
def _bar() -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    trouble: Counter[str] = Counter()
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task("episodes", total=None)

        def listen(event: Event) -> None:
            if event["event"] == "start":
                bar.update(task, total=event["planned"], completed=event["stored"])
            elif event["event"] == "draining":
                bar.update(task, description=f"{event['cause']}: ending (another Ctrl-C stops at once)")
            elif event["event"] == "worker_lost":
                bar.console.print(f"{event['error']}; its conversations begin again elsewhere", markup=False)
            elif event["event"] == "judge_failed":
                bar.console.print(f"{event['episode']} could not be judged: {event['error']}", markup=False)
            elif event["event"] == "episode":
                trouble.update(_trouble(event))
                bar.update(task, advance=1, description="episodes" + _told(trouble))

        yield listen


def _trouble(event: Mapping[str, Any]) -> list[str]:
    return [event["cause"].replace("_", " ")] if event["stop"] in ("error", "limit") else []


def _told(trouble: Counter[str]) -> str:
    return "".join(f", {count} {cause}" for cause, count in sorted(trouble.items()))
