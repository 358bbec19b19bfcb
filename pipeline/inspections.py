"""Inspectors' scores from a sheet: rows of recording, inspector, criterion and score, checked one by one."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePath
from typing import NoReturn

from pipeline.errors import InspectionError
from pipeline.schema import Inspection

_HEADERS = {
    "录音编号": "recording_id",
    "录音": "path",
    "文件": "path",
    "质检员": "inspector",
    "准则": "criterion",
    "分数": "score",
}
_NEEDED = ("inspector", "criterion", "score")
_MAX_INSPECTOR_CHARS = 200
_MIN_ID_CHARS = 8


def read_inspections(
    path: Path, *, recordings: Mapping[str, str], criteria: Mapping[str, str]
) -> tuple[Inspection, ...]:
    """Read a CSV with the columns recording_id or path, inspector, criterion, score (0 to 100); others are left alone.

    Parameters
    ----------
    recordings
        Ids of the scored recordings to their paths. A sheet may give the start of an id, a path, or its end.
    criteria
        Every name that a sheet may use, Chinese names included, to the id it stands for.

    Raises
    ------
    InspectionError
        The file, a column or a row cannot be used; the line and the remedy are named.
    """
    rows = csv.DictReader(StringIO(_text(path), newline=""))
    columns = [_HEADERS.get(name.strip(), name.strip().lower()) for name in rows.fieldnames or ()]
    _check_columns(path, columns)
    rows.fieldnames = columns
    reader = _Rows(path, recordings, criteria)
    found: dict[tuple[str, str, str], Inspection] = {}
    for row in rows:
        inspection = reader.read(rows.line_num, {key: (row.get(key) or "").strip() for key in columns})
        key = (inspection.recording_id, inspection.inspector, inspection.criterion)
        if found.setdefault(key, inspection) != inspection:
            reader.fail(rows.line_num, "scores the same call, inspector and criterion a second time; keep one row")
    if not found:
        raise InspectionError(f"{path}: no rows below the header; add one row a score")
    return tuple(found.values())


def _text(path: Path) -> str:
    """The file's text; Chinese spreadsheet programs save CSV in GB 18030 unless asked for UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InspectionError(f"{path}: cannot be read ({error.strerror}); give a CSV of inspectors' scores") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InspectionError(f"{path}: is no text; save the sheet as CSV UTF-8")


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if not {"recording_id", "path"} & set(columns):
        missing.insert(0, "recording_id or path")
    if missing:
        raise InspectionError(
            f"{path}: column {', '.join(missing)} is missing; the header must name recording_id (录音编号) or path (录音), "
            "inspector (质检员), criterion (准则), score (分数)"
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Reads rows of one file; every complaint names the file and the line."""

    path: Path
    recordings: Mapping[str, str]
    criteria: Mapping[str, str]

    def fail(self, line: int, message: str) -> NoReturn:
        """Stop with the place and the remedy."""
        raise InspectionError(f"{self.path}:{line}: {message}")

    def read(self, line: int, row: Mapping[str, str]) -> Inspection:
        """One row as an inspection."""
        inspector = row["inspector"]
        if not 0 < len(inspector) <= _MAX_INSPECTOR_CHARS:
            self.fail(line, "the inspector is empty or too long; write a name or number")
        if row["criterion"] not in self.criteria:
            known = ", ".join(dict.fromkeys(self.criteria.values()))
            self.fail(line, f"criterion {row['criterion']!r} is not known; known are {known}")
        return Inspection(
            self._recording(line, row), inspector, self.criteria[row["criterion"]], self._score(line, row["score"])
        )

    def _recording(self, line: int, row: Mapping[str, str]) -> str:
        asked = row.get("recording_id", "")
        if 0 < len(asked) < _MIN_ID_CHARS:
            self.fail(line, f"recording_id {asked!r} is too short to be sure; give at least {_MIN_ID_CHARS} characters")
        if asked:
            fitting = [key for key in self.recordings if key.startswith(asked.lower())]
        elif asked := row.get("path", ""):
            fitting = self._by_path(asked)
        else:
            self.fail(line, "names no recording; fill in recording_id or path")
        if not fitting:
            self.fail(line, f"recording {asked!r} is not in the store; score it first, or remove the row")
        if len(fitting) > 1:
            self.fail(line, f"recording {asked!r} fits {len(fitting)} recordings; give the whole recording_id or path")
        return fitting[0]

    def _by_path(self, asked: str) -> list[str]:
        """Ids of the recordings at this path, seen from the sheet's folder; else of those whose path ends so."""
        there = str((self.path.parent / asked).resolve())
        exact = [key for key, path in self.recordings.items() if path == there]
        end = PurePath(asked).parts
        return exact or [key for key, path in self.recordings.items() if PurePath(path).parts[-len(end) :] == end]

    def _score(self, line: int, text: str) -> float:
        try:
            score = float(text)
        except ValueError:
            score = math.nan
        if not 0 <= score <= 100:
            self.fail(line, f"score {text!r} is not a number from 0 to 100; correct it or remove the row")
        return score
