"""One sheet of a workbook: streamed rows under a frozen header with widths, formats, filter and colour bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.errors import StoreError

_MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
# The colours of the pages: one green for good, one red for what is forbidden.
HEADER, GOOD, BAD, PALE, ENTRY = "#1f5c57", "#9fd3c7", "#b3392f", "#f6d9d5", "#fff8e1"
# Excel opens no sheet with more links than this.
_MAX_LINKS = 65_000

_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"valign": "top"},
    "wrap": {"valign": "top", "text_wrap": True},
    "score": {"valign": "top", "num_format": "0.0"},
    "count": {"valign": "top", "num_format": "0"},
    "ratio": {"valign": "top", "num_format": "0%"},
    "time": {"valign": "top", "num_format": "[m]:ss", "align": "right"},
    "day": {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
    "date": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its header and width in characters.

    Parameters
    ----------
    kind
        ``text``, ``wrap``, ``score``, ``count``, ``ratio``, ``time``, ``day`` or ``date``.
    bar
        Draw a bar behind scores from 0 to 100.
    alarm
        Show whatever stands there in red.
    choices
        What may be chosen in the column's cells: words, or a range of another sheet such as ``='标签'!$A$2:$A$9``.
    entry
        To be filled in by hand: shown on a pale ground.
    hidden
        For the machine that reads the sheet back.
    """

    header: str
    width: int
    kind: str = "text"
    bar: bool = False
    alarm: bool = False
    choices: tuple[str, ...] | str = ()
    entry: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to a page, by a path relative to the workbook."""

    target: str
    text: str


SheetCell: TypeAlias = str | int | float | bool | datetime | Link | None


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
        self._links = 0
        self._formats = [
            book.add_format(
                _FORMATS[column.kind]
                | ({"bg_color": ENTRY, "border": 1, "border_color": "#e8dcb8"} if column.entry else {})
            )
            for column in self._columns
        ]
        self._link = book.add_format({"valign": "top", "font_color": HEADER, "underline": 1})
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
        for position, (look, cell) in enumerate(zip(self._formats, cells, strict=True)):
            self._write(position, cell, look)

    @property
    def full(self) -> bool:
        """Whether no further row fits."""
        return self.rows >= _MAX_ROWS - 1

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
                source = column.choices if isinstance(column.choices, str) else list(column.choices)
                self._sheet.data_validation(*area, {"validate": "list", "source": source, "error_message": _CHOOSE})

    def _write_header(self, book: Any) -> None:  # noqa: ANN401 - untyped library
        look = book.add_format(
            {"bold": True, "bg_color": HEADER, "font_color": "white", "text_wrap": True, "valign": "vcenter"}
        )
        self._sheet.set_row(0, 32)
        for position, column in enumerate(self._columns):
            self._sheet.set_column(position, position, column.width, None, {"hidden": column.hidden})
            self._sheet.write_string(0, position, column.header, look)

    def _write(self, position: int, cell: SheetCell, look: object) -> None:
        if cell is None:
            self._sheet.write_blank(self.rows, position, None, look)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self.rows, position, cell.replace(tzinfo=None), look)
        elif isinstance(cell, Link):
            self._write_link(position, cell, look)
        elif isinstance(cell, str):
            self._sheet.write_string(self.rows, position, cell[:_MAX_TEXT], look)
        else:
            self._sheet.write_number(self.rows, position, cell, look)

    def _write_link(self, position: int, link: Link, look: object) -> None:
        self._links += 1
        if self._links <= _MAX_LINKS:
            self._sheet.write_url(self.rows, position, f"external:{link.target}", self._link, link.text)
        else:
            self._sheet.write_string(self.rows, position, link.target, look)


_CHOOSE = "请从下拉列表中选择。"
_BAR = {
    "type": "data_bar",
    "bar_color": GOOD,
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 100,
}
