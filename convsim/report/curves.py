"""Curves and dots of several agents: told apart by shape and dash as well as by a colour-blind-safe colour."""

import json
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from convsim.report.figures import GRID, WIDEST_LETTER, chunks, drawn_svg, percent_axis, wide_labels
from convsim.report.section import Datum

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7A6C00"]
"""Okabe and Ito's palette ("Color universal design", 2008); its yellow darkened for white paper."""
SHAPES = ["circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right"]
_MEASURED_LETTER = 5.0
"""Pixels that Vega reckons with for a letter of a legend."""
DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [10, 4], [1, 3], [6, 2, 1, 2]]


def trade_off(data: Sequence[Datum]) -> str:
    """Return three panels (leak, over-refusal, completed), a row an agent, the prompt by shape and colour, as SVG."""
    import altair as alt

    several = len({each["delivery"] for each in data}) > 1
    places = {key: n for n, key in enumerate(dict.fromkeys((each["agent"], each["delivery"]) for each in data))}
    ordered = sorted(data, key=lambda each: (places[each["agent"], each["delivery"]], each["prompt"] == "with"))
    rows = [{**_percent(each), "agent": _row_name(each, several=several)} for each in ordered]
    y = alt.Y("agent:N", title=None, sort=None, axis=wide_labels("agent", rows))
    scale = alt.Scale(domain=["without", "with"], range=COLOURS[:2])
    legend = alt.Legend(title="privacy prompt", titleLimit=0)
    colour = alt.Color("prompt:N", scale=scale, legend=legend)
    shape = alt.Shape("prompt:N", scale=alt.Scale(domain=scale.domain, range=SHAPES[:2]), legend=legend)
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y, color=colour)
    rules = base.mark_rule(strokeWidth=2).encode(x=percent_axis("low", "%"), x2="high:Q")
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=percent_axis("mean", "%"), shape=shape)
    column = alt.Column("metric:N", title=None, sort=["leak", "over-refusal", "completed"])
    chart = (rules + dots).properties(width=160, height=alt.Step(24)).facet(column=column)
    return drawn_svg(chart.properties(padding=_room(len("privacy prompt"))))


def _row_name(datum: Datum, *, several: bool) -> str:
    prompt = ", with prompt" if datum["prompt"] == "with" else ""
    return f"{datum['agent']}{prompt}" + (f" ({datum['delivery']})" if several else "")


def _room(letters: int) -> dict[str, float]:
    """Return a figure's padding that keeps a legend of so many letters whole, whatever font the reader has."""
    return {"left": 5, "top": 5, "bottom": 5, "right": 5 + (WIDEST_LETTER - _MEASURED_LETTER) * letters}


def ladder(data: Sequence[Datum]) -> str:
    """Return the survival curves as SVG, from 100% before the first rung."""
    starts: list[Datum] = [
        {"agent": agent, "delivery": delivery, "rung": 0, "mean": 1.0, "low": None, "high": None}
        for agent, delivery in dict.fromkeys((each["agent"], each["delivery"]) for each in data)
    ]
    return _lines([*starts, *data], "rung", "rung of the ladder", "probes without a leak (%)", step=True)


def passes(data: Sequence[Datum]) -> str:
    """Return pass^k over k as SVG."""
    return _lines(data, "k", "k trials", "pass^k (%)", step=False)


