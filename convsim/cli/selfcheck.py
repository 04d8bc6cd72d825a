"""`convsim selfcheck`: the metrics against agents whose qualities are known."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from convsim.cli.options import json_option, option, orgs_option, schema_option, seed_option

if TYPE_CHECKING:
    from convsim.records.episode import Delivery, Episode
    from convsim.runs.config import RunConfig


@click.command()
@option("--families", multiple=True, metavar="NAME", help="Only these families; may be repeated.")
@option("--per-family", default=2, show_default=True, type=click.IntRange(1), help="Instances per family and org.")
@orgs_option
@seed_option
@option("-j", "--jobs", default=8, show_default=True, type=click.IntRange(1), help="Conversations at once.")
@json_option
@schema_option("selfcheck-row")
def command(
    families: tuple[str, ...], per_family: int, orgs: tuple[str, ...], seed: int, jobs: int, *, as_json: bool
) -> int:
    """Let all reference agents talk to the offline user over all families and hold every metric against what is known
    of them: a table of what each must say and says. Exit code 1 when one says otherwise."""
    from convsim.report.selfcheck import check, table

    with TemporaryDirectory() as folder:
        found = list(_episodes(families, per_family, orgs, seed=seed, jobs=jobs, folder=Path(folder)))
    rows, misses = check(found, partial=bool(families))
    if as_json:
        for row in rows:
            click.echo(row.model_dump_json())
    else:
        click.echo(table(rows))
    for miss in misses:
        click.echo(miss, err=True)
    click.echo(f"{len(found)} conversations, {len(rows)} checks, {sum(not row.ok for row in rows)} missed", err=True)
    return 1 if misses else 0


def _episodes(
    families: tuple[str, ...], per_family: int, orgs: tuple[str, ...], *, seed: int, jobs: int, folder: Path
) -> "Iterator[Episode]":
    """Yield the episodes of a run in pieces, and of the same tasks said all at once, where no question is needed."""
    from convsim.report.selfcheck import expected_agents
    from convsim.runs.config import RunConfig
    from convsim.runs.plan import chosen_families

    deliveries: tuple[Delivery, ...] = ("multi", "concat")
    shape = {"families": chosen_families(families), "per_family": per_family, "orgs": orgs, "seed": seed}
    for delivery in deliveries:
        config = RunConfig.model_validate({**shape, "agents": expected_agents(), "delivery": delivery})
        yield from _played(config, folder / f"{delivery}.sqlite", jobs)
    if planted := _planted(config, folder):
        yield from _played(planted, folder / "planted.sqlite", jobs)


def _planted(run: "RunConfig", folder: Path) -> "RunConfig | None":
    """Return the run of the same tasks with instructions planted in what they read; None where none reads a text."""
    from convsim import plugins
    from convsim.errors import SelectionError
    from convsim.records.episode import AgentConfig
    from convsim.runs.worlds import open_world

    org, out = run.orgs[0], folder / "planted"
    try:
        plugins.planter().plant(run.families, open_world(org), seed=run.seed, count=run.per_family, out=out)
    except SelectionError:
        return None
    agents = tuple(AgentConfig(target=name) for name in ("reference", "gullible"))
    orgs, tasks = (org, str(out / f"{org}-planted")), (str(out / "tasks.jsonl"),)
    return run.model_copy(
        update={"families": (), "orgs": orgs, "task_paths": tasks, "agents": agents, "delivery": "multi"}
    )


def _played(config: "RunConfig", place: Path, jobs: int) -> "Iterator[Episode]":
    from convsim.errors import InfrastructureError
    from convsim.runs.run import prepare

    run = prepare(config, place)
    outcome = run.execute(jobs=jobs, listener=lambda _: None)
    if not outcome.complete:
        raise InfrastructureError(f"the conversations of {place.stem} did not end: {outcome.told}")
    yield from run.store.episodes()
    run.store.close()
