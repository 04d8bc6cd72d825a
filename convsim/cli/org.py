"""`convsim org`: the Salesforce org alone."""

from pathlib import Path
from typing import Any

import click

from convsim.cli.options import json_option, option, orgs_option

org_option = option("--org", default="b2b", metavar="NAME", help="b2b, b2c, salesforce, or a bundle's folder.")
seed_option = option("--org-seed", "seed", default=0, help="Seed of a generated org.")
scale_option = option("--scale", default=1.0, help="Size of a generated org.")


@click.group()
def command() -> None:
    """Build, check, query, describe and serve an org."""


@command.command()
@orgs_option
@seed_option
@scale_option
def build(orgs: tuple[str, ...], seed: int, scale: float) -> int:
    """Generate the orgs into the cache and print folder and content hash."""
    from convsim.runs.worlds import open_world

    for name in orgs:
        world = open_world(name, seed=seed, scale=scale)
        click.echo(f"{world.name}  {world.content_hash}  {world.folder or world.instance_url}")
    return 0


@command.command()
@orgs_option
@seed_option
@scale_option
@json_option
def check(orgs: tuple[str, ...], seed: int, scale: float, *, as_json: bool) -> int:
    """Print every acceptance check of generated orgs with its figure; exit code 1 if one does not hold."""
    import json
    from dataclasses import asdict

    from convsim.org.generate.check import checks

    missed = 0
    for name in orgs:
        for row in checks(name, seed=seed, scale=scale):
            missed += not row.ok
            told = f"{'ok    ' if row.ok else 'MISSED'} {name} {row.name}: {row.figure}"
            click.echo(json.dumps({"org": name, **asdict(row)}) if as_json else told)
    return 1 if missed else 0


@command.command()
@click.argument("text", metavar="SOQL_OR_SOSL")
@org_option
@seed_option
@scale_option
@json_option
@option("--csv", "as_csv", is_flag=True, envvar="CONVSIM_CSV_OUT", help="CSV on stdout.")
def query(text: str, org: str, seed: int, scale: float, *, as_json: bool, as_csv: bool) -> int:
    """Run a query and print its rows; an error shows the place with a caret."""
    import json

    from convsim.cli.records import as_table, as_text, run_query, write_csv
    from convsim.runs.worlds import open_world

    answer = run_query(open_world(org, seed=seed, scale=scale).connect(), text)
    if as_json:
        click.echo(json.dumps(answer.raw, indent=2))
        return 0
    table = as_table(answer.records)
    if as_csv:
        write_csv(table)
    else:
        click.echo(as_text(table), nl=bool(table))
        click.echo(f"{answer.total} row{'' if answer.total == 1 else 's'}", err=True)
    return 0


@command.command()
@click.argument("name", metavar="[OBJECT]", required=False)
@org_option
@json_option
def describe(name: str | None, org: str, *, as_json: bool) -> int:
    """Describe an object with its fields, or list all objects."""
    import json

    from convsim.cli.records import as_text, described
    from convsim.runs.worlds import open_world

    payload: Any = described(open_world(org).connect(), name)
    if as_json:
        click.echo(json.dumps(payload, indent=2))
        return 0
    if name is None:
        rows = [{"name": one["name"], "label": one["label"], "prefix": one["keyPrefix"]} for one in payload["sobjects"]]
    else:
        rows = [
            {"field": f["name"], "type": f["type"], "refers to": "/".join(f["referenceTo"]), "label": f["label"]}
            for f in payload["fields"]
        ]
    click.echo(as_text(rows))
    return 0


@command.command()
@org_option
@seed_option
@scale_option
@option("--host", default="127.0.0.1", help="Address to listen on.")
@option("--port", default=0, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@option("--tls", type=(click.Path(path_type=Path), click.Path(path_type=Path)), metavar="CERT KEY", help="Serve https.")
@json_option
def serve(org: str, seed: int, scale: float, host: str, port: int, tls: Any, *, as_json: bool) -> int:
    """Serve an org's REST API until interrupted; the first line tells how to log in."""
    from convsim.errors import ConfigError
    from convsim.org.org import Org
    from convsim.org.serve import Tls
    from convsim.org.serve import serve as serve_org
    from convsim.runs.worlds import open_world

    world = open_world(org, seed=seed, scale=scale)
    if not isinstance(world, Org):
        raise ConfigError("only generated orgs and bundles can be served; a real org has its own address")
    serve_org(world, host=host, port=port, tls=Tls(*tls) if tls else None, as_json=as_json)
    return 0