def _lines(data: Sequence[Datum], x_name: str, x_title: str, title: str, *, step: bool) -> str:
    """Return the curves as SVG, panels below each other on the same axes.

    A panel holds one delivery, and as many curves as can be told apart; curves that coincide are drawn once, with the
    names of all.
    """
    import altair as alt

    rows = [_percent(each) for each in data if each["mean"] is not None]
    places = [int(each[x_name]) for each in rows]
    names = (x_name, x_title, title)
    panels = []
    deliveries = list(dict.fromkeys(each["delivery"] for each in rows))
    for delivery in deliveries:
        merged = _merged([each for each in rows if each["delivery"] == delivery], x_name)
        curves = list(dict.fromkeys(each["agent"] for each in merged))
        for own in chunks(curves, len(COLOURS)):
            panel = _panel([row for row in merged if row["agent"] in own], own, names,
                           ticks=range(min(places), max(places) + 1), step=step)  # fmt: skip
            panels.append(panel.properties(title=f"delivery {delivery}") if len(deliveries) > 1 else panel)
    together = alt.vconcat(*panels).resolve_scale(color="independent", shape="independent", strokeDash="independent")
    chart = panels[0] if len(panels) == 1 else together
    return drawn_svg(chart.properties(padding=_room(_LEGEND)))


_LEGEND = 44
"""Letters of a line of a legend that fit beside the curves; longer names go on in the next line."""


def _merged(rows: Sequence[Mapping[str, Any]], x_name: str) -> list[dict[str, Any]]:
    """Return the rows of one delivery with one curve for all agents whose curves are the same."""
    points: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        points.setdefault(row["agent"], []).append((row[x_name], row["mean"], row["low"], row["high"]))
    same: dict[tuple[tuple[Any, ...], ...], list[str]] = {}
    for agent, own in points.items():
        same.setdefault(tuple(own), []).append(agent.removesuffix(f" ({rows[0]['delivery']})"))
    return [
        {"agent": ", ".join(agents), x_name: x, "mean": mean, "low": low, "high": high}
        for own, agents in same.items()
        for x, mean, low, high in own
    ]


def _panel(
    rows: Sequence[Mapping[str, Any]],
    agents: Sequence[str],
    names: tuple[str, str, str],
    *,
    ticks: Sequence[int],
    step: bool,
) -> Any:
    """Return the chart of at most as many agents as there are colours; `names`: field and title of x, title of y."""
    import altair as alt

    x_name, x_title, title = names

    def scale(values: Sequence[Any]) -> Any:
        return alt.Scale(domain=list(agents), range=list(values[: len(agents)]))

    lines = {each: wrap(each, _LEGEND, break_long_words=False) for each in agents}
    told = " : ".join(f"datum.value === {json.dumps(each)} ? {json.dumps(own)}" for each, own in lines.items())
    legend = alt.Legend(
        title=None, labelLimit=0, symbolSize=80, symbolOpacity=1, labelExpr=f"{told} : datum.value", columns=1
    )
    axis = alt.Axis(values=list(ticks), format="d", grid=False, labelFlush=False)
    x = alt.X(f"{x_name}:Q", title=x_title, axis=axis, scale=alt.Scale(domain=[ticks[0], ticks[-1]], padding=12))
    axis_y = alt.Axis(values=[0, 25, 50, 75, 100], grid=True, gridColor=GRID)
    y = alt.Y("mean:Q", title=title, scale=alt.Scale(domain=[0, 100], padding=8), axis=axis_y)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=x, color=alt.Color("agent:N", scale=scale(COLOURS), sort=None, legend=legend)
    )
    path = base.mark_line(interpolate="step-after" if step else "linear", strokeWidth=2).encode(
        y=y, strokeDash=alt.StrokeDash("agent:N", scale=scale(DASHES), sort=None, legend=legend)
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, shape=alt.Shape("agent:N", scale=scale(SHAPES), sort=None, legend=legend)
    )
    bars = base.mark_rule(opacity=0.55).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    return (bars + path + dots).properties(width=430, height=240)


def _percent(datum: Datum) -> dict[str, Any]:
    """Return the datum with its share in per cent; without an interval both ends are the share itself."""
    mean = datum["mean"]
    ends = {name: mean if datum[name] is None else datum[name] for name in ("low", "high")}
    shares = {"mean": mean, **ends}
    return {**datum, **{key: None if each is None else round(100 * float(each), 2) for key, each in shares.items()}}
