"""The inspectors' workbook: calls, findings to confirm, agents, and how to read them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.agents.report import AgentReport, build_reports
from pipeline.reports.cells import (
    CALL_COLUMNS,
    FINDING_COLUMNS,
    TURN_COLUMNS,
    agent_cells,
    agent_columns,
    call_cells,
    finding_cells,
    turn_cells,
)
from pipeline.reports.sheet import Sheet
from pipeline.reports.words import Words
from pipeline.schema import Scorecard

_NOTES = (
    "分数为 0 到 100，越高越好；「区间」是机器对该分数的把握范围，区间相交的两个分数不宜排名。",
    "空白的分数表示不评分（没有相应场合、角色不明或音质不足），既不是零分也不是满分。",
    "「待复核」的发现不计入分数，只放宽区间：请听录音后在「发现」表的「复核结论」列选择「确认」或「驳回」。",
    "「开场完整」：前两轮有问候、报工号（姓名或企业名）、询问需求；「结束完整」：后三轮有延伸服务、感谢或祝福或邀评、再见。",
    "坐席水平向全队平均收缩：通话越少，越靠近全队平均，区间越宽。",
    "红线（辱骂、泄露他人信息）成立时，该通总分为 0。",
    "客户的号码、姓名、地址已用「＊」遮盖，字数不变。「第几句」自 1 数起，与页面和理由一致；导出的 turn 自 0 数起。",
)


def write_calls(cards: Iterable[Scorecard], out: Path, words: Words) -> int:
    """Write the whole workbook in one pass; returns the number of calls."""
    with _workbook(out) as book:
        calls = Sheet(book, "通话", CALL_COLUMNS, frozen=3)
        findings = Sheet(book, "发现", FINDING_COLUMNS, frozen=2)
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
        sheet = Sheet(book, "对话", TURN_COLUMNS, frozen=2)
        for card in cards:
            for row in turn_cells(card, words):
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
        calls.add(call_cells(card, words))
        for finding in card.findings:
            findings.add(finding_cells(card, finding, words))
        made = card.versions
        versions[
            f"程序 {made.code}；词库 {made.lexicon}；评分表 {made.rubric}；识别 {made.engine.name} {made.engine.model}"
        ] = None
        yield card


def _add_agents(book: Any, reports: tuple[AgentReport, ...], words: Words) -> None:  # noqa: ANN401 - untyped library
    sheet = Sheet(book, "坐席", agent_columns(reports, words), frozen=1)
    for report in reports:
        sheet.add(agent_cells(report, words))
    sheet.finish()


def _add_notes(book: Any, versions: tuple[str, ...]) -> None:  # noqa: ANN401 - untyped library
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 110)
    look = book.add_format({"text_wrap": True, "valign": "top"})
    for position, note in enumerate((*_NOTES, *versions)):
        sheet.write_string(position, 0, note, look)
