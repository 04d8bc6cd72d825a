"""`convsim score`: judge a stored run again, or transcripts from elsewhere."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from convsim.cli.options import egress_option, option, pairs

if TYPE_CHECKING:
    from convsim.runs.config import JudgeConfig


@click.command()
@click.argument("what", metavar="RUN|FILE.jsonl")
@option("--judge", default="rules", metavar="WHO", help="rules, or rules+MODEL (for runs).")
@option("--judge-args", multiple=True, metavar="K=V", help="Parameter of the judge's model.")
@option("--judge-base-url", metavar="URL", help="Where the judge's model answers.")
@egress_option
@option("--turns", is_flag=True, help="Only how each assistant message was read (for files).")
def command(
    what: str, judge: str, judge_args: tuple[str, ...], judge_base_url: str | None, *, allow_egress: bool, turns: bool
) -> int:
    """Judge a stored run again without new conversations, or transcripts from elsewhere: one JSON object a line
    with `id`, `messages` and, where known, `family, gold, metric, protected, entitled, units`."""
    from convsim.runs.config import JudgeConfig

    if "://" in what or _is_run(Path(what)):
        config = JudgeConfig(spec=judge, args=pairs(judge_args, "--judge-args"), base_url=judge_base_url)
        return _score_run(what, config, allow_egress=allow_egress)
    return _score_file(Path(what), turns=turns)


def _is_run(path: Path) -> bool:
    from convsim.errors import ConfigError
    from convsim.runs.files import is_sqlite

    if not path.is_file():
        raise ConfigError(f"{path} cannot be read: there is no such file; name a run file or a file of JSON lines")
    return is_sqlite(path)


def _score_run(what: str, config: "JudgeConfig", *, allow_egress: bool) -> int:
    from convsim.report.composites import panel_agreement
    from convsim.report.tables import scoreboard
    from convsim.runs.egress import check_judge_egress
    from convsim.runs.rescore import rescore
    from convsim.runs.store import Store

    store = Store.open(what)
    if (manifest := store.manifest()) is not None:
        check_judge_egress(manifest.config, config, allowed=allow_egress)
    counts = asyncio.run(rescore(store, config, told=lambda line: click.echo(line, err=True)))
    click.echo(scoreboard(store.episodes()))
    alpha = panel_agreement(store.episodes()) if config.spec.count("+") > 1 else None
    if alpha is not None:
        click.echo(f"the panel's models among themselves: Krippendorff's alpha {alpha:.3f}")
    click.echo(f"{counts.judged} episodes judged, {counts.failed} failed", err=True)
    return 3 if counts.failed else 0


def _score_file(path: Path, *, turns: bool) -> int:
    """Print a verdict per line; bad lines are told by number and cost only themselves."""
    import orjson

    from convsim import plugins
    from convsim.errors import SelectionError

    good = bad = 0
    with path.open("rb") as file:
        for output in plugins.judge_provider().score_lines(file, turns_only=turns):
            if output.verdict is None:
                bad += 1
                click.echo(f"{path}:{output.line}: {output.error}", err=True)
            else:
                good += 1
                click.echo(orjson.dumps(output.verdict))
    if not good:
        raise SelectionError(f"{path} holds no line that can be judged ({bad} bad)")
    return 3 if bad else 0
