"""What customers answer, and how they take it: the corpus of the model of reactions.

``discontent,told<TAB>我刚不是说了嘛，说了也白说`` is one whole turn with what it shows; ``none`` shows nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.criteria.cues import REACTIONS
from pipeline.errors import LexiconError

HELD_BACK = "hand_test"
"""The file that is for testing only: training never reads it."""
_NONE = "none"
_NAMES = tuple(cue.value for cue in REACTIONS)


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn of a customer, what it shows, and who wrote it."""

    text: str
    shows: frozenset[str]
    hand: str


def read_answers(folder: Path) -> tuple[Answer, ...]:
    """Read all hands of a folder: one ``.txt`` file a hand.

    Raises
    ------
    LexiconError
        There is no file, or a line is not reactions, a tab and what was said; file and line are named.
    """
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise LexiconError(f"{folder}: no answers here; expected one .txt file a hand")
    return tuple(answer for file in files for answer in _read_file(file))


def for_training(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """All answers but those of the hand kept for testing."""
    return tuple(answer for answer in answers if answer.hand != HELD_BACK)


def version_of(answers: Iterable[Answer]) -> str:
    """Short hash of the answers that are trained on: the model that was fitted on them carries it."""
    lines = (f"{','.join(sorted(each.shows))} {each.text}" for each in for_training(answers))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _read_file(file: Path) -> Iterator[Answer]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            shown, _, text = line.partition("\t")
            names = {name.strip() for name in shown.split(",")} - {_NONE}
            if not text.strip() or not names.issubset(_NAMES):
                allowed = ", ".join((*_NAMES, _NONE))
                raise LexiconError(f"{file}:{number}: write one or more of {allowed}, a tab, and what was said")
            yield Answer(text.strip(), frozenset(names), file.stem)
