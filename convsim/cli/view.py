"""`convsim view`: a run's conversations in a browser."""

import click

from convsim.cli.options import option


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where it listens; loopback by default.")
@option("--port", default=8766, type=click.IntRange(0, 65535), help="0 takes a free one.")
@option("--open/--no-open", "opens", default=True, help="Open the browser.")
@option("--blind", is_flag=True, help="In the audit, hide each verdict until you have voted.")
def command(runs: tuple[str, ...], host: str, port: int, *, opens: bool, blind: bool) -> int:
    """Show runs (files, folders with runs, store URLs) in the browser, also while they are being written, and audit
    their confidentiality verdicts."""
    from convsim.web.app import build_app
    from convsim.web.serve import serve

    app = build_app(runs, hosts=() if host in ("0.0.0.0", "::") else (host,), blind=blind)  # noqa: S104 - compared, not bound

    def told(url: str) -> None:
        click.echo(url)
        click.echo("Ctrl-C ends it", err=True)
        if opens:
            click.launch(url)

    serve(app, host=host, port=port, told=told)
    return 0
