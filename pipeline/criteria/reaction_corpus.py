"""What customers answer, and how they take it: the corpus of the model of reactions.

``discontent,told<TAB>我刚不是说了嘛，说了也白说`` is one whole turn with what it shows; ``none`` shows nothing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.criteria.cues import REACTIONS
from pipeline.errors import LexiconError
from pipeline.lexicon.hands import Line, for_training, read_hands

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
    return tuple(map(_answer, read_hands(folder)))


def version_of(answers: Iterable[Answer]) -> str:
    """Short hash of the answers that are trained on: the model that was fitted on them carries it."""
    lines = (f"{','.join(sorted(each.shows))} {each.text}" for each in for_training(answers))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _answer(line: Line) -> Answer:
    names = {name.strip() for name in line.label.split(",")} - {_NONE}
    if not names.issubset(_NAMES):
        raise LexiconError(
            f"{line.place}: write one or more of {', '.join((*_NAMES, _NONE))}, a tab, and what was said"
        )
    return Answer(line.text, frozenset(names), line.hand)
