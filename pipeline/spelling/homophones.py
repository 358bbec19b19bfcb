"""Which words of the dictionary sound like what was heard."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from pipeline.language.syllables import code_numbers, distances, sound_codes

LONGEST_WORD = 4

_NEAR = 0.2
"""Two syllables this close may be heard for each other inside a word (zh/z, n/l, f/h, -n/-ng); a word of one syllable must sound the same."""

_MOST = 8
"""Words of one sound that are tried, the likeliest first; with 6 and with 20 the simulated calls come out the same."""

_FIRST_CODE = 0xE000


class Homophones:
    """The dictionary by sound.

    Parameters
    ----------
    words
        Word to the logarithm of its probability.
    """

    def __init__(self, words: Mapping[str, float]) -> None:
        by_sound: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if len(word) <= LONGEST_WORD:
                by_sound[sound_codes(word)].append(word)
        self._by_sound = {coded: sorted(found, key=lambda w: -words[w])[:_MOST] for coded, found in by_sound.items()}
        self._beginnings = {coded[:end] for coded in self._by_sound for end in range(1, len(coded) + 1)}
        self._near = lru_cache(maxsize=1 << 14)(self._beginnings_near)

    def find(self, coded: str) -> Iterator[tuple[str, float]]:
        """Words that sound like ``coded`` or nearly so, each with the distance summed over its syllables."""
        for sound, distance in ((coded, 0.0),) if len(coded) == 1 else self._near(coded):
            for word in self._by_sound.get(sound, ()):
                yield word, distance

    def _beginnings_near(self, coded: str) -> tuple[tuple[str, float], ...]:
        """Beginnings of words that sound nearly like ``coded``, with their distances."""
        if not coded:
            return (("", 0.0),)
        return tuple(
            (sound + near, distance + further)
            for sound, distance in self._near(coded[:-1])
            for near, further in _neighbours(coded[-1])
            if sound + near in self._beginnings
        )


@lru_cache(maxsize=1 << 10)
def _neighbours(coded: str) -> tuple[tuple[str, float], ...]:
    """Codes of the syllables that may be heard for this one, itself among them, with their distances."""
    return tuple(_neighbours_of(int(code_numbers(coded)[0])))


def _neighbours_of(code: int) -> Iterator[tuple[str, float]]:
    row = distances()[code]
    for other in np.flatnonzero(row <= _NEAR):
        yield chr(_FIRST_CODE + int(other)), float(row[other])
