"""Finding phrases by sound: which of thousands of short strings of syllables come close to some stretch of a long one.

The work hardly grows with the number of phrases: pairs of neighbouring syllables, in classes that are often heard for
each other, are looked up in an index; a phrase that shares enough of them with a stretch is laid against it roughly, and
exactly only where that leaves hope.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.language import syllables
from pipeline.lexicon import alignment, rough
from pipeline.lexicon.postings import FENCE, Couples, Found, Heard, Postings

LIMITS = {2: 0.06, 3: 0.06, 4: 0.08, 5: 0.12, 6: 0.18, 7: 0.2}
"""Largest mean distance per syllable by length; two syllables may only differ as accents do.

Chosen on telephone speech through Whisper base with the phrases of the labelled corpus: beyond these most hits were
other words; within them hits by sound had the right label as often as exact ones (0.78 and 0.68). From three to five
syllables, looser ones (0.1, 0.1, 0.16) found nothing more on sixteen tuning calls but five other words.
"""
LIMIT_LONG = 0.22
"""The same from eight syllables on: a good fifth of them quite unlike."""
_CHUNK = 20_000
"""Candidates weighed at a time, to bound memory."""


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
        self._order = np.argsort([len(phrase) for phrase in phrases], kind="stable")  # short ones first from here on
        codes = [syllables.code_numbers(phrases[number]) for number in self._order]
        allowed = np.array([np.float32(limit(len(phrase))) * len(phrase) for phrase in codes], dtype=np.float32)
        self._phrases = alignment.Phrases.of(codes, allowed)
        short = int(np.searchsorted(self._phrases.lengths, alignment.SHORTEST_SHIFTED, side="right"))
        self._short_ones, self._long_ones = Postings(codes[:short]), Couples(codes[short:], short)

    def search(self, coded: str) -> Iterator[SoundHit]:
        """All phrases near some stretch of the coded text, also overlapping ones."""
        text = Heard(syllables.code_numbers(coded))
        for found in (self._short(text), self._long(text)):
            for first in range(0, len(found.phrases), _CHUNK):
                yield from self._weigh(text, found.at(slice(first, first + _CHUNK)))

    def _short(self, text: Heard) -> Found:
        """Phrases too short to be shifted that may lie in the text."""
        found = self._short_ones.sharing(text)
        return found.at(rough.straight(self._phrases, text.codes, *found)).once()

    def _long(self, text: Heard) -> Found:
        """The others that may lie in the text."""
        found = self._long_ones.sharing(text)
        # Only the first and the last syllable can be lost at the edge of a turn.
        last = found.starts + self._phrases.lengths[found.phrases] - 1
        found = found.at(np.flatnonzero(last <= text.next_break[found.starts + 1]))
        return found.at(rough.shifted(self._phrases, text.codes, *found))

    def _weigh(self, text: Heard, found: Found) -> Iterator[SoundHit]:
        phrases = self._phrases.chosen(found.phrases)
        laid = alignment.lay(phrases, text.codes, found.starts)
        near = np.flatnonzero(laid.costs <= phrases.allowed)
        means = laid.costs[near] / phrases.lengths[near]
        begins, ends = laid.begins[near] - FENCE, laid.ends[near] - FENCE
        numbers = self._order[found.phrases[near]]
        yield from map(SoundHit, numbers.tolist(), begins.tolist(), ends.tolist(), means.tolist())
