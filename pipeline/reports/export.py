"""Exports of scorecards, agents and turns for other programs and for inspectors; masked unless asked otherwise."""

import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from pipeline.agents.facts import facts_of
from pipeline.agents.team import build_reports
from pipeline.privacy.masking import mask_scorecard
from pipeline.reports import workbook
from pipeline.reports.cells import Desk
from pipeline.reports.contract import Object, scorecard_object
from pipeline.reports.files import whole_file
from pipeline.reports.flat import Row, agent_object, agent_row, call_row, turn_rows
from pipeline.reports.tables import write_csv, write_parquet
from pipeline.reports.words import Words
from pipeline.schema import Scorecard


class Kind(StrEnum):
    """What is exported."""

    SCORECARDS = "scorecards"
    AGENTS = "agents"
    TURNS = "turns"


class Format(StrEnum):
    """How it is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


def export(
    kind: Kind | str,
    file_format: Format | str,
    out: Path,
    cards: Iterable[Scorecard],
    *,
    masked: bool = True,
    words: Words | None = None,
    desk: Desk | None = None,
) -> int:
    """Write scorecards in one pass; returns how many rows (calls, agents or turns) were written.

    Parameters
    ----------
    out
        Appears whole or not at all.
    masked
        False writes the words as recognised: the caller has logged who asked, and why.
    words
        Chinese names for the sheets.
    desk
        For the workbook of scorecards: verdicts that stand, and where the report pages lie.

    Raises
    ------
    StoreError
        The file cannot be written, or the rows do not fit a sheet.
    """
    kind, file_format = Kind(kind), Format(file_format)
    shown = map(mask_scorecard, cards) if masked else cards
    with whole_file(out) as part:
        if file_format is Format.JSONL:
            return _write_jsonl(_objects(kind, shown), part)
        if file_format is Format.XLSX:
            return _write_book(kind, shown, part, words or Words(), desk)
        write = write_csv if file_format is Format.CSV else write_parquet
        return write(_rows(kind, shown), part)


def _write_book(kind: Kind, cards: Iterable[Scorecard], out: Path, words: Words, desk: Desk | None) -> int:
    if kind is Kind.SCORECARDS:
        return workbook.write_calls(cards, out, words, desk)
    write = workbook.write_agents if kind is Kind.AGENTS else workbook.write_turns
    return write(cards, out, words)


def _objects(kind: Kind, cards: Iterable[Scorecard]) -> Iterator[Object]:
    if kind is Kind.SCORECARDS:
        return map(scorecard_object, cards)
    if kind is Kind.AGENTS:
        return map(agent_object, build_reports(map(facts_of, cards)))
    return (dict(row) for card in cards for row in turn_rows(card))


def _rows(kind: Kind, cards: Iterable[Scorecard]) -> Iterator[Row]:
    if kind is Kind.SCORECARDS:
        return map(call_row, cards)
    if kind is Kind.AGENTS:
        return map(agent_row, build_reports(map(facts_of, cards)))
    return (row for card in cards for row in turn_rows(card))


def _write_jsonl(objects: Iterable[Object], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8", newline="\n") as file:
        for entry in objects:
            file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
    return count
