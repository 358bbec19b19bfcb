"""Finding phrases by sound: which of thousands of short strings of syllables come close to some stretch of a long one.

The work hardly grows with the number of phrases: pairs of neighbouring syllables, in classes that are often heard for
each other, are looked up in an index; only a phrase that shares enough pairs with a stretch is laid against it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
_WIDTHS = (4, 6, 9, 14, 24)
"""Candidates are weighed together with those of like length, up to these: so little is spent on padding."""
_CHUNK = 20_000  # candidates weighed at a time, to bound memory


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
        numbers = [syllables.code_numbers(phrase) for phrase in phrases]
        self._lengths = np.array([len(phrase) for phrase in numbers], dtype=np.int64)
        self._limits = np.array([limit(len(phrase)) for phrase in numbers], dtype=np.float32)
        self._needed = 1 + (self._lengths > 4) + (self._lengths > 8)
        self._rows = np.full((int(self._lengths.max(initial=1)), len(numbers)), alignment.PADDING, dtype=np.int64)
        for column, phrase in enumerate(numbers):
            self._rows[: len(phrase), column] = phrase
        self._starts, self._phrases, self._offsets = _postings(numbers)

    def search(self, coded: str) -> Iterator[SoundHit]:
        """All phrases near some stretch of the coded text, also overlapping ones."""
        text = syllables.code_numbers(coded)
        phrases, starts = self._candidates(text)
        for chosen in self._alike_in_length(phrases):
            yield from self._weigh(text, phrases[chosen], starts[chosen])

    def _candidates(self, text: Ints) -> tuple[Ints, Ints]:
        """Phrases that share enough pairs with a stretch of the text, and where they would start."""
        pairs = _pairs(text)
        places = np.flatnonzero(pairs >= 0)
        first = self._starts[pairs[places]]
        counts = self._starts[pairs[places] + 1] - first
        postings = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        stride = len(text) + 2 * alignment.FARTHEST_OUTSIDE
        diagonals = np.repeat(places, counts) - self._offsets[postings] + alignment.FARTHEST_OUTSIDE
        keys, shared = np.unique(self._phrases[postings] * stride + diagonals, return_counts=True)
        phrases, starts = keys // stride, keys % stride - alignment.FARTHEST_OUTSIDE
        enough = shared + _beside(keys, shared) >= self._needed[phrases]
        return phrases[enough], starts[enough]

    def _alike_in_length(self, phrases: Ints) -> Iterator[Ints]:
        group = np.searchsorted(_WIDTHS, self._lengths[phrases])
        for number in range(len(_WIDTHS) + 1):
            chosen = np.flatnonzero(group == number)
            for begin in range(0, len(chosen), _CHUNK):
                yield chosen[begin : begin + _CHUNK]

    def _weigh(self, text: Ints, phrases: Ints, starts: Ints) -> Iterator[SoundHit]:
        lengths = self._lengths[phrases]
        allowed = (self._limits[phrases] * lengths).astype(np.float32)
        laid = alignment.lay(self._rows[: lengths.max(), phrases], text, starts, allowed)
        mean = laid.costs / lengths
        for i in np.flatnonzero(laid.costs <= allowed):
            yield SoundHit(int(phrases[i]), int(laid.begins[i]), int(laid.ends[i]), float(mean[i]))


def _pairs(numbers: Ints) -> Ints:
    """Class of each syllable joined with that of the next; -1 where one of them is no syllable."""
    classes = syllables.coarse_classes()[numbers]
    joined = classes[:-1] * syllables.COARSE_CLASSES + classes[1:]
    return np.where((classes[:-1] > 0) & (classes[1:] > 0), joined, -1)


def _postings(phrases: Sequence[Ints]) -> tuple[Ints, Ints, Ints]:
    """For every pair where its postings start (with a last, the end); per posting its phrase and the place in it."""
    pairs = [_pairs(phrase) for phrase in phrases]
    keys = np.concatenate([*pairs, np.empty(0, dtype=np.int64)])
    owners = np.repeat(np.arange(len(pairs)), [len(pair) for pair in pairs])
    offsets = np.concatenate([*(np.arange(len(pair)) for pair in pairs), np.empty(0, dtype=np.int64)])
    order = np.argsort(keys, kind="stable")
    order = order[keys[order] >= 0]
    counts = np.bincount(keys[order], minlength=syllables.COARSE_CLASSES**2)
    return np.concatenate([[0], np.cumsum(counts)]), owners[order], offsets[order]


def _beside(keys: Ints, shared: Ints) -> Ints:
    """The larger count on a neighbouring diagonal: where a syllable is lost, a phrase's pairs fall on two of them."""
    beside = np.zeros_like(shared)
    touching = np.flatnonzero(np.diff(keys) == 1)
    beside[touching] = shared[touching + 1]
    beside[touching + 1] = np.maximum(beside[touching + 1], shared[touching])
    return beside
