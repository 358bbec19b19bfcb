"""What the reports' charts show: rows taken from the reports' nouns, with a sentence and a table beside each chart."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from pipeline.agents.calls import Calls, Numbers, Positions
from pipeline.agents.report import AgentReport
from pipeline.agents.team import GroupMean, TeamReport
from pipeline.agents.tiers import side
from pipeline.reports import charts
from pipeline.reports.charts import Figure, Rows
from pipeline.reports.words import Words, interval

HEAT_AGENTS = 40
"""More rows than this nobody reads; the table of agents has them all."""
_MIN_WEEKS = 2


def criteria_figure(report: AgentReport, team: TeamReport, words: Words) -> Figure | None:
    """The 15 criteria beside the team; None where nothing was scored."""
    rows = []
    for estimate in report.criteria:
        scale = team.scales[estimate.name].team
        if scale is not None and estimate.level is not None:
            figures = {"level": estimate.level, "low": estimate.low, "high": estimate.high, "mean": estimate.mean}
            rows.append({"name": words.of(estimate.name), "team": scale.middle, **figures})
    if not rows:
        return None
    surely = [
        words.of(each.name) + ("高" if on > 0 else "低")
        for each in report.criteria
        if (scale := team.scales[each.name].team) and (on := side(each, scale.middle))
    ]
    said = f"十五项准则的水平与区间，竖线为全队。确实不同于全队的：{'、'.join(surely) or '没有'}。"
    head = ("准则", "水平", "区间", "全队", "原均值")
    table = tuple(
        (str(r["name"]), _whole(r["level"]), interval(r["low"], r["high"]), _whole(r["team"]), _whole(r["mean"]))  # type: ignore[arg-type]
        for r in rows
    )
    return Figure("十五项准则与全队", charts.levels(rows), said, head, table)


def trend_figure(agent_id: str, team: TeamReport) -> Figure | None:
    """Weekly affinity of an agent and the team; None with fewer than two weeks."""
    calls, scores = team.calls, team.scales["affinity"].adjustment.scores
    spread = team.scales["affinity"].team
    rows = list(_weekly(calls, scores, calls.rows_of(agent_id)))
    if len(rows) < _MIN_WEEKS or spread is None:
        return None
    everybody = {row["week"]: row["mean"] for row in _weekly(calls, scores, np.arange(len(calls.ids)))}
    shown: list[dict[str, str | float | None]] = []
    for row in rows:
        half = 1.96 * (spread.calls / float(row["calls"] or 1.0)) ** 0.5
        mean = float(row["mean"] or 0.0)
        shown.append(
            row | {"low": max(0.0, mean - half), "high": min(100.0, mean + half), "team": everybody[row["week"]]}
        )
    table = tuple((str(r["week"]), _whole(r["mean"]), _whole(r["team"]), _whole(r["calls"])) for r in shown)
    said = f"每周服务亲和力均值（已按难度折算）与区间，虚线为全队；共 {len(rows)} 周。"
    head = ("周（周一）", "本人", "全队", "通数")
    return Figure("每周服务亲和力", charts.weeks(shown, domain=_domain(shown)), said, head, table)


def completeness_figure(agent_id: str, team: TeamReport) -> Figure | None:
    """Weekly shares of complete openings and closings; None with fewer than two weeks."""
    calls, rows = team.calls, team.calls.rows_of(agent_id)
    shown: list[dict[str, str | float | None]] = []
    for part, values in (("开场完整", calls.opening), ("结束完整", calls.closing)):
        shown += [{"week": row["week"], "part": part, "share": row["mean"]} for row in _weekly(calls, values, rows)]
    weeks = sorted({str(row["week"]) for row in shown})
    if len(weeks) < _MIN_WEEKS:
        return None
    found = {(row["week"], row["part"]): row["share"] for row in shown}
    table = tuple((week, *(_percent(found.get((week, part))) for part in ("开场完整", "结束完整"))) for week in weeks)
    said = "每周开场完整率（圆点实线）与结束完整率（方块虚线）。"
    return Figure("开场与结束", charts.shares(shown), said, ("周（周一）", "开场完整", "结束完整"), table)


def heat_figure(team: TeamReport, words: Words) -> Figure | None:
    """Criteria by agent, group by group; where there are too many agents, those who differ surely come first."""
    own = {report.agent_id: report for report in team.agents}
    order = _most_telling(team)
    rows = [row for agent in order for row in _heat_rows(own[agent], team, words)]
    if not rows:
        return None
    criteria = [words.of(estimate.name) for estimate in team.agents[0].criteria]
    surely = sum(row["sure"] for row in rows)  # type: ignore[misc]
    said = f"{len(order)} 位坐席的十五项准则水平。只有区间整体离开全队平均的格子上色（{surely:.0f} 格），蓝高橙低，灰格与全队相当。"
    table = tuple((agent, *(_cell(row) for row in rows if row["agent"] == agent)) for agent in order)
    return Figure("准则与坐席", charts.heat(rows, order, criteria), said, ("坐席", *criteria), table)


def scenario_figure(team: TeamReport, words: Words) -> Figure | None:
    """Affinity by scenario."""
    return _group_figure("按场景", team.scenarios, words)


def hour_figure(team: TeamReport) -> Figure | None:
    """Affinity by hour of the day."""
    rows: Rows = [
        {"hour": int(each.name), "mean": each.mean, "low": each.low, "high": each.high}
        for each in team.hours
        if each.mean is not None
    ]
    if len(rows) < _MIN_WEEKS:
        return None
    table = tuple(
        (f"{each.name} 时", str(each.calls), _whole(each.mean), interval(each.low, each.high)) for each in team.hours
    )
    said = "各时段服务亲和力均值与区间。"
    return Figure("按时段", charts.hours(rows, domain=_domain(rows)), said, ("时段", "通数", "均值", "区间"), table)


def effect_figure(team: TeamReport, words: Words) -> Figure | None:
    """What circumstances do to affinity."""
    effects = team.effects.get("affinity", ())
    if not effects:
        return None
    rows: Rows = [
        {"name": words.of(each.name), "value": each.points, "low": each.low, "high": each.high} for each in effects
    ]
    reach = max(5.0, *(abs(each.low) for each in effects), *(abs(each.high) for each in effects))
    table = tuple(
        (words.of(each.name), f"{each.points:+.1f}", f"{each.low:+.1f} 至 {each.high:+.1f}") for each in effects
    )
    said = "各种情形使一通电话的分数平均高低多少（同一坐席内比较；场景与业务咨询相比，音质为信噪比每低 10 dB）。"
    order = [words.of(each.name) for each in effects]
    return Figure(
        "通话难度",
        charts.dots(rows, domain=(-reach, reach), zero=True, order=order),
        said,
        ("情形", "分", "区间"),
        table,
    )


def _group_figure(title: str, groups: Sequence[GroupMean], words: Words) -> Figure | None:
    known = sorted((each for each in groups if each.mean is not None), key=lambda each: -each.calls)
    if len(known) < _MIN_WEEKS:
        return None
    rows: Rows = [
        {"name": words.of(each.name), "value": each.mean, "low": each.low, "high": each.high} for each in known
    ]
    table = tuple(
        (words.of(each.name), str(each.calls), _whole(each.mean), interval(each.low, each.high)) for each in known
    )
    order = [words.of(each.name) for each in known]
    svg = charts.dots(rows, domain=_domain(rows), order=order)
    return Figure(title, svg, f"{title}的服务亲和力均值与区间。", (title[1:], "通数", "均值", "区间"), table)


def _weekly(calls: Calls, values: Numbers, rows: Positions) -> Iterator[dict[str, str | float | None]]:
    """Mean of each week that has values, by its Monday."""
    known = rows[np.isfinite(calls.day[rows]) & np.isfinite(values[rows])]
    # Day 1 of the year 1 was a Monday.
    mondays = np.floor((calls.day[known] - 1) / 7) * 7 + 1
    for monday in np.unique(mondays):
        own = values[known[mondays == monday]]
        yield {"week": _iso(float(monday)), "mean": float(own.mean()), "calls": float(len(own))}


def _iso(day: float) -> str:
    return (date(1, 1, 1) + timedelta(days=int(day) - 1)).isoformat()


def _most_telling(team: TeamReport) -> tuple[str, ...]:
    groups = team.tiers
    if len(groups.order) <= HEAT_AGENTS:
        return groups.order
    levels = {report.agent_id: report.affinity.level or 0.0 for report in team.agents}
    half = HEAT_AGENTS // 2
    lowest = sorted(groups.below, key=lambda agent: levels[agent])[:half]
    highest = sorted(groups.above, key=lambda agent: -levels[agent])[: HEAT_AGENTS - half]
    return (*sorted(highest), *sorted(lowest)) or groups.order[:HEAT_AGENTS]


def _heat_rows(report: AgentReport, team: TeamReport, words: Words) -> Iterator[dict[str, str | float | None]]:
    for estimate in report.criteria:
        scale = team.scales[estimate.name].team
        row: dict[str, str | float | None] = {"agent": report.agent_id, "criterion": words.of(estimate.name)}
        if scale is None or estimate.level is None:
            yield row | {"level": None, "away": 0.0, "sure": 0.0}
        else:
            sure = float(side(estimate, scale.middle) != 0)
            yield row | {"level": estimate.level, "away": estimate.level - scale.middle, "sure": sure}


def _cell(row: dict[str, str | float | None]) -> str:
    mark = ("↑" if float(row["away"] or 0.0) > 0 else "↓") if row["sure"] else ""
    return _whole(row["level"]) + mark


def _domain(rows: Rows) -> tuple[float, float]:
    """Ends of a scale that holds all intervals, in tens."""
    lows = [float(row["low"]) for row in rows if row["low"] is not None]
    highs = [float(row["high"]) for row in rows if row["high"] is not None]
    return max(0.0, np.floor(min(lows) / 10) * 10), min(100.0, np.ceil(max(highs) / 10) * 10)


def _whole(value: str | float | None) -> str:
    return "—" if value is None else f"{float(value):.0f}"


def _percent(value: str | float | None) -> str:
    return "—" if value is None else f"{float(value):.0%}"
