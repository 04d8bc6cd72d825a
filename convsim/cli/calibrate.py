"""`convsim calibrate`: judges, and the user's reader, against people."""

from pathlib import Path

import click

from convsim.cli.options import json_option, option


@click.command()
@click.argument("labels", metavar="LABELS.csv", type=click.Path(path_type=Path))
@option("--run", metavar="RUN", help="Run whose verdicts are compared where the file has none.")
@json_option
def command(labels: Path, run: str | None, *, as_json: bool) -> int:
    """Compare verdicts with human labels: confusion, kappa beside the base rates, TPR and TNR, and the rates corrected
    for the judge's mistakes. Columns: id, turn (empty: the episode), judge (verdict), label (human verdict), and
    where wanted judge_id, reviewer, weight; without judge the verdicts come from --run."""
    import orjson

    from convsim.errors import ConfigError, SelectionError
    from convsim.report.calibration import calibrate, told
    from convsim.report.labels import Verdicts, read_labels
    from convsim.runs.store import Store

    found = read_labels(labels)
    verdicts = Verdicts(Store.open(run)) if run else None
    rows = []
    for row in found.rows:
        try:
            rows.append(verdicts.completed(row) if verdicts else row)
        except ValueError as error:
            found.problems.append(f"{labels}: {error}")
    if not verdicts and any(not row.judge for row in rows):
        raise ConfigError(f"{labels} has rows without a verdict in the column judge; name the run with --run RUN")
    for problem in found.problems:
        click.echo(problem, err=True)
    calibrations = calibrate(rows, verdicts)
    if not calibrations:
        raise SelectionError(f"{labels} holds no label that can be compared with a verdict")
    for number, each in enumerate(calibrations):
        click.echo(orjson.dumps(each.as_dict()) if as_json else "\n" * bool(number) + told(each))
    return 3 if found.problems else 0
