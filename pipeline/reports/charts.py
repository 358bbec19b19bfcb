"""Charts as SVG that stands in the page: drawn by Vega-Lite without a browser or a network.

Words in the charts stay text: the reader's browser draws them in the page's own fonts, and a machine without Chinese fonts
makes the same file. Colours are told apart by colour-blind eyes (Okabe and Ito; blue to orange for more and less) and every
difference of colour is a difference of shape, place or number too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Rows: TypeAlias = Sequence[Mapping[str, str | float | None]]

FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif"
INK, SOFT, LINE = "#1d2b2a", "#5d6d6b", "#dfe6e4"
MAIN, OTHER = "#0072b2", "#d55e00"
_WIDTH = 800
_SHOWN_POINTS = 15.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with what it says in words and its numbers as a table, for those who cannot see it.

    Parameters
    ----------
    svg
        Markup; every text in it was escaped by the library that drew it.
    said
        One sentence.
    """

    title: str
    svg: str
    said: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def levels(rows: Rows) -> str:
    """Dots with intervals, one row a name, a tick for the team; rows: name, level, low, high, team, mean."""
    import altair as alt

    base = alt.Chart(_data({"zero": 0.0, "hundred": 100.0} | dict(row) for row in rows)).encode(
        y=_names([str(row["name"]) for row in rows])
    )
    scale = alt.Scale(domain=[0, 100])
    x = alt.X("zero:Q", title=None, scale=scale, axis=alt.Axis(tickCount=10))
    layers = (
        base.mark_rule(stroke=LINE, strokeWidth=9).encode(x=x, x2="hundred:Q"),
        base.mark_rule(stroke=MAIN, strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale), x2="high:Q"),
        base.mark_tick(color=OTHER, thickness=2.5, size=15).encode(x="team:Q"),
        base.mark_point(color=SOFT, size=34, strokeWidth=1.3, fill="#ffffff").encode(x="mean:Q"),
        base.mark_point(color=MAIN, size=60, filled=True, opacity=1).encode(x="level:Q"),
    )
    return _svg(alt.layer(*layers).properties(width=_WIDTH, height=alt.Step(23)))


def weeks(rows: Rows, *, domain: tuple[float, float], team: bool = True) -> str:
    """Weekly means with intervals, the team's line behind; rows: week (ISO date), mean, low, high, calls, team."""
    import altair as alt

    x = _weeks(rows)
    scale = alt.Scale(domain=list(domain))
    base = alt.Chart(_data(rows)).encode(x=x)
    own = (
        base.mark_rule(stroke=MAIN, strokeWidth=1.6).encode(y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q"),
        base.mark_line(stroke=MAIN, strokeWidth=1.2, opacity=0.6).encode(y="mean:Q"),
        base.mark_point(color=MAIN, filled=True, opacity=1, size=55).encode(y="mean:Q"),
    )
    behind = base.mark_line(stroke=OTHER, strokeDash=[5, 4], strokeWidth=1.6).encode(y=alt.Y("team:Q", scale=scale))
    return _svg(alt.layer(*((behind, *own) if team else own)).properties(width=_WIDTH, height=170))


def shares(rows: Rows) -> str:
    """Two shares over the weeks, told apart by dash and mark; rows: week, part, share."""
    import altair as alt

    parts = list(dict.fromkeys(str(row["part"]) for row in rows))
    x = _weeks(rows)
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5))
    colour = alt.Color("part:N", scale=alt.Scale(domain=parts, range=[MAIN, OTHER]), legend=_legend())
    shape = alt.Shape("part:N", scale=alt.Scale(domain=parts, range=["circle", "square"]), legend=_legend())
    base = alt.Chart(_data(rows)).encode(x=x, y=y, color=colour)
    dash = alt.StrokeDash("part:N", scale=alt.Scale(domain=parts, range=[[1, 0], [5, 4]]), legend=None)
    return _svg(
        alt.layer(
            base.mark_line(strokeWidth=1.6).encode(strokeDash=dash),
            base.mark_point(filled=True, opacity=1, size=50).encode(shape=shape),
        ).properties(width=_WIDTH, height=150)
    )


def heat(rows: Rows, agents: Sequence[str], criteria: Sequence[str]) -> str:
    """Criteria by agent; rows: agent, criterion, level, away (from the team), sure (1 or 0). Pale where not sure."""
    import altair as alt

    scale = alt.Scale(scheme="blueorange", domain=[_SHOWN_POINTS, -_SHOWN_POINTS], clamp=True)
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("criterion:N", sort=list(criteria), title=None, axis=alt.Axis(orient="top", labelAngle=-45)),
        y=alt.Y("agent:N", sort=list(agents), title=None),
    )
    sure = "datum.sure > 0"
    colour = alt.Color("away:Q", scale=scale, legend=None)
    return _svg(
        alt.layer(
            base.mark_rect(stroke="#ffffff", strokeWidth=1.5, fill="#eef2f1"),
            base.transform_filter(sure).mark_rect(stroke="#ffffff", strokeWidth=1.5).encode(color=colour),
            base.transform_filter(f"!({sure})").mark_text(fontSize=11, color=SOFT).encode(text=_whole("level")),
            base.transform_filter(sure)
            .mark_text(fontSize=11, fontWeight="bold")
            .encode(text=_whole("level"), color=_on_dark(alt)),
        ).properties(width=alt.Step(52), height=alt.Step(22))
    )


