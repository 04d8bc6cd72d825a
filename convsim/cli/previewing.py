"""What `convsim personas preview` needs: the persona by id or file, tasks that it can speak, exchanges as lines."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from convsim.errors import ConfigError
from convsim.records.task import TaskRecord
from convsim.users.preview import OPENINGS, Exchange
from personas.library import load_library
from personas.profile import Profile
from personas.units import OrgType

_USUAL = {"employee": "handle_time", "consumer": "knowledge_qa", "business": "knowledge_qa"}
"""Family that is previewed by default, by audience."""
_ORGS: dict[str, OrgType] = {"consumer": "b2c", "business": "b2b"}
"""Where an audience is at home; employees are in both."""


def persona_named(name: str, paths: Sequence[Path]) -> Profile:
    """Return a persona by its id, or the one that a file holds; raises SourceError for mistakes in a file."""
    if not Path(name).is_file():
        return load_library(paths).get(name)
    library = load_library([*paths, Path(name)])
    found = [each for each in library.profiles if Path(library.file(each)) == Path(name)]
    if len(found) != 1:
        raise ConfigError(f"{name} holds {len(found)} personas: name a file with one, or an id and --personas {name}")
    return library.get(found[0])


def tasks_for(profile: Profile, family: str | None, org: str | None) -> list[TaskRecord]:
    """Return the tasks to preview with; raises ConfigError for a family of another audience."""
    from convsim import plugins
    from convsim.runs.worlds import open_world

    name = family or ("private_customer_information" if profile.pretext else _USUAL[profile.audience])
    provider = plugins.provider_of(name)
    known = next(each for each in provider.families if each.name == name)
    if profile.audience not in known.audiences:
        raise ConfigError(
            f"persona '{profile.id}' speaks as {profile.audience}, and family '{name}' is spoken by "
            f"{', '.join(known.audiences)}: choose another --family"
        )
    world = open_world(org or _ORGS.get(profile.audience, profile.orgs[0]))
    return [task.record for task in provider.build(name, world, seed=0, count=OPENINGS)][:OPENINGS]


def told_lines(exchanges: Iterable[Exchange]) -> list[str]:
    """Return the exchanges as lines, a paragraph for each scenario."""
    lines: list[str] = []
    for each in exchanges:
        lines += [f"  agent  {each.agent}"] if each.agent else ["", each.scenario]
        said = each.user.replace("\n", "\n         ") or "(silence)"
        lines += [f"  user   {said}", *(f"         - {why}" for why in each.why)]
    return lines[1:]


def difference(before: list[str], after: list[str], *, names: tuple[str, str]) -> list[str]:
    """Return the unified diff of two previews, or one line that says that there is none."""
    return list(difflib.unified_diff(before, after, *names, lineterm="", n=1)) or ["no difference"]


def tell_json(exchanges: Iterable[Exchange]) -> None:
    """Print one exchange a line."""
    for exchange in exchanges:
        click.echo(json.dumps(asdict(exchange)))
