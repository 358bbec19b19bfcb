"""The wording that criteria know beyond phrase evidence, as the lists of a call's day have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.criteria.cues import Signs, load_cues
from pipeline.criteria.reactions import Reaction, load_reactions
from pipeline.criteria.wishes import WishBook, load_wishes

FILES = ("cues.yaml", "wishes.yaml")


@dataclass(frozen=True, slots=True)
class Wordings:
    """What shows a cue, and which wish fits when."""

    cues: Signs
    wishes: WishBook

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Read the customers' reactions in several turns at once: quicker than one by one when criteria ask for them."""
        for read in {sign.read for sign in self.cues.values() if isinstance(sign, Reaction)}:
            read.ahead(texts)


def load_wordings(folder: Path, *, reactions: Path) -> Wordings:
    """Read them from a folder of lists.

    Parameters
    ----------
    reactions
        The model that knows how customers take what they are told.

    Raises
    ------
    LexiconError
        A file is missing or not valid; it is named with the fault.
    """
    cues, wishes = FILES
    return Wordings({**load_cues(folder / cues), **load_reactions(reactions)}, load_wishes(folder / wishes))
