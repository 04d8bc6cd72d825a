"""What a person sees while a run goes on: a bar on a terminal, plain lines elsewhere, JSON events for machines."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from convsim.errors import ConfigError
from convsim.runs.execute import Event, Listener

PLAIN_STEPS = 10
"""Plain output says at most so many times how far it is."""


@contextmanager
def progress(*, as_json: bool, log: str | None = None) -> Iterator[Listener]:
    """Yield a listener that shows a run's events in the form that fits where stderr goes.

    stdout is for data: what an agent under test or a library prints meanwhile goes to stderr. `log` is a file that
    takes every event as a JSON line with its time as well; raises ConfigError where it cannot be written.
    """
    data = sys.stdout
    with redirect_stdout(sys.stderr), ExitStack() as stack:
        listeners = [stack.enter_context(_logged(log))] if log else []
        if as_json:
            listeners.append(lambda event: tell_json(event, data))
        elif sys.stderr.isatty():
            listeners.append(stack.enter_context(_bar()))
        else:
            listeners.append(_Plain().listen)

        def listen(event: Event) -> None:
            for each in listeners:
                each(event)

        yield listen


def tell_json(event: Event, file: TextIO | None = None) -> None:
    """Print an event as a line of its own. Nobody listening any more is no reason to end a run that costs money."""
    try:
        click.echo(json.dumps(event), file=file)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (file or sys.stdout).fileno())


@contextmanager
def _logged(log: str) -> Iterator[Listener]:
    """Yield a listener that appends each event to a file at once; a disk that is full ends the log, not the run."""
    try:
        file = Path(log).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - closed below
    except OSError as error:
        raise ConfigError(f"--log {log} cannot be written: {error.strerror}; name another file") from error
    full: list[OSError] = []

    def listen(event: Event) -> None:
        try:
            if not full:
                file.write(json.dumps({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **event}) + "\n")
        except OSError as error:
            full.append(error)
            click.echo(f"--log {log} ends here: {error.strerror}; the run goes on", err=True)

    try:
        yield listen
    finally:
        try:
            file.close()
        except OSError as error:
            if not full:
                click.echo(f"--log {log} is not whole: {error.strerror}", err=True)


class Standing:
    """How a run stands: how far, how fast, at what cost, and what failed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.planned = self.done = 0
        self.trouble: Counter[str] = Counter()
        self.tokens = 0
        self.usd: float | None = 0.0
        """Of the whole run, earlier commands included; None where a price is unknown."""
        self._clock = clock
        self._began = clock()
        self._now = 0

    def enter(self, event: Event) -> None:
        """Learn of an event."""
        if event["event"] == "start":
            self.planned, self.done, self._began = event["planned"], event["stored"], self._clock()
            self._consume(event)
        elif event["event"] == "episode":
            self.done += 1
            self._now += 1
            self.trouble.update(_trouble(event))
            self._consume(event)

    def _consume(self, event: Event) -> None:
        self.tokens += event["tokens"]
        self.usd = None if self.usd is None or event["usd"] is None else self.usd + event["usd"]

    @property
    def rate(self) -> float:
        """Episodes a minute since this command began; 0 before the first."""
        seconds = self._clock() - self._began
        return 60 * self._now / seconds if seconds > 0 else 0.0

    @property
    def pace(self) -> str:
        """The rate in words; empty before the first episode."""
        return f"{self.rate:.3g} a minute" if self._now else ""

    @property
    def left(self) -> str:
        """The time that the rest will take at this rate, as h:mm:ss; empty while that is unknown, and at the end."""
        if not self._now or self.done >= self.planned:
            return ""
        seconds = round(60 * (self.planned - self.done) / self.rate)
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d} left"

    @property
    def cost(self) -> str:
        """What the models of the run took; empty where none was called."""
        if not self.tokens and not self.usd:
            return "" if self.usd is not None else "price unknown"
        price = "price unknown" if self.usd is None else f"{self.usd:.2f} USD"
        return f"{self.tokens:,} tokens, {price}"

    @property
    def failures(self) -> str:
        """What failed, by kind."""
        return ", ".join(f"{count} {cause}" for cause, count in sorted(self.trouble.items()))


class _Plain:
    """Says every tenth of the way how far it is, and what failed."""

    def __init__(self) -> None:
        self._standing = Standing()

    def listen(self, event: Event) -> None:
        """Print a line where one is due."""
        standing = self._standing
        standing.enter(event)
        if event["event"] == "start":
            click.echo(f"{standing.planned} episodes, {standing.done} already stored", err=True)
        elif event["event"] == "episode":
            if standing.done % max(1, standing.planned // PLAIN_STEPS) == 0 or standing.done == standing.planned:
                parts = (standing.pace, standing.left, standing.cost, standing.failures)
                told = "".join(f", {part}" for part in parts if part)
                click.echo(f"{standing.done}/{standing.planned} episodes{told}", err=True)
        elif told := _told(event):
            click.echo(told, err=True)


@contextmanager
def _bar() -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    standing = Standing()
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task("episodes", total=None, told="")

        def listen(event: Event) -> None:
            standing.enter(event)
            if event["event"] == "draining":
                bar.update(task, description="ending")
            if line := _told(event):
                bar.console.print(line, markup=False, highlight=False)
            parts = (standing.pace, standing.left, standing.cost, standing.failures)
            told = ", ".join(part for part in parts if part)
            bar.update(task, total=standing.planned or None, completed=standing.done, told=told)

        yield listen


def _told(event: Mapping[str, Any]) -> str:
    """Return the line for what happened beside the episodes; empty for anything else."""
    if event["event"] == "draining":
        return f"{event['cause']}: the open conversations end; another Ctrl-C stops at once"
    if event["event"] == "worker_lost":
        return f"{event['error']}; its conversations begin again elsewhere"
    if event["event"] == "paused":
        return f"{event['provider']} asks to be left for {event['seconds']:.0f} s: all calls to it wait"
    if event["event"] == "judge_failed":
        return f"{event['episode']} could not be judged: {event['error']}"
    return ""


def _trouble(event: Mapping[str, Any]) -> list[str]:
    if event["stop"] not in ("error", "limit"):
        return []
    cause = event["cause"].replace("_", " ")
    return [f"out of {cause}" if event["stop"] == "limit" else cause]
