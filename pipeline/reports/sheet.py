"""One sheet of a workbook: streamed rows under a frozen header with widths, formats, filter and colour bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.errors import StoreError

SheetCell: TypeAlias = str | int | float | bool | datetime | None

_MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
# The colours of the pages: one green for good, one red for what is forbidden.
HEADER, GOOD, BAD, PALE = "#1f5c57", "#9fd3c7", "#b3392f", "#f6d9d5"

_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"valign": "top"},
    "wrap": {"valign": "top", "text_wrap": True},
    "score": {"valign": "top", "num_format": "0.0"},
    "count": {"valign": "top", "num_format": "0"},
    "ratio": {"valign": "top", "num_format": "0%"},
    "time": {"valign": "top", "num_format": "[m]:ss", "align": "right"},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its header and width in characters.

    Parameters
    ----------
    kind
        ``text``, ``wrap``, ``score``, ``count``, ``ratio``, ``time`` or ``date``.
    bar
        Draw a bar behind scores from 0 to 100.
    alarm
        Show whatever stands there in red.
    choices
        What may be chosen in the column's cells.
    """

    header: str
    width: int
    kind: str = "text"
    bar: bool = False
    alarm: bool = False
    choices: tuple[str, ...] = ()


class Sheet:
    """Writes rows one by one; nothing is kept in memory.

    Raises
    ------
    StoreError
        From ``add``, when a sheet cannot hold more rows.
    """

    def __init__(self, book: Any, name: str, columns: Sequence[Column], *, frozen: int = 0) -> None:  # noqa: ANN401 - untyped library
        self.rows = 0
        self._name, self._columns = name, columns
        self._sheet = book.add_worksheet(name)
        self._formats = {kind: book.add_format(look) for kind, look in _FORMATS.items()}
        self._alarm = book.add_format({"font_color": BAD, "bold": True})
        self._sheet.freeze_panes(1, frozen)
        self._write_header(book)

    def add(self, cells: Sequence[SheetCell]) -> None:
        """Write the next row; None leaves a cell empty, text is never run as a formula or a link."""
        self.rows += 1
        if self.rows >= _MAX_ROWS:
            raise StoreError(
                f"sheet {self._name} cannot hold more than {_MAX_ROWS - 1} rows: export as csv or parquet instead"
            )
        for position, (column, cell) in enumerate(zip(self._columns, cells, strict=True)):
            self._write(position, cell, self._formats[column.kind])

    def finish(self) -> None:
        """Add what needs to know how many rows there are: filter, bars, alarms, choices."""
        last = max(1, self.rows)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        for position, column in enumerate(self._columns):
            area = (1, position, last, position)
            if column.bar:
                self._sheet.conditional_format(*area, _BAR)
            if column.alarm:
                self._sheet.conditional_format(
                    *area, {"type": "cell", "criteria": ">", "value": 0, "format": self._alarm}
                )
            if column.choices:
                self._sheet.data_validation(*area, {"validate": "list", "source": list(column.choices)})

    def _write_header(self, book: Any) -> None:  # noqa: ANN401 - untyped library
        look = book.add_format(
            {"bold": True, "bg_color": HEADER, "font_color": "white", "text_wrap": True, "valign": "vcenter"}
        )
        self._sheet.set_row(0, 32)
        for position, column in enumerate(self._columns):
            self._sheet.set_column(position, position, column.width)
            self._sheet.write_string(0, position, column.header, look)

    def _write(self, position: int, cell: SheetCell, look: object) -> None:
        if cell is None:
            self._sheet.write_blank(self.rows, position, None, look)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self.rows, position, cell.replace(tzinfo=None), look)
        elif isinstance(cell, str):
            self._sheet.write_string(self.rows, position, cell[:_MAX_TEXT], look)
        else:
            self._sheet.write_number(self.rows, position, cell, look)


_BAR = {
    "type": "data_bar",
    "bar_color": GOOD,
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 100,
}
