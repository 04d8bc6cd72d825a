"""The command line. Commands load when they are called, so that `--help` answers at once."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from convsim.cli.interrupts import heard
from convsim.errors import BAD_INPUT, ConvsimError

COMMANDS = {
    "demo": "The first contact: both embedded orgs, reference agents, scoreboard, HTML report.",
    "run": "Run a benchmark, or go on with one.",
    "play": "Play the agent or the user yourself, at the terminal.",
    "view": "Conversations of stored runs in the browser.",
    "report": "Tables and figures of stored runs.",
    "compare": "Paired differences of two agents, and the tasks that flipped.",
    "export": "A run's episodes as JSON lines, CSV, Parquet or Inspect logs.",
    "purge": "Remove a run's texts and personal data; its scores stay.",
    "score": "Judge again, or judge transcripts from elsewhere.",
    "calibrate": "Compare judges, and the user's reader, with people.",
    "selfcheck": "Hold every metric against agents whose qualities are known.",
    "tasks": "List, show, build and check tasks.",
    "scenarios": "Write, lint, preview and run scenarios of your own.",
    "personas": "List, show, write, lint and preview personas.",
    "org": "The Salesforce org alone: build, check, query, describe, serve.",
    "doctor": "What works on this machine: versions, keys, org credentials, disk.",
}
"""Name and summary of each command, here so that help needs no import; a test holds them against the commands."""


class LazyGroup(click.Group):
    """A group whose commands live in `convsim.cli.<name>` and are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the command names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return the command, imported; environment files are read first, because options look there."""
        if cmd_name not in COMMANDS:
            return None
        _read_env_file()
        command: click.Command = import_module(f"convsim.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; an unknown one is refused with the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from convsim.errors import unknown

            raise click.UsageError(str(unknown("command", args[0], COMMANDS)), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the summaries without loading a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _read_env_file() -> None:
    """Read `.env` from the working folder upwards; what the environment has already wins."""
    from dotenv import find_dotenv, load_dotenv

    load_dotenv(find_dotenv(usecwd=True))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crm-convsim", prog_name="convsim")
def convsim() -> None:
    """Multi-turn persona conversation simulator and benchmark for CRM agents.

    Start with `convsim demo`. stdout is data, stderr the rest. Exit codes: 0 ok, 1 threshold or check missed,
    2 bad input or nothing selected, 3 incomplete or infrastructure.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit; our own errors become one line on stderr and their exit code."""
    try:
        with heard():
            code = convsim.main(args, standalone_mode=False)
    except click.Abort as abort:
        code = _tell(abort.args[0] if abort.args else "interrupted", 3)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BAD_INPUT as error:
        code = _tell(error, 2)
    except ConvsimError as error:
        code = _tell(error, 3)
    except ValueError as error:
        code = _tell(_option_mistakes(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> None:
    """Exit, also when a foreign agent that was given up has left threads that never end."""
    threads = sys.modules.get("convsim.agents.threads")
    if threads is not None and threads.hold_the_process():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _option_mistakes(error: ValueError) -> str:
    """Return what is wrong with the options that were put together; raises what is no such mistake."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        raise error
    told = ((".".join(map(str, each["loc"])), each["msg"], each["input"]) for each in error.errors())
    return "; ".join(f"{name}: {message} (found {found!r})" for name, message, found in told)


def _tell(what: Any, code: int) -> int:
    click.echo(f"convsim: {what}", err=True)
    return code
