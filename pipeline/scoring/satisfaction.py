"""How satisfied a customer would be after a dialogue: the votes that a panel would give, from a model that users train themselves.

Ridge regressions over n-grams of characters read the words; a forest of randomised trees joins what they say with named figures.
The model is plain numbers in one ``.npz`` file, so that loading it can run no foreign code, as a pickled one could.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from pipeline.errors import ModelError
from pipeline.numbers_file import UNREADABLE, Arrays, read_numbers, write_numbers
from pipeline.scoring.dialogue import Dialogue

VOTES = (-2, -1, 0, 1, 2)
"""From very dissatisfied to very satisfied."""
FILE = "satisfaction.npz"
COMMAND = "python -m pipeline.scoring.satisfaction_training DIALOGUES.jsonl"
CLIPPED = 4.0
"""Standard deviations beyond which a figure counts no more in a ridge."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """The votes that a panel would give.

    Parameters
    ----------
    shares
        Of ``VOTES``, summing to 1.
    """

    shares: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean vote, from -2 to 2."""
        return sum(vote * share for vote, share in zip(VOTES, self.shares, strict=True))


@dataclass(frozen=True, slots=True)
class Words:
    """N-grams of one view: their rows, their rarity and how long they get."""

    view: str
    weight: float
    longest: int
    vocabulary: tuple[str, ...]
    idf: Floats

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """TF-IDF of these texts, shape (texts, n-grams), each row's length the root of the weight."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        counter = TfidfVectorizer(
            analyzer="char", ngram_range=(1, self.longest), sublinear_tf=True, vocabulary=self.vocabulary
        )
        counter.idf_ = self.idf
        return counter.transform(texts) * np.sqrt(self.weight)


@dataclass(frozen=True, slots=True)
class Reader:
    """A ridge regression over views and, where it has a weight for them, figures.

    Parameters
    ----------
    coefficients
        Shape (n-grams and figures, targets).
    """

    words: tuple[Words, ...]
    figures: float
    coefficients: Floats
    mean: Floats

    def matrix(self, dialogues: Sequence[Dialogue], scaled: Floats) -> csr_matrix:
        """Everything it looks at, a row a dialogue."""
        blocks = [words.matrix([each.views[words.view] for each in dialogues]) for words in self.words]
        if self.figures:
            blocks.append(csr_matrix(scaled * np.sqrt(self.figures / scaled.shape[1])))
        return hstack(blocks).tocsr()

    def read(self, dialogues: Sequence[Dialogue], scaled: Floats) -> Floats:
        """What it expects, shape (dialogues, targets)."""
        return np.asarray(self.matrix(dialogues, scaled) @ self.coefficients + self.mean)


@dataclass(frozen=True, slots=True)
class Forest:
    """Decision trees end to end: a node's children, what it asks, and what its leaves say; the mean of all trees counts.

    Parameters
    ----------
    feature
        Column that is compared with the threshold; -1 at a leaf.
    values
        Shape (nodes, votes).
    """

    roots: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    values: Floats

    def shares(self, row: Floats) -> Floats:
        """The share of every vote for one row of features."""
        nodes = self.roots
        while (asked := self.feature[nodes] >= 0).any():
            lower = row[self.feature[nodes]].astype(np.float32) <= self.threshold[nodes]
            nodes = np.where(asked, np.where(lower, self.left[nodes], self.right[nodes]), nodes)
        return np.asarray(self.values[nodes].mean(axis=0))


@dataclass(frozen=True, slots=True)
class SatisfactionModel:
    """The fitted numbers.

    Parameters
    ----------
    names, centre, spread
        The figures, their means and standard deviations; a figure that a dialogue does not name is 0.
    """

    names: tuple[str, ...]
    centre: Floats
    spread: Floats
    readers: tuple[Reader, ...]
    forest: Forest

    def expect(self, dialogues: Sequence[Dialogue]) -> tuple[Expected, ...]:
        """The votes to expect for each dialogue."""
        if not dialogues:
            return ()
        figures = table(dialogues, self.names)
        scaled = scale(figures, self.centre, self.spread)
        rows = np.hstack([*(reader.read(dialogues, scaled) for reader in self.readers), figures])
        return tuple(Expected(tuple(float(share) for share in self.forest.shares(row))) for row in rows)


def table(dialogues: Sequence[Dialogue], names: Sequence[str]) -> Floats:
    """Named figures, a row a dialogue."""
    return np.array([[each.figures.get(name, 0.0) for name in names] for each in dialogues], dtype=np.float64)


def scale(figures: Floats, centre: Floats, spread: Floats) -> Floats:
    """Figures in standard deviations from their mean, clipped."""
    return np.asarray(np.clip((figures - centre) / spread, -CLIPPED, CLIPPED))


def save_model(model: SatisfactionModel, path: Path) -> None:
    """Write the numbers to one file."""
    arrays = {"names": np.array(model.names), "centre": model.centre, "spread": model.spread}
    for number, reader in enumerate(model.readers):
        arrays |= {f"{number}.coefficients": reader.coefficients.astype(np.float32), f"{number}.mean": reader.mean}
        arrays[f"{number}.figures"] = np.array(reader.figures)
        arrays[f"{number}.views"] = np.array([words.view for words in reader.words])
        for words in reader.words:
            key = f"{number}.{words.view}"
            arrays |= {f"{key}.ngrams": np.array(words.vocabulary), f"{key}.idf": words.idf.astype(np.float32)}
            arrays[f"{key}.shape"] = np.array([words.weight, words.longest])
    for name in Forest.__dataclass_fields__:
        arrays[f"forest.{name}"] = getattr(model.forest, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_numbers(path, arrays)


def load_model(path: Path) -> SatisfactionModel:
    """Read the numbers.

    Raises
    ------
    ModelError
        The file is missing or is not such a model; the command that makes it is named.
    """
    try:
        arrays = read_numbers(path)
        count = sum(name.endswith(".coefficients") for name in arrays)
        return SatisfactionModel(
            names=tuple(str(name) for name in arrays["names"]),
            centre=arrays["centre"],
            spread=arrays["spread"],
            readers=tuple(_reader(arrays, str(number)) for number in range(count)),
            forest=Forest(**{name: arrays[f"forest.{name}"] for name in Forest.__dataclass_fields__}),
        )
    except UNREADABLE as error:
        raise ModelError(f"{path}: is no satisfaction model ({type(error).__name__}); train one: {COMMAND}") from error


def _reader(arrays: Arrays, number: str) -> Reader:
    views = [str(view) for view in arrays[f"{number}.views"]]
    return Reader(
        tuple(_words(arrays, number, view) for view in views),
        float(arrays[f"{number}.figures"]),
        arrays[f"{number}.coefficients"].astype(np.float64),
        arrays[f"{number}.mean"],
    )


def _words(arrays: Arrays, number: str, view: str) -> Words:
    key = f"{number}.{view}"
    weight, longest = arrays[f"{key}.shape"]
    ngrams = tuple(str(ngram) for ngram in arrays[f"{key}.ngrams"])
    return Words(view, float(weight), int(longest), ngrams, arrays[f"{key}.idf"].astype(np.float64))
