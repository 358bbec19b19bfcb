"""Text spelt as a recogniser might: what models learn from beside the text as it is written."""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pipeline.language.syllables import code_distance, sound_codes
from pipeline.lexicon.clauses import MARKS

_COPIES = 2
_SAME, _NEAR, _FAR, _LOST = 0.08, 0.09, 0.025, 0.015
"""Shares of characters that a copy spells with another of the same sound, of a near one, of any, and those it loses: nearly
twice what was counted on tuning calls (0.043, 0.058, 0.011, 0.008), for it is the hasty and the angry who are misheard."""
_FARTHEST, _FALL = 0.45, 0.12
"""Distance of the farthest near sound, and over which a sound becomes rarer by the factor e."""
_UNMARKED = "·"
"""Stands for a mark or a character that was not written: it ends no clause, is not compared, and keeps the places of all else."""
_UNMARKED_RATIO = 0.5
"""Share of pauses without a punctuation mark: Whisper base writes about every second one."""


class Misspeller:
    """Spells characters as a recogniser might, the frequent ones of the corpus most; always the same way for the same corpus."""

    def __init__(self, texts: Iterable[str]) -> None:
        by_sound: dict[str, list[str]] = defaultdict(list)
        for char in filter(_chinese, chain.from_iterable(texts)):
            by_sound[sound_codes(char)].append(char)
        self._by_sound: Mapping[str, Sequence[str]] = dict(by_sound)
        self._all = tuple(chain.from_iterable(by_sound.values()))
        self._near = {sound: _near_sounds(sound, by_sound) for sound in by_sound}
        self._random = random.Random(0)  # the fit must come out the same

    def spellings(self, text: str) -> Iterator[str]:
        """The text as it is written, then as a recogniser might misspell it."""
        yield text
        for _ in range(_COPIES):
            yield self.misspell(text)

    def misspell(self, text: str) -> str:
        """The text with some characters and marks replaced, each by one character: places in it stay where they were."""
        return "".join(self._misspell(char) for char in text)

    def _misspell(self, char: str) -> str:
        draw = self._random.random()
        if char in MARKS:
            return _UNMARKED if draw < _UNMARKED_RATIO else char
        if not _chinese(char) or draw >= _SAME + _NEAR + _FAR + _LOST:
            return char
        if draw < _SAME + _NEAR:
            return self._sounding(char, near=draw >= _SAME)
        return self._random.choice(self._all) if draw < _SAME + _NEAR + _FAR else _UNMARKED

    def _sounding(self, char: str, *, near: bool) -> str:
        """Another character of the same sound or of a near one; the same where the corpus has none."""
        sound = sound_codes(char)
        if near and self._near.get(sound):
            sound = self._random.choices(*zip(*self._near[sound].items(), strict=True))[0]
        return self._random.choice(self._by_sound.get(sound, char))


def _chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _near_sounds(sound: str, by_sound: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Other sounds of the corpus by how often they might be heard for this one."""
    distances = {other: code_distance(sound, other) for other in by_sound if other != sound}
    return {
        other: len(by_sound[other]) * math.exp(-distance / _FALL)
        for other, distance in distances.items()
        if distance <= _FARTHEST
    }
