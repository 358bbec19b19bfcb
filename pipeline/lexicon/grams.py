"""What the model of meaning looks at in a clause: n-grams of characters and sounds, as names and as rows of numbers."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipeline.language.grams import Asked, GramTable
from pipeline.lexicon.clauses import Clause

_LONGEST_GRAM = 4
_LONGEST_NEIGHBOUR_GRAM = 2
_SKIPS = (2, 3)


def features(found: Sequence[Clause], index: int) -> list[str]:
    """Names of the features of one clause: n-grams of its characters and sounds, of its neighbours', and how it ended."""
    clause, (before, after) = found[index], _neighbours(found, index)
    return [
        *_grams("c", clause.chars, _LONGEST_GRAM),
        *_grams("s", clause.sounds, _LONGEST_GRAM),
        *[
            f"k{skip}{one}{other}"
            for skip in _SKIPS
            for one, other in zip(clause.sounds, clause.sounds[skip:], strict=False)
        ],
        *_grams("p", before, _LONGEST_NEIGHBOUR_GRAM),
        *_grams("n", after, _LONGEST_NEIGHBOUR_GRAM),
        _end(clause),
    ]


class Weighed:
    """Rows and values of clauses' features in a fitted vocabulary.

    Parameters
    ----------
    vocabulary
        Feature to row.
    idf
        Weight of each feature by its rarity, shape (features,).
    """

    def __init__(self, vocabulary: Mapping[str, int], idf: NDArray[np.float32]) -> None:
        self._table, self._idf = GramTable(vocabulary), idf

    def of(self, turns: Sequence[Sequence[Clause]]) -> sparse.csr_array:
        """What each known feature weighs in each clause, shape (clauses, features); rows are of length 1, or empty."""
        owners, rows = self._table.known(list(self._asked(turns)))
        clauses, size = sum(map(len, turns)), len(self._idf)
        cells, counts = np.unique(owners * size + rows, return_counts=True)
        owners, rows = np.divmod(cells, size)
        values = (1.0 + np.log(counts)) * self._idf[rows]
        lengths = np.sqrt(np.bincount(owners, values**2, minlength=clauses))
        edges = np.searchsorted(owners, np.arange(1 + clauses))
        return sparse.csr_array((values / lengths[owners], rows, edges), shape=(clauses, size))

    def _asked(self, turns: Sequence[Sequence[Clause]]) -> Iterator[Asked]:
        found = [clause for turn in turns for clause in turn]
        beside = [_neighbours(turn, i) for turn in turns for i in range(len(turn))]
        blocks = {
            "c": ([clause.chars for clause in found], _LONGEST_GRAM),
            "s": ([clause.sounds for clause in found], _LONGEST_GRAM),
            "p": ([before for before, _ in beside], _LONGEST_NEIGHBOUR_GRAM),
            "n": ([after for _, after in beside], _LONGEST_NEIGHBOUR_GRAM),
        }
        for kind, (texts, longest) in blocks.items():
            edged = self._table.spelt([f"^{text}$" for text in texts])
            yield from (self._table.grams(kind, edged, length) for length in range(1, longest + 1))
            if kind == "s":
                sounds = self._table.spelt(texts)
                yield from (self._table.grams("k", sounds, 3, skip=skip) for skip in _SKIPS)
        yield self._table.whole([_end(clause) for clause in found])


def _neighbours(found: Sequence[Clause], index: int) -> tuple[str, str]:
    """Characters of the clause before and of the one after; empty where there is none."""
    return found[index - 1].chars if index > 0 else "", found[index + 1].chars if index + 1 < len(found) else ""


def _end(clause: Clause) -> str:
    return f"e{'?' if clause.final in '?？' and clause.final else ''}"


def _grams(kind: str, text: str, longest: int) -> list[str]:
    """N-grams of a text with its edges (^ and $), each behind its kind."""
    edged = f"^{text}$"
    return [kind + edged[i : i + length] for length in range(1, longest + 1) for i in range(len(edged) - length + 1)]
