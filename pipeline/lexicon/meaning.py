"""Meaning beyond lists: a linear model per label over the characters and sounds of a clause and its neighbours.

The model is plain numbers in ``models/meaning.npz``, fitted from the labelled corpus by ``pipeline.lexicon.training``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from pipeline.errors import LexiconError
from pipeline.language.text import TurnText
from pipeline.lexicon.clauses import Clause, clauses

_LONGEST_GRAM = 4
_LONGEST_NEIGHBOUR_GRAM = 2
_SKIPS = (2, 3)


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
    nearest: str


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
        Shapes (features, labels) and (labels,).
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
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    slope: NDArray[np.float32]
    offset: NDArray[np.float32]
    phrases: dict[str, tuple[str, ...]]
    version: str

    def probabilities(self, found: Sequence[Clause]) -> NDArray[np.float32]:
        """Probability of every label for every clause of one turn, shape (clauses, labels)."""
        sums = np.stack([self._sum(Counter(features(found, i))) for i in range(len(found))])
        scaled = sums * self.slope + self.offset
        return (1.0 / (1.0 + np.exp(-scaled))).astype(np.float32)

    def read(self, text: TurnText, *, least: float) -> tuple[Reading, ...]:
        """Labels of a turn whose probability is at least ``least``; neighbouring clauses of one label are one reading."""
        found = clauses(text)
        if not found:
            return ()
        table = self.probabilities(found)
        return tuple(reading for column in range(len(self.labels)) for reading in self._runs(text, found, table[:, column], column, least))

    def _sum(self, counts: Counter[str]) -> NDArray[np.float32]:
        known = [(row, count) for name, count in counts.items() if (row := self.vocabulary.get(name)) is not None]
        if not known:
            return self.bias
        rows = np.array([row for row, _ in known])
        values = (1.0 + np.log([count for _, count in known])) * self.idf[rows]
        return np.asarray(values / np.linalg.norm(values) @ self.weights[rows] + self.bias, dtype=np.float32)

    def _runs(self, text: TurnText, found: Sequence[Clause], column: NDArray[np.float32], label: int, least: float) -> Iterator[Reading]:
        start: int | None = None
        for i in range(len(found) + 1):
            inside = i < len(found) and column[i] >= least
            if inside and start is None:
                start = i
            elif not inside and start is not None:
                first, last = found[start].char_start, found[i - 1].char_end
                name = self.labels[label]
                yield Reading(
                    text.turn.index, name, first, last, float(column[start:i].max()), self._nearest(name, text.turn.text[first:last])
                )
                start = None

    def _nearest(self, label: str, quote: str) -> str:
        best = process.extractOne(quote, self.phrases.get(label, ()), scorer=fuzz.ratio)
        return str(best[0]) if best else ""


def features(found: Sequence[Clause], index: int) -> Iterator[str]:
    """Names of the features of one clause: n-grams of its characters and sounds, of its neighbours', and how it ended."""
    clause = found[index]
    yield from _grams("c", clause.chars, _LONGEST_GRAM)
    yield from _grams("s", clause.sounds, _LONGEST_GRAM)
    for skip in _SKIPS:
        yield from (f"k{skip}{one}{other}" for one, other in zip(clause.sounds, clause.sounds[skip:], strict=False))
    before = found[index - 1].chars if index > 0 else ""
    after = found[index + 1].chars if index + 1 < len(found) else ""
    yield from _grams("p", before, _LONGEST_NEIGHBOUR_GRAM)
    yield from _grams("n", after, _LONGEST_NEIGHBOUR_GRAM)
    yield f"e{'?' if clause.final in '?？' and clause.final else ''}"


def _grams(kind: str, text: str, longest: int) -> Iterator[str]:
    """N-grams of a text with its edges (^ and $), each behind its kind."""
    edged = f"^{text}$"
    for length in range(1, longest + 1):
        yield from (kind + edged[i : i + length] for i in range(len(edged) - length + 1))


def save_model(model: MeaningModel, path: Path) -> None:
    """Write the numbers to one ``.npz`` file; weights keep 16 bits, which changes no probability by more than a hair."""
    names = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    phrases = [f"{label}\t{phrase}" for label in model.labels for phrase in model.phrases[label]]
    np.savez_compressed(
        path,
        vocabulary=_packed(names),
        labels=_packed(model.labels),
        phrases=_packed(phrases),
        idf=model.idf.astype(np.float16),
        weights=model.weights.astype(np.float16),
        bias=model.bias,
        slope=model.slope,
        offset=model.offset,
        version=_packed([model.version]),
    )


def load_model(path: Path) -> MeaningModel:
    """Read the numbers.

    Raises
    ------
    LexiconError
        The file is missing or is not such a model.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        labels = _unpacked(arrays["labels"])
        pairs = [line.split("\t", 1) for line in _unpacked(arrays["phrases"])]
        return MeaningModel(
            labels,
            {name: row for row, name in enumerate(_unpacked(arrays["vocabulary"]))},
            *(arrays[name].astype(np.float32) for name in ("idf", "weights", "bias", "slope", "offset")),
            {label: tuple(phrase for name, phrase in pairs if name == label) for label in labels},
            _unpacked(arrays["version"])[0],
        )
    except (OSError, KeyError, ValueError) as error:
        raise LexiconError(f"{path}: not a phrase model ({error}); make it with `python -m pipeline.lexicon.training`") from error


def _packed(lines: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n"))
