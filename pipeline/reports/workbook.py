"""The inspectors' workbook: calls, findings to confirm, agents, and how to read them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.agents.estimate import Estimate, Rate
from pipeline.agents.report import AgentReport, build_reports
from pipeline.reports.sheet import Column, Sheet, SheetCell
from pipeline.reports.words import Words, interval
from pipeline.schema import Affinity, Completeness, DimensionScore, Finding, Polarity, Scorecard, Status

_DAY_S = 86_400.0
_DIMENSIONS = ("politeness", "patience", "communication")
VERDICTS = ("确认", "驳回")

_CALL_COLUMNS = (
    Column("录音编号", 14),
    Column("文件", 28),
    Column("座席", 10),
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

_FINDING_COLUMNS = (
    Column("录音编号", 14),
    Column("座席", 10),
    Column("轮次（自0起）", 9, "count"),
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

_TURN_COLUMNS = (
    Column("录音编号", 14),
    Column("座席", 10),
    Column("轮次（自0起）", 9, "count"),
    Column("说话人", 8),
    Column("开始", 8, "time"),
    Column("结束", 8, "time"),
    Column("文本", 80, "wrap"),
    Column("识别把握", 9, "ratio"),
)

_NOTES = (
    "分数为 0 到 100，越高越好；「区间」是机器对该分数的把握范围，区间相交的两个分数不宜排名。",
    "空白的分数表示不评分（没有相应场合、角色不明或音质不足），既不是零分也不是满分。",
    "「待复核」的发现不计入分数，只放宽区间：请听录音后在「发现」表的「复核结论」列选择「确认」或「驳回」。",
    "「开场完整」：前两轮有问候、报工号（姓名或企业名）、询问需求；「结束完整」：后三轮有延伸服务、感谢或祝福或邀评、再见。",
    "座席水平向全队平均收缩：通话越少，越靠近全队平均，区间越宽。",
    "红线（辱骂、泄露他人信息）成立时，该通总分为 0。",
    "客户的号码、姓名、地址已用「＊」遮盖，字数不变，轮次与位置和导出文件一致。",
)


def write_calls(cards: Iterable[Scorecard], out: Path, words: Words) -> int:
    """Write the whole workbook in one pass; returns the number of calls."""
    with _workbook(out) as book:
        calls = Sheet(book, "通话", _CALL_COLUMNS, frozen=3)
        findings = Sheet(book, "发现", _FINDING_COLUMNS, frozen=2)
        versions: dict[str, None] = {}
        reports = build_reports(_written(cards, calls, findings, versions, words=words))
        _add_agents(book, reports, words)
        _add_notes(book, tuple(versions))
        calls.finish()
        findings.finish()
    return calls.rows


def write_agents(cards: Iterable[Scorecard], out: Path, words: Words) -> int:
    """Write the agents' sheet alone; returns the number of agents."""
    with _workbook(out) as book:
        reports = build_reports(cards)
        _add_agents(book, reports, words)
        _add_notes(book, ())
    return len(reports)


def write_turns(cards: Iterable[Scorecard], out: Path, words: Words) -> int:
    """Write all turns on one sheet; returns how many."""
    with _workbook(out) as book:
        sheet = Sheet(book, "对话", _TURN_COLUMNS, frozen=2)
        for card in cards:
            for row in _turn_rows(card, words):
                sheet.add(row)
        sheet.finish()
    return sheet.rows


@contextmanager
def _workbook(out: Path) -> Iterator[Any]:
    """Yield a workbook that streams to disk; its errors are those of the operating system."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    book = xlsxwriter.Workbook(str(out), options)
    try:
        yield book
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error)) from error


def _written(
    cards: Iterable[Scorecard], calls: Sheet, findings: Sheet, versions: dict[str, None], *, words: Words
) -> Iterator[Scorecard]:
    """Pass cards on after writing their rows, so that one pass serves all sheets."""
    for card in cards:
        calls.add(_call_row(card, words))
        for finding in card.findings:
            findings.add(_finding_row(card, finding, words))
        made = card.versions
        versions[
            f"程序 {made.code}；词库 {made.lexicon}；评分表 {made.rubric}；识别 {made.engine.name} {made.engine.model}"
        ] = None
        yield card


def _call_row(card: Scorecard, words: Words) -> tuple[SheetCell, ...]:
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


def _finding_row(card: Scorecard, finding: Finding, words: Words) -> tuple[SheetCell, ...]:
    evidence = finding.evidence
    return (
        card.recording.id,
        card.recording.agent_id,
        evidence.turn,
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


def _turn_rows(card: Scorecard, words: Words) -> Iterator[tuple[SheetCell, ...]]:
    for turn in card.transcript.turns:
        times = (turn.span.start_s / _DAY_S, turn.span.end_s / _DAY_S)
        yield (
            card.recording.id,
            card.recording.agent_id,
            turn.index,
            words.of(turn.role.value),
            *times,
            turn.text,
            turn.confidence,
        )


def _add_agents(book: Any, reports: tuple[AgentReport, ...], words: Words) -> None:  # noqa: ANN401 - untyped library
    scales = _scales(reports)
    sheet = Sheet(book, "座席", _agent_columns(scales, words), frozen=1)
    for report in reports:
        sheet.add(_agent_row(report, words))
    sheet.finish()


def _scales(reports: tuple[AgentReport, ...]) -> tuple[str, ...]:
    """Names of all scales; every report has the same, in the same order."""
    if not reports:
        return ()
    first = reports[0]
    return tuple(estimate.name for estimate in (first.affinity, *first.dimensions, *first.criteria))


def _agent_columns(scales: tuple[str, ...], words: Words) -> tuple[Column, ...]:
    return (
        Column("座席", 12),
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
            for name in scales
            for column in (
                Column(words.of(name), 11, "score", bar=True),
                Column("区间", 9),
                Column("评分通数", 8, "count"),
            )
        ),
    )


def _agent_row(report: AgentReport, words: Words) -> tuple[SheetCell, ...]:
    return (
        report.agent_id,
        report.calls,
        report.first_at,
        report.last_at,
        _ratio(report.opening),
        _ratio(report.closing),
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


def _ratio(rate: Rate) -> float | None:
    return rate.ratio


def _estimate_cells(estimate: Estimate) -> tuple[SheetCell, ...]:
    return estimate.level, interval(estimate.low, estimate.high), estimate.calls


def _add_notes(book: Any, versions: tuple[str, ...]) -> None:  # noqa: ANN401 - untyped library
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 110)
    look = book.add_format({"text_wrap": True, "valign": "top"})
    for position, note in enumerate((*_NOTES, *versions)):
        sheet.write_string(position, 0, note, look)