def dots(rows: Rows, *, domain: tuple[float, float], zero: bool = False, order: Sequence[str] | None = None) -> str:
    """Means or differences with intervals, one row a name; rows: name, value, low, high. ``zero`` draws a line at 0."""
    import altair as alt

    base = alt.Chart(_data({"zero": 0.0} | dict(row) for row in rows)).encode(y=_names(order))
    x = alt.X("low:Q", title=None, scale=alt.Scale(domain=list(domain)), axis=alt.Axis(tickCount=6))
    layers = [
        base.mark_rule(stroke=MAIN, strokeWidth=2.2).encode(x=x, x2="high:Q"),
        base.mark_point(color=MAIN, filled=True, size=58, opacity=1).encode(x="value:Q"),
    ]
    if zero:
        layers.insert(0, base.mark_tick(color=SOFT, thickness=1.5, size=26).encode(x="zero:Q"))
    return _svg(alt.layer(*layers).properties(width=420, height=alt.Step(26)))


def hours(rows: Rows, *, domain: tuple[float, float]) -> str:
    """Means by hour of the day with intervals; rows: hour, mean, low, high."""
    import altair as alt

    base = alt.Chart(_data(rows)).encode(x=alt.X("hour:O", title=None, axis=alt.Axis(labelAngle=0, grid=False)))
    y = alt.Y("low:Q", title=None, scale=alt.Scale(domain=list(domain)))
    return _svg(
        alt.layer(
            base.mark_rule(stroke=MAIN, strokeWidth=1.8).encode(y=y, y2="high:Q"),
            base.mark_point(color=MAIN, filled=True, size=50, opacity=1).encode(y="mean:Q"),
        ).properties(width=420, height=170)
    )


def _weeks(rows: Rows) -> Any:  # noqa: ANN401 - untyped library
    """A time axis that names at most eight of the weeks there are."""
    import altair as alt

    known = sorted({str(row["week"]) for row in rows})
    named = [alt.DateTime(year=int(w[:4]), month=int(w[5:7]), date=int(w[8:10])) for w in known[:: -(-len(known) // 8)]]
    axis = alt.Axis(format="%m-%d", labelAngle=0, grid=False, values=named, labelOverlap=False)
    return alt.X("yearmonthdate(week):T", title=None, axis=axis, scale=alt.Scale(padding=16))


def _data(rows: Iterable[Mapping[str, str | float | None]]) -> Any:  # noqa: ANN401 - untyped library
    import altair as alt

    return alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]


def _names(order: Sequence[str] | None = None) -> Any:  # noqa: ANN401 - untyped library
    import altair as alt

    return alt.Y("name:N", sort=list(order) if order else None, title=None, axis=alt.Axis(labelPadding=8))


def _whole(field: str) -> Any:  # noqa: ANN401 - untyped library
    import altair as alt

    return alt.Text(f"{field}:Q", format=".0f")


def _on_dark(alt: Any) -> Any:  # noqa: ANN401 - untyped library
    return alt.condition(f"abs(datum.away) > {0.6 * _SHOWN_POINTS}", alt.value("#ffffff"), alt.value(INK))


def _legend() -> Any:  # noqa: ANN401 - untyped library
    import altair as alt

    return alt.Legend(title=None, orient="top")


def _svg(chart: Any) -> str:  # noqa: ANN401 - untyped library
    """Draw; without size, namespaces and background, so that it fits the page it stands in."""
    import vl_convert

    axis = {
        "labelColor": INK,
        "labelLimit": 0,
        "labelFontSize": 12.5,
        "gridColor": LINE,
        "domain": False,
        "ticks": False,
        "labelFlush": False,
    }
    config = {
        "font": FONT,
        "background": None,
        "aria": False,
        "view": {"stroke": None},
        "axis": axis,
        "legend": {"labelFontSize": 12.5, "labelColor": INK, "labelLimit": 0},
    }
    spec = chart.to_dict(validate=False) | {"config": config}
    drawn: str = vl_convert.vegalite_to_svg(spec)
    plain = re.sub(r' xmlns(:\w+)?="[^"]*"', "", drawn)
    return re.sub(r'<svg ([^>]*?width="[\d.]+") height="[\d.]+"', r"<svg \1", plain, count=1)
