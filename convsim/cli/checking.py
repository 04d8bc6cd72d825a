"""What `convsim org check` prints, and its exit codes."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from convsim.errors import unknown
from convsim.org.lint.bundle import Finding, findings
from personas.units import ORG_TYPES

MOST_ALIKE = 100
"""Findings about one field or kind in one file that are printed; the others are counted. --json prints all."""


def check_generated(name: str, *, seed: int, scale: float, as_json: bool) -> int:
    """Print the acceptance checks of a generated org; return 1 when one does not hold."""
    from convsim.org.generate.check import checks

    missed = 0
    for row in checks(name, seed=seed, scale=scale):
        missed += not row.ok
        told = f"{'ok    ' if row.ok else 'MISSED'} {name} {row.name}: {row.figure}"
        click.echo(json.dumps({"org": name, **asdict(row)}) if as_json else told)
    return 1 if missed else 0


def check_bundle(name: str, *, as_json: bool) -> int:
    """Print every mistake and warning of a bundle's folder; return 2 when there is a mistake."""
    if not Path(name).exists():
        raise unknown("org", name, ORG_TYPES, remedy="or name a bundle's folder")
    alike: Counter[tuple[str, str]] = Counter()
    counts = Counter({"mistake": 0, "warning": 0})
    for each in findings(Path(name)):
        counts["warning" if each.warning else "mistake"] += 1
        kind = (str(each.told.file), each.told.found.partition(" ")[0])
        alike[kind] += 1
        if as_json:
            click.echo(json.dumps(_row(name, each)))
        elif alike[kind] <= MOST_ALIKE:
            click.echo(f"{'warning' if each.warning else 'mistake'} {each.told}")
    for (file, begin), number in alike.items():
        if number > MOST_ALIKE and not as_json:
            click.echo(f"{file}: {number - MOST_ALIKE} more that begin with '{begin}' (--json prints all)")
    told = ", ".join(f"{number} {what}{'' if number == 1 else 's'}" for what, number in counts.items())
    click.echo(f"{name}: {told}", err=True)
    return 2 if counts["mistake"] else 0


def _row(org: str, each: Finding) -> dict[str, object]:
    told = each.told
    return {
        **{"org": org, "warning": each.warning, "file": str(told.file), "line": told.line},
        **{"found": told.found, "allowed": told.allowed, "remedy": told.remedy},
    }
