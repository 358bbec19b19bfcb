"""Statements with what they show, by several writers: one ``.txt`` file a hand, one ``label<TAB>text`` a line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.errors import LexiconError

HELD_BACK = "hand_test"
"""The file, or folder, that is for testing only: training never reads it."""


class Written(Protocol):
    """What one hand wrote."""

    @property
    def hand(self) -> str:
        """Whose it is."""


_Own = TypeVar("_Own", bound=Written)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the label as it is written, the text, whose it is, and its place for messages."""

    label: str
    text: str
    hand: str
    place: str


def read_hands(folder: Path) -> Iterator[Line]:
    """The lines of all hands of a folder; empty lines and those that begin with # are left out.

    Raises
    ------
    LexiconError
        There is no file; a line is not a label, a tab and a text, and its file and number are named.
    """
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise LexiconError(f"{folder}: nothing is written here; expected one .txt file a hand")
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                label, tab, text = line.partition("\t")
                if not tab or not text.strip():
                    raise LexiconError(f"{file}:{number}: write what it shows, a tab, and what was said")
                yield Line(label.strip(), text.strip(), file.stem, f"{file}:{number}")


def for_training(written: Iterable[_Own]) -> tuple[_Own, ...]:
    """All but what the hand kept for testing wrote."""
    return tuple(each for each in written if each.hand != HELD_BACK)
