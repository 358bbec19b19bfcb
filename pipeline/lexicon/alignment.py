"""Laying many phrases against a text at once: syllable against syllable, with at most one syllable lost or put in."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.language import syllables

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

PADDING = -1
"""Fills the columns of phrases beyond their length; costs nothing."""
FARTHEST_OUTSIDE = 64
"""A phrase may start so far before the text or after it."""
SHORTEST_SHIFTED = 4
"""Phrases of up to this length are not tried with a syllable more or less: too little would be left."""
_CHANGED, _CHANGED_PARTICLE, _CHANGED_NEGATION = 0.7, 0.25, 3.0
"""Cost of a syllable lost or put in; particles come and go, a negation turns the meaning."""
_AT_THE_EDGE = np.float32(0.5)
"""Added when the first or the last syllable is lost: the phrase would be found in words that merely share the rest."""
_PARTICLES = ("de", "le", "ma", "ba", "ne", "a", "ya", "o")
_NEGATIONS = ("bu", "mei", "bie")


class Laid(NamedTuple):
    """The cheapest way to lay each phrase: its cost, and the stretch of text, half-open."""

    costs: Floats
    begins: Ints
    ends: Ints


class _Summed(NamedTuple):
    """Costs of each place, with the sums of those before it and of those from it on."""

    costs: Floats
    before: Floats
    onwards: Floats

    @classmethod
    def of(cls, costs: Floats) -> "_Summed":
        return cls(costs, np.cumsum(costs, axis=0) - costs, np.cumsum(costs[::-1], axis=0)[::-1])


def lay(rows: Ints, lengths: Ints, text: Ints, starts: Ints, allowed: Floats) -> Laid:
    """Lay phrases at given places.

    Parameters
    ----------
    rows
        Codes of the phrases, a column each, padded; shape (width, n): sums down short columns are quick.
    lengths
        Syllables of each, shape (n,).
    text, starts
        Codes of the text, shape (m,), and where each phrase would start if no syllable were lost or put in, shape (n,);
        may lie outside.
    allowed
        Cost above which a phrase is of no interest, shape (n,).
    """
    width = len(rows)
    around = _codes_at(text, starts - 1, width + 2)
    straight = _costs(rows, around[1:-1])
    laid = Laid(straight.sum(axis=0), starts.copy(), starts + lengths)
    if width <= SHORTEST_SHIFTED:
        return laid
    first = straight[: width // 2].sum(axis=0)
    # With a syllable more or less, one half still lies straight at one of the phrase's places: others can be left.
    half = np.minimum(first, laid.costs - first) + _CHANGED_PARTICLE
    hopeful = np.flatnonzero((laid.costs > _CHANGED_PARTICLE) & (half <= allowed))
    straight_ones = Laid(laid.costs[hopeful], laid.begins[hopeful], laid.ends[hopeful])
    better = _shifted(rows[:, hopeful], around[:, hopeful], straight_ones)
    laid.costs[hopeful], laid.begins[hopeful], laid.ends[hopeful] = better
    return laid


def _shifted(rows: Ints, around: Ints, laid: Laid) -> Laid:
    """The cheapest way, with a syllable lost or put in or straight as given; ``around`` begins one place earlier."""
    width, starts, lengths = len(rows), laid.begins, laid.ends - laid.begins
    earlier, straight, later = (_Summed.of(_costs(rows, around[i : i + width])) for i in range(3))
    places = np.arange(width)[:, None]
    outside = np.where(places >= lengths, np.float32(np.inf), np.float32(0.0))
    lost, put_in = _change_costs()
    added = outside.copy()
    added[0] = np.inf
    for prefix, suffix, shift in ((straight, later, 0), (earlier, straight, -1)):
        totals = prefix.before + suffix.onwards + put_in[around[1 + shift : 1 + shift + width]] + added
        laid = _cheaper(laid, totals, starts + shift, starts + shift + lengths + 1)
    removed = outside + lost[rows] + _AT_THE_EDGE * ((places == 0) | (places == lengths - 1))
    for prefix, suffix, shift in ((straight, earlier, 0), (later, straight, 1)):
        totals = prefix.before + suffix.onwards - suffix.costs + removed
        laid = _cheaper(laid, totals, starts + shift, starts + shift + lengths - 1)
    return laid


def _codes_at(text: Ints, starts: Ints, width: int) -> Ints:
    """Codes of the text from each start on, a column each, separators outside of it."""
    fence = np.full(width + FARTHEST_OUTSIDE, syllables.SEPARATOR)
    fenced = np.concatenate([fence, text, fence])
    return np.asarray(fenced[starts + len(fence) + np.arange(width)[:, None]])


def _costs(rows: Ints, codes: Ints) -> Floats:
    """Distance of each syllable of each phrase from the one it lies against; nothing beyond the phrase."""
    table = _table()
    return np.asarray(table.ravel().take(rows * table.shape[1] + codes, mode="wrap"))


def _cheaper(laid: Laid, totals: Floats, begins: Ints, ends: Ints) -> Laid:
    costs = totals.min(axis=0)
    better = costs < laid.costs
    return Laid(
        np.where(better, costs, laid.costs), np.where(better, begins, laid.begins), np.where(better, ends, laid.ends)
    )


@lru_cache(maxsize=1)
def _table() -> Floats:
    """Distances with a last row, that of the padding, which costs nothing."""
    known = syllables.distances()
    return np.vstack([known, np.zeros((1, known.shape[1]), dtype=np.float32)])


@lru_cache(maxsize=1)
def _change_costs() -> tuple[Floats, Floats]:
    """Cost of losing and of putting in each code; the last of the first is the padding's."""
    names = syllables.inventory()
    put_in = np.full(len(names), _CHANGED, dtype=np.float32)
    put_in[[i for i, name in enumerate(names) if name in _PARTICLES]] = _CHANGED_PARTICLE
    put_in[[i for i, name in enumerate(names) if name in _NEGATIONS]] = _CHANGED_NEGATION
    put_in[syllables.SEPARATOR] = syllables.FAR
    return np.append(put_in, np.float32(0.0)), put_in
