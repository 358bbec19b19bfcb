"""Which dialogues a dialogue is like: words lie near those they stand beside in plain text, dialogues near those with such words and figures.

Words that are not among the voted dialogues, or seldom, still say what their neighbours say.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from pipeline.language.segment import Segmenter
from pipeline.scoring.dialogue import VIEWS, Dialogue

Floats = NDArray[np.float64]

DIMENSIONS = 150
REACH = 8
"""Words this far apart stand beside each other."""
LEAST_LINES = 3
EVENED = 0.75
"""Frequent neighbours count less: the exponent that Levy, Goldberg and Dagan (TACL 2015) found best for such vectors."""
GAMMA = 0.5
"""How fast likeness falls with distance; this and the above chosen by cross-validation on 2,700 dialogues."""
_NOISE = 9
"""Decimals from which on a vector is rounding error: a word without company lies nowhere."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where words lie.

    Parameters
    ----------
    words, rarity
        The words, and the logarithm of how few lines have each.
    vectors
        Shape (words, dimensions), of length 1.
    centre
        Mean of the dialogues that were learnt from, a row a view.
    """

    words: tuple[str, ...]
    rarity: Floats
    vectors: Floats
    centre: Floats

    def of(self, dialogues: Sequence[Dialogue]) -> Floats:
        """Where dialogues lie, the views side by side, each as long as its weight."""
        return np.hstack(
            [
                math.sqrt(weight) * _unit(self._mean(dialogues, view) - middle)
                for (view, weight), middle in zip(VIEWS.items(), self.centre, strict=True)
            ]
        )

    def _mean(self, dialogues: Sequence[Dialogue], view: str) -> Floats:
        """The mean of the words of a view, the rarer the heavier; zeros without words."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        counter = TfidfVectorizer(analyzer=cut, vocabulary=self.words, norm="l1")
        counter.idf_ = self.rarity
        return np.asarray(counter.transform([each.views[view] for each in dialogues]) @ self.vectors)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A kernel ridge regression: what known dialogues say, the more the nearer.

    Parameters
    ----------
    known
        Rows of the dialogues that were learnt from.
    coefficients
        Shape (dialogues, targets).
    """

    known: Floats
    coefficients: Floats
    mean: Floats

    def read(self, rows: Floats) -> Floats:
        """What it expects, shape (dialogues, targets)."""
        from sklearn.metrics.pairwise import rbf_kernel

        return np.asarray(rbf_kernel(rows, self.known, gamma=GAMMA) @ self.coefficients + self.mean)


def cut(text: str) -> list[str]:
    """The words of a text, marks among them."""
    return [word.text for word in _segmenter().cut(text) if not word.text.isspace()]


@cache
def _segmenter() -> Segmenter:
    return Segmenter()


def learn_places(dialogues: Sequence[Dialogue], further: Iterable[str] = ()) -> Places:
    """Learn from what is said in dialogues and further lines: no vote is needed."""
    said = (each.views[side].split("\n") for each in dialogues for side in ("customer", "agent"))
    lines = [cut(text) for text in chain(chain.from_iterable(said), further)]
    counts = Counter(chain.from_iterable(map(set, lines)))
    words = tuple(sorted(word for word, count in counts.items() if count >= LEAST_LINES))
    rarity = np.array([math.log(len(lines) / counts[word]) for word in words])
    bare = Places(words, rarity, _vectors(_surprise(_beside(lines, words))), np.zeros((len(VIEWS), 1)))
    return Places(words, rarity, bare.vectors, np.array([bare._mean(dialogues, view).mean(axis=0) for view in VIEWS]))


def _beside(lines: Iterable[Sequence[str]], words: Sequence[str]) -> coo_matrix:
    """How often each word stands beside each other one."""
    number = {word: i for i, word in enumerate(words)}
    known = ([number[word] for word in line if word in number] for line in lines)
    pairs = np.fromiter(chain.from_iterable(_pairs(known)), dtype=np.int64).reshape(-1, 2).T
    once = coo_matrix((np.ones(pairs.shape[1]), pairs), shape=(len(words), len(words))).tocsr()
    return (once + once.T).tocoo()


def _pairs(lines: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for line in lines:
        for gap in range(1, REACH + 1):
            yield from zip(line, line[gap:], strict=False)


def _surprise(beside: coo_matrix) -> csr_matrix:
    """How much oftener than by chance, as a logarithm; nothing where it is seldomer."""
    totals = np.asarray(beside.sum(axis=1)).ravel()
    chance = totals**EVENED / (totals**EVENED).sum()
    surprise = np.log(beside.data / (totals[beside.row] * chance[beside.col]))
    return csr_matrix((np.maximum(surprise, 0.0), (beside.row, beside.col)), shape=beside.shape)


def _vectors(surprise: csr_matrix) -> Floats:
    from sklearn.decomposition import TruncatedSVD

    space = TruncatedSVD(min(DIMENSIONS, surprise.shape[0] - 1), algorithm="arpack", random_state=0)
    spread = space.fit_transform(surprise) / np.sqrt(np.maximum(space.singular_values_, 10.0**-_NOISE))
    return _unit(spread.round(_NOISE))


def _unit(rows: Floats) -> Floats:
    """Rows of length 1; zeros stay."""
    from sklearn.preprocessing import normalize

    return np.asarray(normalize(rows))
