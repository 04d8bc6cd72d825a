"""`convsim doctor`: what works on this machine."""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from convsim.cli.options import json_option

LIBRARIES = ("autogen-agentchat", "pydantic", "simple-salesforce", "litellm", "sqlalchemy", "altair")
OURS = ("personas", "convsim", "judges", "tasks")
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "AZURE_API_KEY", "OPENROUTER_API_KEY")
ORG_WAYS = (
    ("SF_USERNAME", "SF_PASSWORD", "SF_SECURITY_TOKEN"),
    ("SF_INSTANCE_URL", "SF_SESSION_ID"),
    ("SF_INSTANCE_URL", "SF_ACCESS_TOKEN"),
)
ROOM = 1 << 30
"""Bytes of free disk below which a run is at risk."""


@click.command()
@json_option
def command(*, as_json: bool) -> int:
    """Say what works here: versions, packages that shadow ours, plug-ins, disk, keys, org credentials."""
    import json

    faults = 0
    for subject, state, found in _findings():
        faults += state == "fault"
        if as_json:
            click.echo(json.dumps({"subject": subject, "state": state, "found": found}))
        else:
            click.echo(f"{state:7s} {subject}: {found}")
    return 3 if faults else 0


def _findings() -> Iterator[tuple[str, str, str]]:
    """Yield subject, state (ok, absent, fault) and what was found; keys are named, never shown."""
    yield "python", "ok" if sys.version_info >= (3, 11) else "fault", sys.version.split()[0]
    for library in LIBRARIES:
        try:
            yield library, "ok", version(library)
        except PackageNotFoundError:
            yield library, "fault", "not installed; reinstall crm-convsim"
    yield from _shadows()
    yield from _plugins()
    free = shutil.disk_usage(Path.cwd()).free
    yield "disk", "ok" if free > ROOM else "fault", f"{free / ROOM:.1f} GiB free here"
    keys = [key for key in KEYS if os.environ.get(key)]
    yield "model keys", "ok" if keys else "absent", ", ".join(keys) or "none set (needed for models only)"
    ways = [way for way in ORG_WAYS if all(os.environ.get(name) for name in way)]
    told = ", ".join(ways[0]) if ways else "none set (needed for --org salesforce only)"
    yield "org credentials", "ok" if ways else "absent", told


def _shadows() -> Iterator[tuple[str, str, str]]:
    """Yield for each of our packages whether Python finds ours under its name."""
    home = Path(__file__).parents[2]
    for name in OURS:
        spec = find_spec(name)
        place = Path(spec.origin).parent.parent if spec and spec.origin else None
        if place == home:
            yield name, "ok", "ours"
        else:
            yield (
                name,
                "fault",
                f"shadowed by {spec.origin if spec else 'nothing'}: run from another folder or remove it",
            )


def _plugins() -> Iterator[tuple[str, str, str]]:
    from convsim import plugins
    from convsim.errors import ConfigError

    try:
        families = list(plugins.families())
        plugins.judge_provider()
    except ConfigError as error:
        yield "plug-ins", "fault", str(error)
    else:
        yield "plug-ins", "ok", f"{len(families)} families, judges"
