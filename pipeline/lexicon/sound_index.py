"""Finding phrases by sound: which of thousands of short strings of syllables come close to some stretch of a long one.

The work hardly grows with the number of phrases: pairs of neighbouring syllables, in classes that are often heard for
each other, are looked up in an index; only a phrase that shares enough pairs with a stretch is laid against it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.language import syllables
from pipeline.lexicon import alignment

Ints = NDArray[np.int64]

LIMITS = {2: 0.06, 3: 0.06, 4: 0.08, 5: 0.12, 6: 0.18, 7: 0.2}
"""Largest mean distance per syllable by length; two syllables may only differ as accents do.

Chosen on telephone speech through Whisper base with the phrases of the labelled corpus: beyond these most hits were
other words; within them hits by sound had the right label as often as exact ones (0.78 and 0.68). From three to five
syllables, looser ones (0.1, 0.1, 0.16) found nothing more on sixteen tuning calls but five other words.
"""
LIMIT_LONG = 0.22
"""The same from eight syllables on: a good fifth of them quite unlike."""
_WIDTHS = (alignment.SHORTEST_SHIFTED, 6, 9, 14, 24)
"""Candidates are weighed together with those of like length, up to these: so little is spent on padding."""
_CHUNK = 20_000  # candidates weighed at a time, to bound memory
_START_BITS = 32
"""A candidate is one number, so that sorting is quick: its phrase above, its start in these bits."""


@dataclass(frozen=True, slots=True)
class SoundHit:
    """A phrase, by its number, near syllables ``start`` to ``end``, half-open; ``distance`` is a syllable's mean."""

    phrase: int
    start: int
    end: int
    distance: float


def limit(length: int) -> float:
    """Largest mean distance at which a phrase of so many syllables counts as heard; a single one must be the same."""
    return LIMITS.get(length, LIMIT_LONG if length > 1 else 0.0)


class SoundIndex:
    """Phrases to be found by sound.

    Parameters
    ----------
    phrases
        Coded syllables of each, see ``language.syllables``; those of a single syllable are never found.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        groups = np.searchsorted(_WIDTHS, [len(phrase) for phrase in phrases])
        self._order = np.argsort(groups, kind="stable")  # phrases of like length stand together from here on
        self._groups = np.searchsorted(groups[self._order], np.arange(len(_WIDTHS) + 2))
        numbers = [syllables.code_numbers(phrases[number]) for number in self._order]
        self._lengths = np.array([len(phrase) for phrase in numbers], dtype=np.int64)
        limits = np.array([limit(len(phrase)) for phrase in numbers], dtype=np.float32)
        self._allowed = (limits * self._lengths).astype(np.float32)
        self._needed = 1 + (self._lengths > alignment.SHORTEST_SHIFTED) + (self._lengths > 8)
        # A phrase's codes side by side and small: what is read at random should fit into the processor's cache.
        self._rows = np.full((len(numbers), int(self._lengths.max(initial=1))), alignment.PADDING, dtype=np.int16)
        for row, phrase in zip(self._rows, numbers, strict=True):
            row[: len(phrase)] = phrase
        self._starts, self._keys = _postings(numbers)

    def search(self, coded: str) -> Iterator[SoundHit]:
        """All phrases near some stretch of the coded text, also overlapping ones."""
        text = syllables.code_numbers(coded)
        phrases, starts = self._candidates(text)
        edges = np.searchsorted(phrases, self._groups)
        for first, last in pairwise(edges):
            for begin in range(first, last, _CHUNK):
                chosen = slice(begin, min(begin + _CHUNK, last))
                yield from self._weigh(text, phrases[chosen], starts[chosen])

    def _candidates(self, text: Ints) -> tuple[Ints, Ints]:
        """Phrases that share enough pairs with a stretch of the text, and where they would start; in order."""
        pairs = _pairs(text)
        places = np.flatnonzero(pairs >= 0)
        first = self._starts[pairs[places]]
        counts = self._starts[pairs[places] + 1] - first
        postings = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        keys = np.sort(self._keys[postings] + np.repeat(places, counts))
        longer = np.searchsorted(keys, self._groups[1] << _START_BITS)
        keys, shared = _counted(np.append(keys[:longer], _not_alone(keys[longer:])))
        phrases, starts = keys >> _START_BITS, (keys & ((1 << _START_BITS) - 1)) - alignment.FARTHEST_OUTSIDE
        enough = shared + _beside(keys, shared) >= self._needed[phrases]
        return phrases[enough], starts[enough]

    def _weigh(self, text: Ints, phrases: Ints, starts: Ints) -> Iterator[SoundHit]:
        lengths, allowed = self._lengths[phrases], self._allowed[phrases]
        rows = self._rows[phrases, : lengths.max()].T.astype(np.int64, order="C")
        laid = alignment.lay(rows, lengths, text, starts, allowed)
        near = np.flatnonzero(laid.costs <= allowed)
        numbers, means = self._order[phrases[near]], laid.costs[near] / lengths[near]
        yield from map(SoundHit, numbers.tolist(), laid.begins[near].tolist(), laid.ends[near].tolist(), means.tolist())


def _pairs(numbers: Ints) -> Ints:
    """Class of each syllable joined with that of the next; -1 where one of them is no syllable."""
    classes = syllables.coarse_classes()[numbers]
    joined = classes[:-1] * syllables.COARSE_CLASSES + classes[1:]
    return np.where((classes[:-1] > 0) & (classes[1:] > 0), joined, -1)


def _postings(phrases: Sequence[Ints]) -> tuple[Ints, Ints]:
    """For every pair where its postings start (with a last, the end); per posting its phrase and start, the pair at 0."""
    pairs = [_pairs(phrase) for phrase in phrases]
    found = np.concatenate([*pairs, np.empty(0, dtype=np.int64)])
    owners = np.repeat(np.arange(len(pairs)), [len(pair) for pair in pairs])
    offsets = np.concatenate([*(np.arange(len(pair)) for pair in pairs), np.empty(0, dtype=np.int64)])
    order = np.argsort(found, kind="stable")
    order = order[found[order] >= 0]
    counts = np.bincount(found[order], minlength=syllables.COARSE_CLASSES**2)
    keys = (owners << _START_BITS) + alignment.FARTHEST_OUTSIDE - offsets
    return np.concatenate([[0], np.cumsum(counts)]), keys[order]


def _counted(keys: Ints) -> tuple[Ints, Ints]:
    """Sorted keys once each, and how often each was there."""
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[firsts], np.diff(firsts, append=len(keys))


def _not_alone(keys: Ints) -> Ints:
    """Sorted keys without those that are neither repeated nor next to another: most share a single pair by chance."""
    near = np.zeros(len(keys) + 1, dtype=np.bool_)
    near[1:-1] = np.diff(keys) <= 1
    return keys[near[:-1] | near[1:]]


def _beside(keys: Ints, shared: Ints) -> Ints:
    """The larger count on a neighbouring diagonal: where a syllable is lost, a phrase's pairs fall on two of them."""
    beside = np.zeros_like(shared)
    touching = np.flatnonzero(np.diff(keys) == 1)
    beside[touching] = shared[touching + 1]
    beside[touching + 1] = np.maximum(beside[touching + 1], shared[touching])
    return beside
