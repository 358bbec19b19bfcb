"""Verdicts read back from the inspectors' workbook, as Excel or LibreOffice saved it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile

from pipeline.errors import InspectionError
from pipeline.people import Decision, Verdict, finding_key
from pipeline.reports.cells import DECISIONS
from pipeline.schema import Scorecard

SHEET = "发现"
_NEEDED = ("录音编号", "发现编号", "判定", "改判标签", "理由", "质检员")
_MAX_CHARS = {"理由": 2000, "质检员": 200}
_BY_WORD = {word: decision for decision, word in DECISIONS.items()}

Standing: TypeAlias = Mapping[tuple[str, str], tuple[Verdict, int]]


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be used, and what to do about it."""

    row: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"sheet {SHEET}, row {self.row}, column {self.column}, value {self.value!r}: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict of a row, with the version that it follows."""

    row: int
    verdict: Verdict
    version: int


@dataclass(frozen=True, slots=True)
class VerdictSheet:
    """What a workbook says: verdicts that are new, how many stand already, and what cannot be used."""

    decided: tuple[Decided, ...]
    unchanged: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are checked against.

    Parameters
    ----------
    card
        Gives a recording's scorecard; None where there is none.
    labels
        Every name that a label may be called by, Chinese or id, to its id.
    standing
        Verdicts that stand, with their versions.
    inspector
        Who decided where a row does not say.
    at
        When the verdicts count as made.
    """

    card: Callable[[str], Scorecard | None]
    labels: Mapping[str, str]
    standing: Standing
    inspector: str | None
    at: datetime


def read_verdicts(path: Path, known: Known) -> VerdictSheet:
    """Read every row with a verdict; rows without one are left alone.

    Raises
    ------
    InspectionError
        The file is no workbook, or lacks the sheet or a column.
    """
    reader = _Reader(known)
    for number, row in _rows(path):
        reader.take(number, row)
    return VerdictSheet(tuple(reader.decided), reader.unchanged, tuple(reader.problems))


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise InspectionError(f"{path}: is no workbook that can be read; save it as .xlsx") from error
    try:
        if SHEET not in book.sheetnames:
            raise InspectionError(f"{path}: sheet {SHEET} is missing; fill in the workbook that qinhe export wrote")
        rows = book[SHEET].iter_rows(values_only=True)
        header = [_text(cell) for cell in next(rows, ())]
        missing = [name for name in _NEEDED if name not in header]
        if missing:
            raise InspectionError(
                f"{path}: sheet {SHEET}: column {', '.join(missing)} is missing; export the workbook again"
            )
        for number, cells in enumerate(rows, start=2):
            yield number, dict(zip(header, map(_text, cells), strict=False))
    finally:
        book.close()


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


class _Reader:
    """Takes rows one by one."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._cards: dict[str, Scorecard | None] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self.decided: list[Decided] = []
        self.problems: list[Problem] = []
        self.unchanged = 0

    def take(self, number: int, row: Mapping[str, str]) -> None:
        """Check a row and keep its verdict."""
        found = self._problem(row) or self._verdict(number, row)
        if isinstance(found, Problem):
            self.problems.append(Problem(number, found.column, found.value, found.remedy))
        elif found:
            self._keep(number, row, found)

    def _problem(self, row: Mapping[str, str]) -> Problem | None:
        """What is wrong with the cells themselves."""
        decision, label = row["判定"], row["改判标签"]
        if not decision:
            filled = next((name for name in ("改判标签",) if row[name]), None)
            return _wrong(filled, row, "choose 判定 in the same row, or clear this cell") if filled else None
        corrected = decision == DECISIONS[Decision.CORRECTED]
        checks = (
            ("判定", decision in _BY_WORD, f"choose {'、'.join(_BY_WORD)}"),
            ("改判标签", not corrected or label in self._known.labels, "choose a label of sheet 标签"),
            ("改判标签", corrected or not label, "choose 判定 改判, or clear this cell"),
            ("理由", decision == DECISIONS[Decision.CONFIRMED] or bool(row["理由"]), "write why"),
            ("质检员", bool(row["质检员"] or self._known.inspector), "write who decided, or give --inspector"),
            *((name, len(row[name]) <= most, f"at most {most} characters") for name, most in _MAX_CHARS.items()),
        )
        failed = next(((column, remedy) for column, passed, remedy in checks if not passed), None)
        return _wrong(failed[0], row, failed[1]) if failed else None

    def _verdict(self, number: int, row: Mapping[str, str]) -> Verdict | Problem | None:
        if not row["判定"]:
            return None
        recording_id, key = row["录音编号"], row["发现编号"]
        card = self._card(recording_id)
        if card is None:
            return _wrong(
                "录音编号", row, "this recording is not in the store; give the right --store, or remove the row"
            )
        finding = next((each for each in card.findings if finding_key(each) == key), None)
        if finding is None:
            return _wrong("发现编号", row, "the call has no such finding (any more); export the workbook again")
        if (first := self._seen.setdefault((recording_id, key), number)) != number:
            return _wrong("发现编号", row, f"row {first} decides the same finding; keep one of them")
        decision = _BY_WORD[row["判定"]]
        return Verdict(
            recording_id,
            key,
            row["质检员"] or self._known.inspector or "",
            decision,
            self._known.labels[row["改判标签"]] if decision is Decision.CORRECTED else finding.label,
            self._known.at,
            row["理由"],
            finding.label,
            finding.rule,
        )

    def _keep(self, number: int, row: Mapping[str, str], verdict: Verdict) -> None:
        standing, version = self._known.standing.get((verdict.recording_id, verdict.finding), (None, 0))
        if standing and _content(standing) == _content(verdict):
            self.unchanged += 1
        elif standing and standing.inspector != verdict.inspector and str(version) != row.get("版本", ""):
            remedy = f"{standing.inspector} decided this finding since the export; export the workbook again"
            self.problems.append(Problem(number, "判定", row["判定"], remedy))
        else:
            self.decided.append(Decided(number, verdict, version))

    def _card(self, recording_id: str) -> Scorecard | None:
        """The call; rows of one call mostly follow each other."""
        if recording_id not in self._cards:
            self._cards = {recording_id: self._known.card(recording_id) if recording_id else None}
        return self._cards[recording_id]


def _wrong(column: str, row: Mapping[str, str], remedy: str) -> Problem:
    return Problem(0, column, row[column], remedy)


def _content(verdict: Verdict) -> Sequence[str]:
    """What makes two verdicts the same: not when they were made."""
    return verdict.inspector, verdict.decision.value, verdict.label, verdict.reason
