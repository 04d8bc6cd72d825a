"""What `convsim run --dry-run` prints: the plan, what it will take and what it can show."""

import json
from collections import Counter
from typing import Any

import click


def tell_plan(plan: Any, *, as_json: bool) -> None:
    """Print the plan and its forecast."""
    from convsim.runs.forecast import ASSUMPTIONS, forecast, power

    expected, seen = forecast(plan), power(plan)
    if as_json:
        click.echo(json.dumps(_event(plan, expected, seen)))
        return
    for (family, org), number in Counter((s.task.family, s.task.org) for s in plan.scenarios).items():
        click.echo(f"{number:6d}  {family} ({org})")
    if plan.config.suite:
        click.echo(f"        suite {plan.config.suite}, as frozen")
    click.echo(f"{len(plan):6d}  episodes: {len(plan.scenarios)} scenarios x {len(plan.config.agents)} agents")
    for reason in plan.left_out:
        click.echo(f"left out: {reason}", err=True)
    for each in expected:
        click.echo(_line(each))
    if expected:
        click.echo(f"        estimated: {ASSUMPTIONS}")
    if seen.half_width is not None:
        click.echo(
            f"        {seen.tasks} tasks: a completion rate is known to at most +-{seen.half_width:.3f} (95%), a "
            f"difference of {seen.detectable:.3f} between two agents is found with a probability of 0.8"
        )


def _line(expected: Any) -> str:
    from convsim.runs.forecast import rounded

    cost = "price unknown" if expected.usd is None else f"{expected.usd:.2f} USD"
    return (
        f"{rounded(expected.calls):6d}  calls of {expected.name} ({expected.role}): about "
        f"{rounded(expected.input_tokens):,} tokens in, {rounded(expected.output_tokens):,} out, {cost}"
    )


def _event(plan: Any, expected: Any, seen: Any) -> dict[str, Any]:
    known = [each.usd for each in expected]
    return {
        "event": "plan",
        "suite": plan.config.suite,
        "episodes": len(plan),
        "scenarios": len(plan.scenarios),
        "tasks": seen.tasks,
        "calls": sum(each.calls for each in expected),
        "input_tokens": sum(each.input_tokens for each in expected),
        "output_tokens": sum(each.output_tokens for each in expected),
        "usd": None if None in known else sum(known),
        "half_width": seen.half_width,
        "detectable": seen.detectable,
    }
