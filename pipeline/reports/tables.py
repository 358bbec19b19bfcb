"""Streams of flat rows as CSV and Parquet files, with columns that later rows bring along."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, TextIO

from pipeline.reports.flat import Cell, Row

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 2_000
_NULLABLE = {bool: "boolean", int: "Int64", float: "Float64", str: "string"}
# What a spreadsheet takes for the beginning of a formula, full-width forms included.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def write_csv(rows: Iterable[Row], out: Path) -> int:
    """Write rows as CSV with a byte-order mark, which spreadsheets need for Chinese; returns how many.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    with TemporaryFile("w+", encoding="utf-8") as spool, out.open("w", encoding="utf-8-sig", newline="") as file:
        columns, count = _spool(rows, spool)
        for number, frame in enumerate(_frames(spool, columns)):
            frame.map(harmless).to_csv(file, index=False, header=number == 0)
    return count


def write_parquet(rows: Iterable[Row], out: Path) -> int:
    """Write rows as Parquet; returns how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with TemporaryFile("w+", encoding="utf-8") as spool:
        columns, count = _spool(rows, spool)
        frames = _frames(spool, columns)
        first = pa.Table.from_pandas(next(frames), preserve_index=False)
        with pq.ParquetWriter(out, first.schema) as writer:
            writer.write_table(first)
            for frame in frames:
                writer.write_table(pa.Table.from_pandas(frame, schema=first.schema, preserve_index=False))
    return count


def harmless(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _spool(rows: Iterable[Row], spool: TextIO) -> tuple[Mapping[str, str], int]:
    """Write rows down while learning all their columns: which there are is known only after the last row."""
    columns: dict[str, type] = {}
    count = 0
    for row in rows:
        count += 1
        for name, cell in row.items():
            columns[name] = _wider(columns.get(name), cell)
        spool.write(json.dumps(row, ensure_ascii=True) + "\n")
    spool.seek(0)
    return {name: _NULLABLE.get(kind, "string") for name, kind in columns.items()}, count


def _wider(known: type | None, cell: Cell) -> type:
    if cell is None:
        return known or type(None)
    if known in (None, type(None), type(cell)):
        return type(cell)
    return float if {known, type(cell)} == {int, float} else str


def _frames(spool: TextIO, columns: Mapping[str, str]) -> Iterator["pd.DataFrame"]:
    """Give frames of some thousand rows with every column; one empty frame where there are no rows."""
    import pandas as pd

    first = True
    while lines := list(islice(spool, _CHUNK)):
        yield _typed(pd.DataFrame([json.loads(line) for line in lines], columns=list(columns), dtype=object), columns)
        first = False
    if first:
        yield _typed(pd.DataFrame(columns=list(columns), dtype=object), columns)


def _typed(frame: "pd.DataFrame", columns: Mapping[str, str]) -> "pd.DataFrame":
    import pandas as pd

    for name, kind in columns.items():
        texts = frame[name].map(lambda cell: cell if cell is None else str(cell)) if kind == "string" else frame[name]
        frame[name] = texts.astype(pd.api.types.pandas_dtype(kind))
    return frame
