"""`convsim org`: the Salesforce org alone."""

from pathlib import Path
from typing import Any

import click

from convsim.cli.options import json_option, option, orgs_option
from convsim.cli.samples import KINDS

org_option = option("--org", default="b2b", metavar="NAME", help="b2b, b2c, salesforce, or a bundle's folder.")
bundle_option = option("--bundle", metavar="DIR", help="A bundle's folder, instead of --org.")
seed_option = option("--org-seed", "seed", default=0, help="Seed of a generated org.")
scale_option = option("--scale", default=1.0, help="Size of a generated org.")


@click.group()
def command() -> None:
    """Build, check, query, describe, serve, pull and read an org."""


def _opened(given: dict[str, Any]) -> Any:
    """Return the world that the options name, and take them out."""
    from convsim.org.org import Org
    from convsim.runs.worlds import open_world

    name, bundle = given.pop("org"), given.pop("bundle")
    seed, scale = given.pop("seed", 0), given.pop("scale", 1.0)
    return Org.open(Path(bundle)) if bundle else open_world(name, seed=seed, scale=scale)


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
@click.argument("targets", metavar="[b2b|b2c|DIR]...", nargs=-1)
@orgs_option
@seed_option
@scale_option
@json_option
def check(targets: tuple[str, ...], orgs: tuple[str, ...], seed: int, scale: float, *, as_json: bool) -> int:
    """Check generated orgs and bundles.

    Of b2b and b2c print every acceptance check with its figure (exit code 1 if one does not hold); of a bundle's
    folder every mistake with file, line and remedy (exit code 2 if there is one; warnings alone are no mistake).
    """
    from convsim.cli.checking import check_bundle, check_generated
    from personas.units import ORG_TYPES

    codes = [
        check_generated(name, seed=seed, scale=scale, as_json=as_json)
        if name in ORG_TYPES
        else check_bundle(name, as_json=as_json)
        for name in targets or orgs
    ]
    return max(codes)


@command.command()
@click.argument("text", metavar="SOQL_OR_SOSL")
@org_option
@bundle_option
@seed_option
@scale_option
@json_option
@option("--csv", "as_csv", is_flag=True, envvar="CONVSIM_CSV_OUT", help="CSV on stdout.")
def query(text: str, *, as_json: bool, as_csv: bool, **given: Any) -> int:
    """Run a query and print its rows; an error shows the place with a caret."""
    import json

    from convsim.cli.records import as_table, as_text, run_query, write_csv

    answer = run_query(_opened(given).connect(), text)
    if as_json:
        click.echo(json.dumps(answer.raw, indent=2))
        return 0
    table = as_table(answer.records)
    if answer.total != len(answer.records):
        click.echo(answer.total)
    elif as_csv:
        write_csv(table)
    else:
        click.echo(as_text(table), nl=bool(table))
        click.echo(f"{answer.total} row{'' if answer.total == 1 else 's'}", err=True)
    return 0


@command.command()
@click.argument("name", metavar="[OBJECT]", required=False)
@org_option
@bundle_option
@json_option
def describe(name: str | None, *, as_json: bool, **given: Any) -> int:
    """Describe an object with its fields, parents and children, or list all objects."""
    import json

    from convsim.cli.records import as_text, children_rows, described, field_rows, object_rows

    payload: Any = described(_opened(given).connect(), name)
    if as_json:
        click.echo(json.dumps(payload, indent=2))
    elif name is None:
        click.echo(as_text(object_rows(payload)))
    else:
        click.echo(f"{payload['name']} ({payload['label']}), ids begin with {payload['keyPrefix']}\n")
        click.echo(as_text(field_rows(payload)))
        if children := children_rows(payload):
            click.echo("\n" + as_text(children))
    return 0


@command.command()
@click.argument("kind", metavar="KIND", type=click.Choice(tuple(KINDS)))
@option("-n", "--number", default=10, type=click.IntRange(1), help="How many texts.")
@option("--seed", "draw", default=0, help="Another seed draws other texts.")
@org_option
@bundle_option
@seed_option
@scale_option
@json_option
def sample(kind: str, number: int, draw: int, *, as_json: bool, **given: Any) -> int:
    """Print texts of the org to read: article, email, chat, call, task_note, case_description."""
    import json

    from convsim.cli.samples import samples

    for each in samples(_opened(given).connect(), kind, number=number, seed=draw):
        told = f"--- {each['id']}  {each['heading']}\n{each['text'].strip()}\n"
        click.echo(json.dumps(each, ensure_ascii=False) if as_json else told)
    return 0


@command.command()
@click.argument("out", type=click.Path(path_type=Path))
@option(
    "--org", default="salesforce", metavar="NAME", help="salesforce (credentials from SF_ variables), or any other."
)
@option("--url", metavar="URL", help="Address of a served org, with --session.")
@option("--session", metavar="ID", help="Open session of the served org.")
@option("--ca-file", type=click.Path(dir_okay=False), help="What verifies a server with --tls.")
@option("--objects", multiple=True, required=True, metavar="A,B", help="Objects to pull; may be repeated.")
@option("--where", multiple=True, metavar="'OBJECT: COND'", help="Pull only such records; may be repeated.")
@option("--mask", is_flag=True, help="Replace names, e-mails, phones and free text.")
@option("--mask-seed", metavar="TEXT", help="Secret that makes the replacements the same in several pulls.")
@json_option
def pull(out: Path, *, as_json: bool, **given: Any) -> int:
    """Snapshot an org into the bundle OUT; after a kill the same command goes on."""
    import json
    from dataclasses import asdict

    from convsim.cli.pulling import progress, source_client
    from convsim.org.pull.pull import pull as pull_org

    with progress() as listener:
        done = pull_org(
            source_client(given),
            out,
            objects=[name.strip() for text in given["objects"] for name in text.split(",") if name.strip()],
            where=given["where"],
            mask=given["mask"] or given["mask_seed"] is not None,
            mask_seed=given["mask_seed"],
            listener=listener,
        )
    if as_json:
        click.echo(json.dumps({"out": str(out), **asdict(done)}))
        return 0
    for name in done.left_out:
        click.echo(f"left out: {name} (no bundle holds fields of its type)", err=True)
    click.echo(f"{out}: {sum(done.records.values())} records of {len(done.records)} objects")
    click.echo("read its org.yaml and sensitivity.yaml before use: both are drafts", err=True)
    return 0


@command.command()
@org_option
@bundle_option
@seed_option
@scale_option
@option("--host", default="127.0.0.1", help="Address to listen on.")
@option("--port", default=0, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@option("--tls", type=(click.Path(path_type=Path), click.Path(path_type=Path)), metavar="CERT KEY", help="Serve https.")
@json_option
def serve(host: str, port: int, tls: Any, *, as_json: bool, **given: Any) -> int:
    """Serve an org's REST API until interrupted; the first line tells how to log in."""
    from convsim.errors import ConfigError
    from convsim.org.org import Org
    from convsim.org.serve import Tls
    from convsim.org.serve import serve as serve_org

    world = _opened(given)
    if not isinstance(world, Org):
        raise ConfigError("only generated orgs and bundles can be served; a real org has its own address")
    serve_org(world, host=host, port=port, tls=Tls(*tls) if tls else None, as_json=as_json)
    return 0
