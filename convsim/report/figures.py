"""Figures as inline SVG, drawn by Vega-Lite: static, without scripts, the same bytes for the same rows."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap
from typing import Any, TypeVar

from convsim.draws import fingerprint
from convsim.report.tables import Row

FONT = "system-ui, sans-serif"
WIDEST_LETTER = 7.5
"""Pixels of a letter in the widest font that a reader's system may put for FONT: labels are never cut."""


GRID = "#e3e7ec"
"""Colour of the lines that lead the eye from a name to its dot."""
COLUMNS = 8
"""Columns of a heat map that fit on a page; more go into bands below each other."""
Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Return the items in as few, and as equal, groups of at most `size` as there must be; one group for none."""
    count = max(1, -(-len(items) // size))
    ends = [len(items) * number // count for number in range(count + 1)]
    return [items[start:end] for start, end in pairwise(ends)]


def heat_map(rows: Sequence[Row], *, least: int = 1) -> str:
    """Return family x agent as an SVG heat map of the rows' means; cells with fewer than `least` episodes stay blank.

    The colour scale (viridis) keeps its order for colour-blind readers and in grey print; each cell also says its
    number.
    """
    import altair as alt

    cells = [_cell(row) for row in rows if row.mean is not None and row.n >= least]
    columns = list(dict.fromkeys(cell["agent"] for cell in cells))
    bands = [_band(cells, own) for own in chunks(columns, COLUMNS)]
    return drawn_svg(bands[0] if len(bands) == 1 else alt.vconcat(*bands))


def _band(all_cells: Sequence[dict[str, Any]], columns: Sequence[str]) -> Any:
    import altair as alt

    own = [cell for cell in all_cells if cell["agent"] in columns]
    families = list(dict.fromkeys(cell["family"] for cell in all_cells))
    data = alt.InlineData(values=own)
    x = alt.X("agent:N", title=None, sort=list(columns), axis=_wrapped_labels(columns))
    y = alt.Y("family:N", title=None, sort=families, axis=wide_labels("family", all_cells, lines=False))
    colour = alt.Color(
        "mean:Q",
        scale=alt.Scale(scheme="viridis", domain=[0, 100]),
        legend=alt.Legend(title="%", orient="right"),
    )
    base = alt.Chart(data)
    cells = base.mark_rect(stroke="white").encode(x=x, y=y, color=colour)
    ink = alt.condition(alt.datum.mean > 55, alt.value("black"), alt.value("white"))
    labels = base.mark_text(fontSize=12).encode(x=x, y=y, text=alt.Text("mean:Q", format=".0f"), color=ink)
    return (cells + labels).properties(width=alt.Step(96), height=alt.Step(34))


_LINE = 12
"""Pixels of a line of a label."""


def _wrapped_labels(columns: Sequence[str]) -> Any:
    """Return the axis of column labels, long ones in several lines of a column's width, all ending at the cells."""
    import altair as alt

    lines = {each: wrap(each.replace("_", " "), 14) or [""] for each in columns}
    most = max(map(len, lines.values()), default=1)
    # Vega takes a list for a label of several lines and sets the first one at the axis, whatever the baseline.
    full = {each: ["\u00a0"] * (most - len(own)) + own for each, own in lines.items()}
    told = " : ".join(f"datum.value === {json.dumps(each)} ? {json.dumps(full[each])}" for each in columns)
    return alt.Axis(
        orient="top",
        labelAngle=0,
        labelLimit=0,
        labelLineHeight=_LINE,
        labelPadding=_LINE * (most - 1) + 4,
        labelExpr=f"{told} : datum.value" if columns else "datum.value",
    )


def intervals(rows: Sequence[Row], *, title: str) -> str:
    """Return one dot with its interval per row (agent), in per cent, as SVG."""
    import altair as alt

    drawn = [_cell(row) for row in rows if row.mean is not None]
    data = alt.InlineData(values=drawn)
    y = alt.Y("agent:N", title=None, sort=None, axis=wide_labels("agent", drawn))
    base = alt.Chart(data)
    rules = base.mark_rule(strokeWidth=2, color="#3b528b").encode(
        x=percent_axis("low", f"{title} (%)"), x2="high:Q", y=y
    )
    dots = base.mark_point(filled=True, size=70, color="#3b528b", opacity=1).encode(
        x=percent_axis("mean", f"{title} (%)"), y=y
    )
    return drawn_svg((rules + dots).properties(width=190, height=alt.Step(24)))


def percent_axis(field: str, title: str) -> Any:
    """Return a horizontal axis from 0 to 100 with thin lines, so that a dot far from its name can be read."""
    import altair as alt

    axis = alt.Axis(values=[0, 25, 50, 75, 100], grid=True, gridColor=GRID, labelFlush=False)
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, 100]), axis=axis, title=title)


def wide_labels(field: str, cells: Sequence[dict[str, Any]], *, lines: bool = True) -> Any:
    """Return the axis of row labels, wide enough for the longest; with `lines` from each name to its dot."""
    import altair as alt

    width = WIDEST_LETTER * max((len(cell[field]) for cell in cells), default=0)
    return alt.Axis(labelLimit=0, labelPadding=8, minExtent=width, grid=lines, gridColor=GRID)


def _cell(row: Row) -> dict[str, Any]:
    def percent(value: float | None) -> float | None:
        return None if value is None else round(100 * value, 2)

    return {
        "agent": row.agent,
        "family": row.family.replace("_", " "),
        "mean": percent(row.mean),
        "low": percent(row.low if row.low is not None else row.mean),
        "high": percent(row.high if row.high is not None else row.mean),
    }


def drawn_svg(chart: Any) -> str:
    """Return a chart in the report's style as SVG."""
    import vl_convert

    styled = (
        chart.configure(font=FONT).configure_view(strokeWidth=0).configure_axis(domain=False, ticks=False, grid=False)
    )
    spec = styled.to_dict()
    svg: str = vl_convert.vegalite_to_svg(spec)
    return _GRADIENT.sub(f"gradient-{fingerprint(json.dumps(spec, sort_keys=True))}", svg)


_GRADIENT = re.compile(r"gradient_\d+")
"""Vega numbers its gradients over the whole process; a page needs names that are its own and always the same."""
