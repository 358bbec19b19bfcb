"""Meaning beyond lists: a linear model per label over the characters and sounds of a clause and its neighbours.

The model is plain numbers in ``models/meaning.npz``, fitted from the labelled corpus by ``pipeline.lexicon.training``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from pipeline.errors import LexiconError
from pipeline.language.text import TurnText
from pipeline.lexicon.clauses import Clause, clauses
from pipeline.lexicon.grams import Weighed
from pipeline.numbers_file import UNREADABLE, packed, read_numbers, unpacked, write_numbers

JOINED = 0.35
"""Probability that both of two neighbouring clauses need to be one reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model says of a stretch of neighbouring clauses.

    Parameters
    ----------
    char_start, char_end
        In ``turn.text``, half-open.
    probability
        That the label is right, from 0 to 1, calibrated on hands the model was not fitted on.
    """

    turn: int
    label: str
    char_start: int
    char_end: int
    probability: float


@dataclass(frozen=True, slots=True)
class MeaningModel:
    """The fitted numbers.

    Parameters
    ----------
    vocabulary
        Feature to row.
    idf
        Weight of each feature by its rarity, shape (features,).
    weights, bias
        Shapes (features, labels) and (labels,); the weights as wide as they are summed.
    slope, offset
        Per label, the logistic curve from a raw sum to a probability.
    phrases
        Per label, the marked phrases of the corpus, to show the nearest.
    version
        Short hash of the corpus it was fitted on.
    """

    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float64]
    bias: NDArray[np.float32]
    slope: NDArray[np.float32]
    offset: NDArray[np.float32]
    phrases: dict[str, tuple[str, ...]]
    version: str
    _weighed: Weighed = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_weighed", Weighed(self.vocabulary, self.idf))

    def probabilities(self, found: Sequence[Clause]) -> NDArray[np.float32]:
        """Probability of every label for every clause of one turn, shape (clauses, labels)."""
        return self.probabilities_of([found])

    def probabilities_of(self, turns: Sequence[Sequence[Clause]]) -> NDArray[np.float32]:
        """The same for the clauses of several turns, one turn after the other."""
        sums = np.asarray(self._weighed.of(turns) @ self.weights + self.bias, dtype=np.float32)
        scaled = sums * self.slope + self.offset
        return np.asarray(1.0 / (1.0 + np.exp(-scaled)), dtype=np.float32)

    def read(self, text: TurnText, *, least: float) -> tuple[Reading, ...]:
        """Labels of a turn's clauses whose probability is at least ``least``; sure neighbours of one label are one."""
        return next(iter(self.read_all([text], least=least)))

    def read_all(self, texts: Sequence[TurnText], *, least: float) -> Iterator[tuple[Reading, ...]]:
        """The same for each of several turns: all at once is quicker."""
        turns = [clauses(text) for text in texts]
        if not any(turns):
            return (() for _ in texts)
        rows = iter(self.probabilities_of(turns).tolist())
        return (
            self._readings(text, found, list(islice(rows, len(found))), least)
            for text, found in zip(texts, turns, strict=True)
        )

    def _readings(
        self, text: TurnText, found: Sequence[Clause], rows: Sequence[Sequence[float]], least: float
    ) -> tuple[Reading, ...]:
        # Few numbers at a time: quicker without arrays.
        return tuple(
            self._reading(text, found[start:end], label, max(column[start:end]))
            for label, column in zip(self.labels, zip(*rows, strict=True), strict=False)
            if max(column) >= least
            for start, end in _runs(column, least)
        )

    def _reading(self, text: TurnText, found: Sequence[Clause], label: str, probability: float) -> Reading:
        return Reading(text.turn.index, label, found[0].char_start, found[-1].char_end, probability)

    def nearest(self, label: str, quote: str) -> str:
        """The corpus's phrase of a label that is most like the words; empty where it has none."""
        best = process.extractOne(quote, self.phrases.get(label, ()), scorer=fuzz.ratio)
        return str(best[0]) if best else ""


def _runs(column: Sequence[float], least: float) -> Iterator[tuple[int, int]]:
    """Half-open runs of clauses: neighbours belong together where both reach ``JOINED``, and one of each run reaches ``least``."""
    start = 0
    for i in range(len(column)):
        if i + 1 == len(column) or min(column[i], column[i + 1]) < JOINED:
            if max(column[start : i + 1]) >= least:
                yield start, i + 1
            start = i + 1


def save_model(model: MeaningModel, path: Path) -> None:
    """Write the numbers to one ``.npz`` file; weights keep 16 bits, which changes no probability by more than a hair."""
    names = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    phrases = [f"{label}\t{phrase}" for label in model.labels for phrase in model.phrases[label]]
    write_numbers(
        path,
        {
            "vocabulary": packed(names),
            "labels": packed(model.labels),
            "phrases": packed(phrases),
            "idf": model.idf.astype(np.float16),
            "weights": model.weights.astype(np.float16),
            "bias": model.bias,
            "slope": model.slope,
            "offset": model.offset,
            "version": packed([model.version]),
        },
    )


def load_model(path: Path, *, made_by: str = "pipeline.lexicon.training") -> MeaningModel:
    """Read the numbers.

    Parameters
    ----------
    made_by
        The module that fits it, for the message.

    Raises
    ------
    LexiconError
        The file is missing or is not such a model.
    """
    try:
        arrays = read_numbers(path)
        labels = unpacked(arrays["labels"])
        pairs = [line.split("\t", 1) for line in unpacked(arrays["phrases"])]
        return MeaningModel(
            labels=labels,
            vocabulary={name: row for row, name in enumerate(unpacked(arrays["vocabulary"]))},
            idf=arrays["idf"].astype(np.float32),
            weights=arrays["weights"].astype(np.float64),
            bias=arrays["bias"],
            slope=arrays["slope"],
            offset=arrays["offset"],
            phrases={label: tuple(phrase for name, phrase in pairs if name == label) for label in labels},
            version=unpacked(arrays["version"])[0],
        )
    except UNREADABLE as error:
        raise LexiconError(f"{path}: not a model of meaning ({error}); make it with `python -m {made_by}`") from error
