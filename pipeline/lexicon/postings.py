"""Which phrases share pairs of neighbouring syllables with a text: the indexes that make searching by sound quick.

Pairs are of classes of syllables that are often heard for each other. A short phrase is a candidate wherever one of its pairs was
said, a longer one only where two were: thousands of phrases share a pair with any turn, few share two in the right place.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.language import syllables

Ints = NDArray[np.int64]

FENCE = 64
"""Separators put before and after a text: no phrase is so long that it would reach over them."""
_START_BITS = 32
"""A phrase and its start are one number, so that sorting is quick: the phrase above, the start in these bits."""
_PAIRS = syllables.COARSE_CLASSES**2
_FARTHEST = 8
"""Two pairs are looked for so far apart at most: of those that a longer phrase shares with a text, two lie closer."""
_MIXER, _MIXED_BITS = 0x9E3779B1, 20  # multiplicative hashing with the golden ratio
_SPARSE_BITS = 3
"""A table eight times the size of what is kept tells at once of nearly all that is not kept."""


class Found(NamedTuple):
    """Phrases, by their numbers, and where in the text each would start."""

    phrases: Ints
    starts: Ints

    def at(self, chosen: Ints | slice) -> "Found":
        """Those at these indices."""
        return Found(self.phrases[chosen], self.starts[chosen])

    def once(self) -> "Found":
        """Each once, in order of phrases and starts."""
        keys = np.sort((self.phrases << _START_BITS) + self.starts)
        keys = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
        return Found(keys >> _START_BITS, keys & ((1 << _START_BITS) - 1))


class Heard:
    """A text that phrases are searched in; places in it count the fence before it.

    Parameters
    ----------
    codes
        Its syllables as numbers, turns parted by separators.
    """

    def __init__(self, codes: Ints) -> None:
        fence = np.full(FENCE, syllables.SEPARATOR)
        self.codes = np.concatenate([fence, codes, fence])
        self.pairs = _pairs(self.codes)
        is_break = self.codes == syllables.SEPARATOR
        self.next_break: Ints = np.flatnonzero(is_break)[np.cumsum(is_break) - is_break]


class Postings:
    """Short phrases by each of their pairs.

    Parameters
    ----------
    phrases
        Codes of each.
    """

    def __init__(self, phrases: Sequence[Ints]) -> None:
        pairs = _all_pairs(phrases)
        owners, offsets = np.nonzero(pairs)
        found = pairs[owners, offsets]
        order = np.argsort(found, kind="stable")
        self._edges = np.append(0, np.cumsum(np.bincount(found, minlength=_PAIRS)))
        self._owners, self._offsets = owners[order], offsets[order]

    def sharing(self, text: Heard) -> Found:
        """The phrases that share a pair with the text, once for each pair."""
        places = np.flatnonzero(text.pairs)
        first, counts = _between(self._edges, text.pairs[places])
        kept = _spread(first, counts)
        return Found(self._owners[kept], np.repeat(places, counts) - self._offsets[kept])


class Couples:
    """Longer phrases by every two of their pairs and the distance between them.

    Parameters
    ----------
    phrases
        Codes of each.
    before
        How many phrases are numbered before them.
    """

    def __init__(self, phrases: Sequence[Ints], before: int) -> None:
        nothing = (np.empty(0, dtype=np.int64),) * 3
        found = zip(nothing, *_couples_kept(_all_pairs(phrases)), strict=True)
        couples, owners, offsets = (np.concatenate(each) for each in found)
        bits, mixed = len(couples).bit_length(), _mixed(couples)
        self._mask, self._sparse_mask = (1 << bits) - 1, (1 << (bits + _SPARSE_BITS)) - 1
        self._known = np.zeros(1 + self._sparse_mask, dtype=np.bool_)
        self._known[mixed & self._sparse_mask] = True
        slots = mixed & self._mask
        order = np.argsort(slots, kind="stable")
        self._edges = np.append(0, np.cumsum(np.bincount(slots, minlength=1 + self._mask))).astype(np.int32)
        self._couples = couples[order].astype(np.int32)
        self._owners, self._offsets = (before + owners[order]).astype(np.int32), offsets[order].astype(np.int8)

    def sharing(self, text: Heard) -> Found:
        """The phrases that share two pairs with a turn of the text, once each, in order."""
        couples, places = _couples_said(text)
        mixed = _mixed(couples)
        known = np.flatnonzero(self._known.take(mixed & self._sparse_mask))
        couples, places = couples[known], places[known]
        first, counts = _between(self._edges, mixed[known] & self._mask)
        kept = _spread(first, counts)
        same = np.flatnonzero(self._couples[kept] == np.repeat(couples, counts))
        kept, places = kept[same], np.repeat(places, counts)[same]
        return Found(self._owners[kept].astype(np.int64), places - self._offsets[kept]).once()


def _couples_kept(pairs: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Every two pairs of each phrase as they may be said, with the phrase and how far from its start the first is.

    Where a syllable was lost or put in between, they are nearer or farther, and the phrase may start at either's place; a pair may
    also be said twice in a row.
    """
    for one, other in combinations_with_replacement(range(pairs.shape[1]), 2):
        owners = np.flatnonzero(pairs[:, one] * pairs[:, other])
        for distance in range(max(1, other - one - 1), min(_FARTHEST, other - one + 1) + 1):
            couples = _couple(pairs[owners, one], pairs[owners, other], distance)
            for offset in {one, other - distance}:
                yield couples, owners, np.full_like(owners, offset)


def _couples_said(text: Heard) -> tuple[Ints, Ints]:
    """Every two pairs of a turn that are not too far apart, and where the first stands."""
    places = np.flatnonzero(text.pairs)
    room = np.minimum(text.next_break[places] - 2 - places, _FARTHEST)
    firsts, distances = np.repeat(places, room), _spread(np.ones_like(room), room)
    return _couple(text.pairs[firsts], text.pairs[firsts + distances], distances), firsts


def _couple(one: Ints, other: Ints, distance: Ints | int) -> Ints:
    """Two pairs at a distance as one number."""
    return (one * _PAIRS + other) * _FARTHEST + distance - 1


def _mixed(numbers: Ints) -> Ints:
    return numbers * _MIXER >> _MIXED_BITS


def _between(edges: NDArray[np.signedinteger], slots: Ints) -> tuple[Ints, Ints]:
    """Where what is kept in each slot begins, and how much it is."""
    first = edges[slots]
    return first, edges[slots + 1] - first


def _spread(first: Ints, counts: Ints) -> Ints:
    """From each first number on so many."""
    return np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())


def _all_pairs(phrases: Sequence[Ints]) -> Ints:
    """The pairs of each phrase, a row each, filled up with zeros."""
    rows = np.full((len(phrases), max(map(len, phrases), default=1)), syllables.SEPARATOR)
    for row, phrase in zip(rows, phrases, strict=True):
        row[: len(phrase)] = phrase
    return _pairs(rows)


def _pairs(codes: Ints) -> Ints:
    """Class of each syllable joined with that of the next; 0 where one of them is no syllable."""
    classes = syllables.coarse_classes()[codes]
    one, other = classes[..., :-1], classes[..., 1:]
    return np.where(one * other > 0, one * syllables.COARSE_CLASSES + other, 0)
