"""Phrase lists as a workbook and back, without loss: one sheet a list, one row a phrase, several values on lines of their own."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import LexiconError
from pipeline.lexicon.editions import PUBLISHED
from pipeline.lexicon.entries import phrase_files, read_all

COLUMNS = (
    "id",
    "label",
    "text",
    "pattern",
    "severity",
    "role",
    "position",
    "not_before",
    "not_after",
    "exact_only",
    "hit",
    "miss",
    "source",
)
_LISTS = frozenset({"not_before", "not_after", "hit", "miss"})
_EXAMPLES = ("hit", "miss")
_WIDTH = 28
_LIST_NAME = re.compile(r"[\w .-]+")
"""A sheet becomes a file of its name: nothing in it may lead to another folder."""


def export_lexicon(folder: Path, file: Path) -> int:
    """Write the phrase lists of a folder to a workbook; returns the number of phrases.

    Raises
    ------
    LexiconError
        A list cannot be read, or the workbook cannot be written.
    """
    _check(folder)
    book = Workbook()
    book.remove(book.worksheets[0])
    count = 0
    for path in phrase_files(folder):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        _fill(book.create_sheet(path.stem), entries)
        count += len(entries)
    try:
        book.save(file)
    except OSError as error:
        raise LexiconError(
            f"{file}: cannot be written ({error.strerror}); close it elsewhere or name another"
        ) from error
    return count


def _fill(sheet: Worksheet, entries: list[Mapping[str, Any]]) -> None:
    """A bold header and a row an entry; text that begins with = stays text."""
    sheet.append(COLUMNS)
    for entry in entries:
        sheet.append([_cell(_flat(entry).get(name)) for name in COLUMNS])
    for cell in chain.from_iterable(sheet.iter_rows()):
        cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    sheet.freeze_panes = "B2"
    for number in range(1, len(COLUMNS) + 1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTH


def import_lexicon(file: Path, *, base: Path, out: Path) -> int:
    """Read phrase lists from a workbook into a new folder that takes all else from ``base`` but what was published; returns the number of phrases.

    Raises
    ------
    LexiconError
        The workbook cannot be read, the folder is there already, or the lists would not be valid; nothing is left behind.
    """
    lists = dict(_read(file))
    if out.exists():
        raise LexiconError(f"{out}: is there already; name a new folder, nothing is overwritten")
    try:
        _write(lists, base, out)
    except (LexiconError, OSError) as error:
        shutil.rmtree(out, ignore_errors=True)
        raise LexiconError(f"{file}: {error}") from error
    return sum(map(len, lists.values()))


def _write(lists: Mapping[str, list[dict[str, Any]]], base: Path, out: Path) -> None:
    ignored = shutil.ignore_patterns(PUBLISHED, *(path.name for path in phrase_files(base)))
    shutil.copytree(base, out, ignore=ignored)
    for name, entries in lists.items():
        text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=200)
        (out / f"{name}.yaml").write_text(text, encoding="utf-8")
    reserved = lists.keys() - {path.stem for path in phrase_files(out)}
    if reserved:
        raise LexiconError(f"sheet {min(reserved)} has the name of a file that is no phrase list; rename it")
    _check(out)


def _check(folder: Path) -> None:
    _, problems = read_all(folder)
    if problems:
        raise LexiconError(problems[0])


def _flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    examples = entry.get("examples", {})
    return {**{name: value for name, value in entry.items() if name != "examples"}, **examples}


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "\n".join(map(str, value))
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _read(file: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (OSError, InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise LexiconError(f"{file}: cannot be read as a workbook ({error}); save it as .xlsx") from error
    with closing(book):
        for sheet in book:
            if not _LIST_NAME.fullmatch(sheet.title):
                raise LexiconError(f"{file}: sheet {sheet.title!r} is no name for a list; use letters, digits, _ and -")
            rows = sheet.iter_rows(values_only=True)
            yield sheet.title, list(_entries(rows, f"{file}: sheet {sheet.title}"))


def _entries(rows: Iterator[tuple[object, ...]], where: str) -> Iterator[dict[str, Any]]:
    header = next(rows, ())
    unknown = [str(name) for name in header if name not in COLUMNS]
    if unknown or not header:
        raise LexiconError(f"{where}: column {', '.join(unknown) or 'id'} is not as exported; keep the header")
    yield from (_entry(dict(zip(header, row, strict=False))) for row in rows if any(row))


def _entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    filled = {name: _value(name, value) for name, value in row.items() if value not in (None, "")}
    examples = {name: filled.pop(name) for name in _EXAMPLES if name in filled}
    source = filled.pop("source", None)
    return {**filled, "examples": examples, **({"source": source} if source else {})}


def _value(name: str, value: object) -> object:
    if name in _LISTS:
        return [line for line in str(value).splitlines() if line.strip()]
    return value if isinstance(value, bool) else str(value)
