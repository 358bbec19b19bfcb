"""The inspectors' workbook: calls, findings to confirm, agents, and how to read them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.agents.facts import facts_of
from pipeline.agents.report import AgentReport
from pipeline.agents.team import build_reports
from pipeline.reports.agent_cells import agent_cells, agent_columns
from pipeline.reports.cells import (
    CALL_COLUMNS,
    DETAIL_COLUMNS,
    FINDING_COLUMNS,
    LABEL_COLUMNS,
    LABEL_SHEET,
    TURN_COLUMNS,
    Desk,
    call_cells,
    detail_cells,
    finding_cells,
    label_cells,
    turn_cells,
)
from pipeline.reports.sheet import Sheet
from pipeline.reports.words import Words
from pipeline.schema import Scorecard

_NOTES = (
    "分数为 0 到 100，越高越好；「区间」是机器对该分数的把握范围：换一次识别或换一位评分人，十次约有九次落在其中；区间相交的两个分数不宜排名。",
    "空白的分数表示不评分（没有相应场合、角色不明或音质不足），既不是零分也不是满分。",
    "「待复核」的发现不计入分数，只放宽区间：请听录音后在「发现」表的「判定」列选择；确定的发现也可以判定。",
    "填写判定：「判定」选 确认、驳回 或 改判，改判另选「改判标签」；驳回和改判写明「理由」；「质检员」写姓名或工号。存盘后用 qinhe import verdicts 读回。",
    "请不要改动「录音编号」和隐藏的「发现编号」「版本」三列；行可以排序、筛选、删去，列可以移动。",
    "「明细」表每行是一通的一项准则，可直接插入数据透视表。",
    "「开场完整」：前两轮有问候、报工号（姓名或企业名）、询问需求；「结束完整」：后三轮有延伸服务、感谢或祝福或邀评、再见。",
    "坐席水平向全队平均收缩：通话越少，越靠近全队平均，区间越宽。",
    "红线（辱骂、泄露他人信息）成立时，该通总分为 0。",
    "客户的号码、姓名、地址已用「＊」遮盖，字数不变。「第几句」自 1 数起，与页面和理由一致；导出的 turn 自 0 数起。",
)


def write_calls(cards: Iterable[Scorecard], out: Path, words: Words, desk: Desk | None = None) -> int:
    """Write the whole workbook in one pass; returns the number of calls."""
    with open_workbook(out) as book:
        sheets = _Sheets(book, words, desk or Desk())
        reports = build_reports(map(facts_of, sheets.written(cards)))
        _add_agents(book, reports, words)
        sheets.finish(book)
    return sheets.calls.rows


class _Sheets:
    """Sheets that are written side by side while cards stream by."""

    def __init__(self, book: Any, words: Words, desk: Desk) -> None:  # noqa: ANN401 - untyped library
        self.calls = Sheet(book, "通话", CALL_COLUMNS, frozen=3)
        self._findings = Sheet(book, "发现", FINDING_COLUMNS, frozen=2)
        self._details = Sheet(book, "明细", DETAIL_COLUMNS, frozen=2)
        self._words, self._desk = words, desk
        self._notes: dict[str, None] = {}

    def written(self, cards: Iterable[Scorecard]) -> Iterator[Scorecard]:
        """Pass cards on after writing their rows, so that one pass serves all sheets."""
        for card in cards:
            self.calls.add(call_cells(card, self._words))
            for finding in card.findings:
                self._findings.add(finding_cells(card, finding, self._words, self._desk))
            self._add_details(card)
            made = card.versions
            self._notes[
                f"程序 {made.code}；词库 {made.lexicon}；评分表 {made.rubric}；识别 {made.engine.name} {made.engine.model}"
            ] = None
            yield card

    def finish(self, book: Any) -> None:  # noqa: ANN401 - untyped library
        """Add the labels to choose from, the notes, and what needs to know how many rows there are."""
        labels = Sheet(book, LABEL_SHEET, LABEL_COLUMNS)
        for row in label_cells(self._words):
            labels.add(row)
        _add_notes(book, tuple(self._notes))
        for sheet in (self.calls, self._findings, self._details, labels):
            sheet.finish()

    def _add_details(self, card: Scorecard) -> None:
        """A sheet holds the criteria of some 70,000 calls; the rest is said to be missing."""
        for row in detail_cells(card, self._words):
            if self._details.full:
                self._notes["「明细」表已满，后面的通话没有写入：请改用 csv 或 parquet 导出。"] = None
                return
            self._details.add(row)


def write_agents(cards: Iterable[Scorecard], out: Path, words: Words) -> int:
    """Write the agents' sheet alone; returns the number of agents."""
    with open_workbook(out) as book:
        reports = build_reports(map(facts_of, cards))
        _add_agents(book, reports, words)
        _add_notes(book, ())
    return len(reports)


def write_turns(cards: Iterable[Scorecard], out: Path, words: Words) -> int:
    """Write all turns on one sheet; returns how many."""
    with open_workbook(out) as book:
        sheet = Sheet(book, "对话", TURN_COLUMNS, frozen=2)
        for card in cards:
            for row in turn_cells(card, words):
                sheet.add(row)
        sheet.finish()
    return sheet.rows


@contextmanager
def open_workbook(out: Path) -> Iterator[Any]:
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
