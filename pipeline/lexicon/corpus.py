"""The labelled corpus: utterances with their telling phrases marked, one a line.

``agent<TAB>[greeting|您好]，[offer_help|请问要办什么]？`` marks what a phrase is; ``[~label|…]`` marks a look-alike which is not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.schema import Role

_MARK = re.compile(r"\[(~?)([a-z_]+)\|([^\[\]|]+)\]")
TONE = "tone_"
"""Hands whose names begin so wrote tone alone, far more misconduct than calls have: they do not tell how usual anything is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked phrase: ``text[char_start:char_end]`` of its example; ``genuine`` is False for a look-alike."""

    label: str
    char_start: int
    char_end: int
    genuine: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One utterance of the corpus, without its marks in the text."""

    role: Role
    text: str
    marks: tuple[Mark, ...]
    hand: str


def read_corpus(folder: Path, *, labels: frozenset[str]) -> tuple[Example, ...]:
    """Read all hands below a folder: one sub-folder a hand, ``*.txt`` in it.

    Raises
    ------
    LexiconError
        A line is not ``role<TAB>text``, a label is unknown, or a mark is broken; file and line are named.
    """
    files = sorted(folder.glob("*/*.txt"))
    if not files:
        raise LexiconError(f"{folder}: no corpus here; expected one folder a hand with .txt files")
    return tuple(example for file in files for example in _read_file(file, labels))


def _read_file(file: Path, labels: frozenset[str]) -> Iterator[Example]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                yield parse_line(line, hand=file.parent.name, labels=labels)
            except ValueError as error:
                raise LexiconError(f"{file}:{number}: {error}") from error


def parse_line(line: str, *, hand: str, labels: frozenset[str]) -> Example:
    """Read one line.

    Raises
    ------
    ValueError
        What is wrong with the line, and how it should look.
    """
    role, tab, marked = line.partition("\t")
    if not tab or role not in (Role.AGENT, Role.CUSTOMER):
        raise ValueError("write agent or customer, a tab, and the text")
    text, marks, position = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[position : match.start()]
        look_alike, label, phrase = match.groups()
        if label not in labels:
            raise ValueError(f"label {label!r} is not in labels.yaml")
        marks.append(Mark(label, len(text), len(text) + len(phrase), not look_alike and role == Role.AGENT))
        text += phrase
        position = match.end()
    text += marked[position:]
    if re.search(r"[\[\]|~]", text):
        raise ValueError("a mark is broken; write [label|phrase] or [~label|phrase]")
    return Example(Role(role), text, tuple(marks), hand)
