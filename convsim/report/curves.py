"""Curves and dots of several agents: told apart by shape and dash as well as by a colour-blind-safe colour."""

from collections.abc import Mapping, Sequence
from typing import Any

from convsim.report.figures import WIDEST_LETTER, chunks, drawn_svg, wide_labels
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
    rows = [
        {**_percent(each), "agent": f"{each['agent']} ({each['delivery']})" if several else each["agent"]}
        for each in data
    ]
    y = alt.Y("agent:N", title=None, sort=None, axis=wide_labels("agent", rows))
    offset = alt.YOffset("prompt:N", sort=["without", "with"])
    scale = alt.Scale(domain=["without", "with"], range=COLOURS[:2])
    colour = alt.Color("prompt:N", title="privacy prompt", scale=scale)
    shape = alt.Shape("prompt:N", title="privacy prompt", scale=alt.Scale(domain=scale.domain, range=SHAPES[:2]))
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y, yOffset=offset, color=colour)
    scale_x = alt.Scale(domain=[0, 100])
    rules = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", scale=scale_x, title="%"), x2="high:Q")
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("mean:Q", scale=scale_x), shape=shape)
    column = alt.Column("metric:N", title=None, sort=["leak", "over-refusal", "completed"])
    return drawn_svg((rules + dots).properties(width=160, height=alt.Step(16)).facet(column=column))


def ladder(data: Sequence[Datum]) -> str:
    """Return the survival curves as SVG, from 100% before the first rung."""
    starts: list[Datum] = [
        {"agent": agent, "rung": 0, "mean": 1.0, "low": None, "high": None}
        for agent in dict.fromkeys(each["agent"] for each in data)
    ]
    return _lines([*starts, *data], "rung", "rung of the ladder", "probes without a leak (%)", step=True)


def passes(data: Sequence[Datum]) -> str:
    """Return pass^k over k as SVG."""
    return _lines(data, "k", "k trials", "pass^k (%)", step=False)


def _lines(data: Sequence[Datum], x_name: str, x_title: str, title: str, *, step: bool) -> str:
    """Return the curves, as many to a panel as can be told apart, the panels below each other on the same axes."""
    import altair as alt

    rows = [_percent(each) for each in data if each["mean"] is not None]
    agents = list(dict.fromkeys(each["agent"] for each in rows))
    ticks = sorted({int(each[x_name]) for each in rows})
    panels = [
        _panel([row for row in rows if row["agent"] in own], own, (x_name, x_title, title), ticks=ticks, step=step)
        for own in chunks(agents, len(COLOURS))
    ]
    together = alt.vconcat(*panels).resolve_scale(color="independent", shape="independent", strokeDash="independent")
    chart = panels[0] if len(panels) == 1 else together
    # The longest name of the legend is never cut, whatever font the reader has.
    room = 5 + (WIDEST_LETTER - _MEASURED_LETTER) * max(map(len, agents), default=0)
    return drawn_svg(chart.properties(padding={"left": 5, "top": 5, "bottom": 5, "right": room}))


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

    legend = alt.Legend(title=None, labelLimit=0, symbolSize=80)
    axis = alt.Axis(values=ticks, format="d", grid=False)
    x = alt.X(f"{x_name}:Q", title=x_title, axis=axis, scale=alt.Scale(domain=[ticks[0], ticks[-1]], padding=12))
    y = alt.Y("mean:Q", title=title, scale=alt.Scale(domain=[0, 100]))
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
