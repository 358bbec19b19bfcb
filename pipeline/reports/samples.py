"""The calls that people should hear, as a list to work through: without the machine's scores, so that nobody leans on them."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from pipeline.agents.sampling import Reason
from pipeline.reports.sheet import Column, Sheet
from pipeline.reports.tables import write_csv
from pipeline.reports.workbook import open_workbook
from pipeline.store.keeping import SampledCall


class SampleFormat(StrEnum):
    """How the list is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


REASONS: Mapping[Reason, str] = {
    Reason.WORST: "得分最低",
    Reason.DOUBTFUL: "把握最小",
    Reason.RANDOM: "随机抽取",
}
"""Why a call was drawn, as inspectors read it."""

_DAY_S = 86_400.0
_COLUMNS = (
    Column("录音编号", 14),
    Column("文件", 40),
    Column("坐席", 10),
    Column("通话时间", 17, "date"),
    Column("时长", 8, "time"),
    Column("抽样原因", 10),
    Column("抽中概率", 9, "ratio"),
    Column("质检员", 10),
    Column("准则", 10),
    Column("分数", 8, "score"),
)


def write_sample(calls: Sequence[SampledCall], file_format: SampleFormat, out: Path) -> None:
    """Write the list; the last columns of sheet and CSV are for the inspector.

    Filled in and saved as CSV, ``qinhe agreement`` reads the list back.
    """
    if file_format is SampleFormat.XLSX:
        _write_sheet(calls, out)
    elif file_format is SampleFormat.CSV:
        write_csv((_row(call) | {"inspector": "", "criterion": "affinity", "score": None} for call in calls), out)
    else:
        lines = (json.dumps(_row(call), ensure_ascii=False) + "\n" for call in calls)
        out.write_text("".join(lines), encoding="utf-8")


def _row(call: SampledCall) -> dict[str, str | float | None]:
    return {
        "recording_id": call.pick.recording_id,
        "path": call.path,
        "agent_id": call.pick.agent_id,
        "started_at": call.started_at.isoformat() if call.started_at else None,
        "duration_s": call.duration_s,
        "reason": call.pick.reason.value,
        "probability": call.pick.probability,
    }


def _write_sheet(calls: Sequence[SampledCall], out: Path) -> None:
    with open_workbook(out) as book:
        sheet = Sheet(book, "抽样", _COLUMNS, frozen=1)
        for call in calls:
            pick = call.pick
            about = (pick.recording_id, call.path, pick.agent_id, call.started_at, call.duration_s / _DAY_S)
            sheet.add((*about, REASONS[pick.reason], pick.probability, None, "affinity", None))
        sheet.finish()
