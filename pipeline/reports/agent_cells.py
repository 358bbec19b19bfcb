"""Agents as rows of the inspectors' sheets."""

from collections.abc import Sequence

from pipeline.agents.estimate import Estimate
from pipeline.agents.report import AgentReport
from pipeline.reports.sheet import Column, SheetCell
from pipeline.reports.words import Words, interval


def _scales(reports: Sequence[AgentReport]) -> tuple[str, ...]:
    """Names of all scales; every report has the same, in the same order."""
    if not reports:
        return ()
    first = reports[0]
    return tuple(estimate.name for estimate in (first.affinity, *first.dimensions, *first.criteria))


def agent_columns(reports: Sequence[AgentReport], words: Words) -> tuple[Column, ...]:
    """Columns of the agents' sheet: habits, then three for each scale."""
    return (
        Column("坐席", 12),
        Column("通话数", 8, "count"),
        Column("最早", 17, "date"),
        Column("最晚", 17, "date"),
        Column("开场完整率", 9, "ratio"),
        Column("结束完整率", 9, "ratio"),
        Column("红线", 7, "count", alarm=True),
        Column("常见禁用", 30, "wrap"),
        Column("常缺要素", 30, "wrap"),
        *(
            column
            for name in _scales(reports)
            for column in (
                Column(words.of(name), 11, "score", bar=True),
                Column("区间", 9),
                Column("评分通数", 8, "count"),
            )
        ),
    )


def agent_cells(report: AgentReport, words: Words) -> tuple[SheetCell, ...]:
    """One row of the agents' sheet."""
    return (
        report.agent_id,
        report.calls,
        report.first_at,
        report.last_at,
        report.opening.ratio,
        report.closing.ratio,
        sum(report.red_lines.values()),
        "、".join(f"{words.of(count.label)} {count.calls} 通" for count in report.forbidden[:3] if count.calls) or None,
        "、".join(f"{words.of(element.element)} {element.missing}/{element.of}" for element in report.missing[:3])
        or None,
        *(
            cell
            for estimate in (report.affinity, *report.dimensions, *report.criteria)
            for cell in _estimate_cells(estimate)
        ),
    )


def _estimate_cells(estimate: Estimate) -> tuple[SheetCell, ...]:
    return estimate.level, interval(estimate.low, estimate.high), estimate.calls
