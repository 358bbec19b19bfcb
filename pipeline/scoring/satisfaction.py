"""How satisfied a customer would be after a dialogue: the votes that a panel would give, from a model that users train themselves.

Ridge regressions over n-grams of characters read the words, another looks for dialogues like this one; a forest of randomised
trees joins what they say with named figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from pipeline.scoring.dialogue import Dialogue
from pipeline.scoring.likeness import Floats, Likeness, Places

VOTES = (-2, -1, 0, 1, 2)
"""From very dissatisfied to very satisfied."""
CLIPPED = 4.0
"""Standard deviations beyond which a figure counts no more in a ridge."""


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
    places: Places
    likeness: Likeness
    forest: Forest

    def expect(self, dialogues: Sequence[Dialogue]) -> tuple[Expected, ...]:
        """The votes to expect for each dialogue."""
        if not dialogues:
            return ()
        figures = table(dialogues, self.names)
        scaled = scale(figures, self.centre, self.spread)
        said = [reader.read(dialogues, scaled) for reader in self.readers]
        said.append(self.likeness.read(beside_figures(self.places.of(dialogues), scaled)))
        rows = np.hstack([*said, figures])
        return tuple(Expected(tuple(float(share) for share in self.forest.shares(row))) for row in rows)


def table(dialogues: Sequence[Dialogue], names: Sequence[str]) -> Floats:
    """Named figures, a row a dialogue."""
    return np.array([[each.figures.get(name, 0.0) for name in names] for each in dialogues], dtype=np.float64)


def scale(figures: Floats, centre: Floats, spread: Floats) -> Floats:
    """Figures in standard deviations from their mean, clipped."""
    return np.asarray(np.clip((figures - centre) / spread, -CLIPPED, CLIPPED))


def beside_figures(places: Floats, scaled: Floats) -> Floats:
    """Where dialogues lie by words and figures, the figures together as long as the words."""
    return np.hstack([places, scaled / np.sqrt(scaled.shape[1])])
