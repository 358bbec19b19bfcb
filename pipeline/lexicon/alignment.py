"""Laying many phrases against a text at once: syllable against syllable, with at most one syllable lost or put in."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.language import syllables

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

SHORTEST_SHIFTED = 4
"""Phrases of up to this length are not tried with a syllable more or less: too little would be left."""
_CHANGED, _CHANGED_PARTICLE, _CHANGED_NEGATION = 0.7, 0.25, 3.0
"""Cost of a syllable lost or put in; particles come and go, a negation turns the meaning."""
_AT_THE_EDGE = np.float32(0.5)
"""Added when the first or the last syllable is lost: the phrase would be found in words that merely share the rest."""
_PARTICLES = ("de", "le", "ma", "ba", "ne", "a", "ya", "o")
_NEGATIONS = ("bu", "mei", "bie")
_LATER = np.array([0, 0, -1, 0, 1])
_LONGER = np.array([0, 1, 1, -1, -1])
"""By how much a phrase starts later and is longer when it lies straight, or with a syllable put in or lost, each in two ways."""


class Phrases(NamedTuple):
    """Phrases to be laid.

    Parameters
    ----------
    rows
        Their codes, a column each, padded; shape (longest, n): sums down short columns are quick.
    lengths
        Syllables of each.
    allowed
        Cost above which each is of no interest.
    """

    rows: NDArray[np.int16]
    lengths: Ints
    allowed: Floats

    @classmethod
    def of(cls, codes: Sequence[Ints], allowed: Floats) -> "Phrases":
        """Phrases of these codes."""
        lengths = np.array([len(each) for each in codes], dtype=np.int64)
        longest = lengths.max(initial=SHORTEST_SHIFTED)
        columns = np.full((len(codes), longest), len(syllables.inventory()), dtype=np.int16)
        for column, each in zip(columns, codes, strict=True):
            column[: len(each)] = each
        return cls(np.ascontiguousarray(columns.T), lengths, allowed)

    def chosen(self, numbers: Ints) -> "Phrases":
        """Those of these numbers, no more padded than they need."""
        lengths = self.lengths[numbers]
        return Phrases(self.rows[: lengths.max(initial=1)].take(numbers, axis=1), lengths, self.allowed[numbers])

    def cells(self) -> Ints:
        """Where the costs of their syllables start in a flat table of costs; shape of ``rows``."""
        return np.asarray(self.rows * np.int64(len(syllables.inventory())))


class Laid(NamedTuple):
    """The cheapest way to lay each phrase: its cost, and the stretch of text, half-open."""

    costs: Floats
    begins: Ints
    ends: Ints


def lay(phrases: Phrases, text: Ints, starts: Ints) -> Laid:
    """Lay phrases at given places.

    Parameters
    ----------
    text, starts
        Codes of the text, shape (m,), and where each phrase would start if no syllable were lost or put in, shape (n,).
        One syllable before each start lies within the text.
    """
    width, lengths = len(phrases.rows), phrases.lengths
    heard = text.take(np.arange(-1, 2)[:, None, None] + np.arange(width)[:, None] + starts, mode="clip")
    costs = table().take(phrases.cells() + heard)
    straight = costs[1].sum(axis=0)
    if width <= SHORTEST_SHIFTED:
        return Laid(straight, starts, starts + lengths)
    ways = np.concatenate([[straight], *_shifted(phrases, heard, costs)])
    best = ways.argmin(axis=0)
    begins = starts + _LATER[best]
    return Laid(ways.min(axis=0), begins, begins + lengths + _LONGER[best])


def _shifted(phrases: Phrases, heard: Ints, costs: Floats) -> tuple[Floats, Floats]:
    """The least cost with a syllable put in, straight before it or one place earlier, and with one lost, straight before it or later.

    ``heard`` is what lies against the phrases one place earlier, straight and one place later, and ``costs`` what that costs.
    """
    rows, lengths = phrases.rows, phrases.lengths
    before = np.cumsum(costs, axis=1) - costs
    onwards = np.cumsum(costs[:, ::-1], axis=1)[:, ::-1]
    places = np.arange(len(rows))[:, None]
    outside = np.where(places >= lengths, np.float32(np.inf), np.float32(0.0))
    lost, put_in = change_costs()
    added = outside.copy()
    added[0] = np.inf
    removed = outside + lost[rows] + _AT_THE_EDGE * ((places == 0) | (places == lengths - 1))
    longer = before[1::-1] + onwards[:0:-1] + put_in[heard[1::-1]] + added
    shorter = before[1:] + onwards[:2] - costs[:2] + removed
    return longer.min(axis=1), shorter.min(axis=1)


@lru_cache(maxsize=1)
def table() -> Floats:
    """Distances of all codes, a row each, flat; a last row, that of the padding, costs nothing."""
    known = syllables.distances()
    return np.append(known.ravel(), np.zeros(len(known), dtype=np.float32))


@lru_cache(maxsize=1)
def change_costs() -> tuple[Floats, Floats]:
    """Cost of losing and of putting in each code; the last of the first is the padding's."""
    names = syllables.inventory()
    put_in = np.full(len(names), _CHANGED, dtype=np.float32)
    put_in[[i for i, name in enumerate(names) if name in _PARTICLES]] = _CHANGED_PARTICLE
    put_in[[i for i, name in enumerate(names) if name in _NEGATIONS]] = _CHANGED_NEGATION
    put_in[syllables.SEPARATOR] = syllables.FAR
    return np.append(put_in, np.float32(0.0)), put_in
