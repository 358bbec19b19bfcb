"""Nouns as rows of the inspectors' sheets, and the columns they fill."""

from collections.abc import Iterator, Sequence

from pipeline.agents.estimate import Estimate
from pipeline.agents.report import AgentReport
from pipeline.reports.sheet import Column, SheetCell
from pipeline.reports.words import Words, interval
from pipeline.schema import Affinity, Completeness, DimensionScore, Finding, Polarity, Scorecard, Status

_DAY_S = 86_400.0
_DIMENSIONS = ("politeness", "patience", "communication")
VERDICTS = ("确认", "驳回")

CALL_COLUMNS = (
    Column("录音编号", 14),
    Column("文件", 28),
    Column("坐席", 10),
    Column("通话时间", 17, "date"),
    Column("时长", 8, "time"),
    *(
        column
        for name in ("服务亲和力", "礼貌程度", "耐心程度", "沟通能力")
        for column in (Column(name, 11, "score", bar=True), Column(f"{name}区间", 10))
    ),
    Column("等级", 9),
    Column("红线", 14, alarm=True),
    Column("开场完整", 9),
    Column("开场缺少", 18, "wrap"),
    Column("结束完整", 9),
    Column("结束缺少", 18, "wrap"),
    Column("场景", 10),
    Column("禁用（确定）", 9, "count", alarm=True),
    Column("待复核", 9, "count"),
    Column("角色说明", 20, "wrap"),
)

FINDING_COLUMNS = (
    Column("录音编号", 14),
    Column("坐席", 10),
    Column("第几句", 8, "count"),
    Column("时间", 8, "time"),
    Column("标签", 14),
    Column("性质", 8),
    Column("准则", 14),
    Column("引文", 40, "wrap"),
    Column("说明", 36, "wrap"),
    Column("把握", 8, "ratio"),
    Column("状态", 9),
    Column("规则", 16),
    Column("标签编号", 16),
    Column("复核结论", 10, choices=VERDICTS),
    Column("备注", 24, "wrap"),
)

TURN_COLUMNS = (
    Column("录音编号", 14),
    Column("坐席", 10),
    Column("第几句", 8, "count"),
    Column("说话人", 8),
    Column("开始", 8, "time"),
    Column("结束", 8, "time"),
    Column("文本", 80, "wrap"),
    Column("识别把握", 9, "ratio"),
)


def call_cells(card: Scorecard, words: Words) -> tuple[SheetCell, ...]:
    """One row of the calls' sheet."""
    recording = card.recording
    certain = [finding for finding in card.findings if finding.status is Status.CERTAIN]
    return (
        recording.id,
        recording.path,
        recording.agent_id,
        recording.started_at,
        recording.duration_s / _DAY_S,
        *_call_scores(card),
        card.affinity.band,
        words.of(card.affinity.red_line) if card.affinity.red_line else None,
        _complete(card.opening),
        _absent(card.opening, words),
        _complete(card.closing),
        _absent(card.closing, words),
        words.of(card.scenario.name) if card.scenario.name else "未定",
        sum(finding.polarity is Polarity.FORBIDDEN for finding in certain),
        len(card.findings) - len(certain),
        card.transcript.roles.reason or words.of(card.transcript.roles.method),
    )


def _call_scores(card: Scorecard) -> Iterator[SheetCell]:
    """Give score and interval of the total and the three dimensions, in the columns' order."""
    own: dict[str, Affinity | DimensionScore] = {score.dimension: score for score in card.dimensions}
    for score in (card.affinity, *(own.get(name) for name in _DIMENSIONS)):
        yield score.score if score else None
        yield interval(score.low, score.high) if score else None


def _complete(part: Completeness) -> str:
    if part.abstained:
        return "不评"
    return "是" if part.complete else "否"


def _absent(part: Completeness, words: Words) -> str | None:
    return "、".join(words.of(name) for name, present in part.elements.items() if not present) or None


def finding_cells(card: Scorecard, finding: Finding, words: Words) -> tuple[SheetCell, ...]:
    """One row of the findings' sheet; verdict and remark are the inspector's to fill in."""
    evidence = finding.evidence
    return (
        card.recording.id,
        card.recording.agent_id,
        evidence.turn + 1,
        evidence.span.start_s / _DAY_S,
        words.of(finding.label),
        words.of(finding.polarity.value),
        words.of(finding.criterion),
        evidence.quote,
        finding.explanation,
        evidence.certainty,
        words.of(finding.status.value),
        finding.rule,
        finding.label,
        None,
        None,
    )


def turn_cells(card: Scorecard, words: Words) -> Iterator[tuple[SheetCell, ...]]:
    """One row of the turns' sheet for each turn of a call."""
    for turn in card.transcript.turns:
        times = (turn.span.start_s / _DAY_S, turn.span.end_s / _DAY_S)
        yield (
            card.recording.id,
            card.recording.agent_id,
            turn.index + 1,
            words.of(turn.role.value),
            *times,
            turn.text,
            turn.confidence,
        )


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
