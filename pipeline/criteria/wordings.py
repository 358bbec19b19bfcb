"""The wording that criteria know beyond phrase evidence, as the lists of a call's day have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.criteria.cues import Cue, Wording, load_cues
from pipeline.criteria.wishes import WishBook, load_wishes

FILES = ("cues.yaml", "wishes.yaml")


@dataclass(frozen=True, slots=True)
class Wordings:
    """What shows a cue, and which wish fits when."""

    cues: Mapping[Cue, Wording]
    wishes: WishBook


def load_wordings(folder: Path) -> Wordings:
    """Read them from a folder of lists.

    Raises
    ------
    LexiconError
        A file is missing or not valid; it is named with the fault.
    """
    cues, wishes = FILES
    return Wordings(load_cues(folder / cues), load_wishes(folder / wishes))
