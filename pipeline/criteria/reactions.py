"""How a customer takes what he is told, by the meaning of his words and not by their list.

The model is plain numbers in ``models/reactions.npz``, fitted from ``lexicons/reactions`` by ``pipeline.criteria.reaction_training``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.criteria.cues import REACTIONS, Cue
from pipeline.language.memory import Together
from pipeline.lexicon.clauses import whole
from pipeline.lexicon.meaning import MeaningModel, load_model

FILE = "reactions.npz"
SHOWN = 0.5
"""Probability from which a reaction is shown: more likely than not."""
VAGUE, CLEAR = 0.3, 0.8
"""Probabilities up to which a reaction does not count and from which it counts whole: in between a little more or less certainty
changes a score by little."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One of the reactions: what shows it.

    Parameters
    ----------
    read
        Gives the probability of every reaction for the words of a turn.
    """

    cue: Cue
    read: Together[Mapping[Cue, float]]

    def shown(self, text: str) -> bool:
        """Whether words show it."""
        return self.read(text)[self.cue] >= SHOWN

    def degree(self, text: str) -> float:
        """How clearly words show it, from 0 to 1."""
        return min(1.0, max(0.0, (self.read(text)[self.cue] - VAGUE) / (CLEAR - VAGUE)))


def load_reactions(path: Path) -> Mapping[Cue, Reaction]:
    """What shows each reaction.

    Raises
    ------
    LexiconError
        The file is missing or is not such a model.
    """
    read = reader(load_model(path, made_by="pipeline.criteria.reaction_training"))
    return {cue: Reaction(cue, read) for cue in REACTIONS}


def reader(model: MeaningModel) -> Together[Mapping[Cue, float]]:
    """What gives the probability of every reaction for the words of a turn."""
    cues = [Cue(name) for name in model.labels]
    nothing = dict.fromkeys(cues, 0.0)

    def read(texts: Sequence[str]) -> Iterator[Mapping[Cue, float]]:
        said = [whole(text) for text in texts]
        # Each is a turn of its own: what is said beside it says nothing of it.
        chances = iter(model.probabilities_of([[clause] for clause in said if clause]).tolist())
        return (dict(zip(cues, next(chances), strict=True)) if clause else nothing for clause in said)

    return Together(read, 4096)  # several criteria ask for every turn of a call
