"""The turns of one side as a single string to search, as it was said and without fillers, and the way back to each."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.language.text import TurnText

_FILLER = re.compile(r"[嗯呃啊呢哦噢诶哎呀唉噻喔咧嘞咯嘎呐啵哟]|那个|这个|就是")
_SHORTEST_BARE = 3
"""Phrases that would become shorter than this without their fillers keep them: 是啊 must not be found in every 是."""
BREAK = "\n"
"""Parts the turns."""


def fillers(text: str) -> list[str]:
    """What is left out of text without fillers, in order."""
    return _FILLER.findall(text)


def without_fillers(phrase: str) -> str:
    """A phrase as it stands in text without fillers; short phrases keep theirs."""
    bare = _FILLER.sub("", phrase)
    return bare if bare == phrase or len(bare) >= _SHORTEST_BARE else phrase


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end``, half-open, of the comparable text of the turn ``number`` of those joined."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """Characters and sounds in the direction of going, which may be against reading."""

    chars: str
    sounds: str
    backwards: bool = False

    def read(self, start: int, end: int) -> str:
        """Characters in reading order."""
        part = self.chars[start:end]
        return part[::-1] if self.backwards else part


@dataclass(frozen=True)
class Stream:
    """Comparable characters and their sounds, turns parted by line breaks.

    Parameters
    ----------
    origin
        For each character its index in the stream with all fillers.
    turn_starts
        Where each turn starts in the stream with all fillers.
    said
        The characters of the stream with all fillers.
    """

    chars: str
    sounds: str
    origin: Sequence[int]
    turn_starts: Sequence[int]
    said: str

    def place(self, start: int, end: int) -> Place:
        """Where characters ``start`` to ``end`` (half-open, not empty, of one turn) were said."""
        first, last = self.origin[start], self.origin[end - 1]
        number = bisect_right(self.turn_starts, first) - 1
        offset = self.turn_starts[number]
        return Place(number, first - offset, last + 1 - offset)

    def holds_fillers(self, wanted: Sequence[str], start: int, end: int) -> bool:
        """Whether these were said, in this order, within characters ``start`` to ``end`` or directly beside them."""
        first = self.origin[start - 1] + 1 if start else 0
        last = self.origin[end] if end < len(self.origin) else len(self.said)
        said = iter(fillers(self.said[first:last]))
        return all(filler in said for filler in wanted)

    @cached_property
    def forwards(self) -> View:
        """The stream in reading order."""
        return View(self.chars, self.sounds)

    @cached_property
    def backwards(self) -> View:
        """The stream against reading: its last character is the first."""
        return View(self.chars[::-1], self.sounds[::-1], backwards=True)

    @cached_property
    def bare(self) -> "Stream":
        """The same without fillers; itself if there are none."""
        kept, at = [], 0
        for filler in _FILLER.finditer(self.chars):
            kept.append(range(at, filler.start()))
            at = filler.end()
        if at == 0:
            return self
        kept.append(range(at, len(self.chars)))
        return Stream(
            "".join(self.chars[part.start : part.stop] for part in kept),
            "".join(self.sounds[part.start : part.stop] for part in kept),
            [self.origin[i] for part in kept for i in part],
            self.turn_starts,
            self.said,
        )


def join(texts: Sequence[TurnText]) -> Stream:
    """One stream of these turns."""
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text.text) + 1
    chars = BREAK.join(text.text for text in texts)
    return Stream(chars, BREAK.join(text.sounds for text in texts), range(len(chars)), starts, chars)
