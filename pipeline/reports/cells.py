"""Nouns as rows of the inspectors' sheets, and the columns they fill."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.people import Decision, Verdict, finding_key
from pipeline.reports.sheet import Column, Link, SheetCell
from pipeline.reports.views import call_key
from pipeline.reports.words import Words, clock, interval
from pipeline.schema import Affinity, Completeness, DimensionScore, Finding, Polarity, Scorecard, Status

_DAY_S = 86_400.0
_DIMENSIONS = ("politeness", "patience", "communication")
DECISIONS = {Decision.CONFIRMED: "确认", Decision.REJECTED: "驳回", Decision.CORRECTED: "改判"}
LABEL_SHEET = "标签"

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
    Column("未判定的规则", 24, "wrap"),
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
    Column("听", 9),
    Column("判定", 9, choices=tuple(DECISIONS.values()), entry=True),
    Column("改判标签", 14, choices=f"='{LABEL_SHEET}'!$A$2:$A$400", entry=True),
    Column("理由", 26, "wrap", entry=True),
    Column("质检员", 11, entry=True),
    Column("发现编号", 20, hidden=True),
    Column("版本", 6, "count", hidden=True),
)

DETAIL_COLUMNS = (
    Column("录音编号", 14),
    Column("坐席", 10),
    Column("日期", 11, "day"),
    Column("时段", 7, "count"),
    Column("场景", 10),
    Column("队列", 10),
    Column("维度", 11),
    Column("准则", 14),
    Column("分数", 8, "score"),
    Column("下限", 8, "score"),
    Column("上限", 8, "score"),
    Column("不评原因", 40),
)

LABEL_COLUMNS = (Column("标签", 16), Column("标签编号", 18), Column("性质", 8))

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
        "、".join(rule.zh for rule in card.abstained_rules) or None,
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


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on findings, and where their pages lie.

    Parameters
    ----------
    standing
        Verdict and its version by recording and finding key.
    pages
        Folder of the report pages, relative to the workbook; None where there are none.
    """

    standing: Mapping[tuple[str, str], tuple[Verdict, int]] = field(default_factory=dict)
    pages: str | None = None


def finding_cells(card: Scorecard, finding: Finding, words: Words, desk: Desk) -> tuple[SheetCell, ...]:
    """One row of the findings' sheet; the last columns are the inspector's, with what stands already."""
    evidence, key = finding.evidence, finding_key(finding)
    verdict, version = desk.standing.get((card.recording.id, key), (None, 0))
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
        _link(card, finding, desk.pages),
        DECISIONS.get(verdict.decision) if verdict else None,
        words.of(verdict.label) if verdict and verdict.decision is Decision.CORRECTED else None,
        (verdict.reason or None) if verdict else None,
        verdict.inspector if verdict else None,
        key,
        version,
    )


def _link(card: Scorecard, finding: Finding, pages: str | None) -> Link | None:
    if pages is None:
        return None
    evidence = finding.evidence
    page = f"{pages}/calls/{call_key(card.recording.id)}.html#turn-{evidence.turn}"
    return Link(page, clock(evidence.span.start_s))


def detail_cells(card: Scorecard, words: Words) -> Iterator[tuple[SheetCell, ...]]:
    """One row a criterion of a call: ready for a pivot table."""
    recording = card.recording
    at = recording.started_at
    first = (recording.id, recording.agent_id, at, at.hour if at else None)
    about = (words.of(card.scenario.name) if card.scenario.name else "未定", recording.queue)
    for score in card.criteria:
        names = (words.of(score.criterion.split(".")[0]), words.of(score.criterion))
        yield (*first, *about, *names, score.score, score.low, score.high, score.reason if score.abstained else None)


def label_cells(words: Words) -> Iterator[tuple[SheetCell, ...]]:
    """One row a label: what a finding may be corrected to."""
    for label, polarity in words.labels.items():
        yield words.of(label), label, words.of(polarity)


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
