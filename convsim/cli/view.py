"""`convsim view`: a run's conversations in a browser."""

import click

from convsim.cli.options import option, redact_option


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where it listens; loopback by default.")
@option(
    "--allow-host", "allowed", multiple=True, metavar="NAME",
    help="Name or address by which browsers may call it, beside loopback and --host; may be repeated.",
)  # fmt: skip
@option("--port", default=8766, type=click.IntRange(0, 65535), help="0 takes a free one.")
@option("--open/--no-open", "opens", default=True, help="Open the browser.")
@option("--blind", is_flag=True, help="In the audit, hide each verdict until you have voted.")
@redact_option
def command(
    runs: tuple[str, ...], host: str, allowed: tuple[str, ...], port: int, *, opens: bool, blind: bool, redact: bool
) -> int:
    """Show runs (files, folders with runs, store URLs) in the browser, also while they are being written, and audit
    their confidentiality verdicts."""
    from convsim.web.app import build_app
    from convsim.web.serve import serve

    everywhere = host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    app = build_app(runs, hosts=allowed if everywhere else (host, *allowed), blind=blind, redact=redact)
    if everywhere and not allowed:
        click.echo(f"--host {host}: it answers to localhost alone; name others with --allow-host NAME", err=True)

    def told(url: str) -> None:
        click.echo(url)
        click.echo("Ctrl-C ends it", err=True)
        if opens:
            click.launch(url)

    serve(app, host=host, port=port, told=told)
    return 0
