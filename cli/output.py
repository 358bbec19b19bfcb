"""What ``score``, ``export`` and ``report`` write and show: tables on the terminal, exports, workbook and pages."""

from collections.abc import Iterable
from pathlib import Path

from rich.table import Table

from pipeline.agents.estimate import Estimate
from pipeline.agents.report import AgentReport
from pipeline.reports.cells import Desk as SheetDesk
from pipeline.reports.export import Format, Kind, export
from pipeline.reports.html import Options, write_report
from pipeline.reports.wording import chinese_words
from pipeline.settings import Settings
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

DIMENSIONS = {"politeness": "礼貌程度", "patience": "耐心程度", "communication": "沟通能力"}


def agents_table(reports: Iterable[AgentReport]) -> Table:
    """Agents with the three dimensions and the total, each with its interval; sorted by id, since intervals overlap."""
    table = Table(title="坐席服务亲和力", caption="区间相交的分数不宜排名；“—”表示没有可评分的通话")
    table.add_column("坐席")
    table.add_column("通话", justify="right")
    for name in (*DIMENSIONS.values(), "服务亲和力"):
        table.add_column(name, justify="right")
    for report in reports:
        levels = {estimate.name: estimate for estimate in report.dimensions}
        shown = [_level(levels.get(name)) for name in DIMENSIONS]
        table.add_row(report.agent_id, str(report.calls), *shown, _level(report.affinity))
    return table


def _level(estimate: Estimate | None) -> str:
    if estimate is None or estimate.level is None:
        return "—"
    return f"{estimate.level:.0f} [{estimate.low:.0f}–{estimate.high:.0f}]"


def write_everything(store: Store, folder: Path, settings: Settings) -> Path:
    """Exports, the inspectors' workbook and the report pages of a whole store; returns the page to open first.

    Raises
    ------
    StoreError
        The folder cannot be written; what stood there before is still whole.
    """
    words = chinese_words(settings)
    with Desk(settings.store_url) as people:
        desk, verdicts = standing_desk(people, "report"), tuple(people.all_verdicts())
    export(Kind.SCORECARDS, Format.JSONL, folder / "scorecards.jsonl", store.scorecards())
    export(Kind.SCORECARDS, Format.XLSX, folder / "inspection.xlsx", store.scorecards(), words=words, desk=desk)
    export(Kind.AGENTS, Format.CSV, folder / "agents.csv", store.scorecards())
    return write_report("team", (), store, folder / "report", words=words, options=Options(verdicts=verdicts))[0]


def standing_desk(people: Desk, pages: str | None) -> SheetDesk:
    """What the workbook needs to know of people: the verdicts that stand."""
    standing = {
        (each.verdict.recording_id, each.verdict.finding): (each.verdict, each.version)
        for each in people.all_standing()
    }
    return SheetDesk(standing, pages)
