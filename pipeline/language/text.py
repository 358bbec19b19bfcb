"""A turn as the rules read it: comparable characters, words and sounds, all knowing where in the turn they stand."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, repeat

from pipeline.language import syllables
from pipeline.language.normalise import Normalised, fold_characters, normalise
from pipeline.language.segment import CutWord, Segmenter
from pipeline.schema import Turn

_MARKS = "，。？！、；：,?!;:"
"""No word reaches over one of these."""
_MARK = re.compile(f"[{_MARKS}]")


@dataclass(frozen=True)
class TurnText:
    """What the rules know of a turn's words.

    Parameters
    ----------
    normalised
        Comparable characters; ``normalised.offsets`` lead to ``turn.text``.
    sounds
        One code per character of ``normalised.text``, see ``language.syllables``.
    cut
        Cuts a text into words.
    """

    turn: Turn
    normalised: Normalised
    sounds: str
    cut: Callable[[str], tuple[CutWord, ...]]

    @cached_property
    def words(self) -> tuple[CutWord, ...]:
        """The words of ``turn.text`` as jieba cuts them, punctuation among them, with offsets into it; few turns are asked for theirs."""
        return self.cut(self.turn.text)

    def words_around(self, start: int, end: int) -> tuple[CutWord, ...]:
        """The words between the marks around a stretch of ``turn.text``: none reaches over a mark, so the others stay uncut."""
        text = self.turn.text
        first = 1 + max(text.rfind(mark, 0, start) for mark in _MARKS)
        found = _MARK.search(text, end)
        words = self.cut(text[first : found.start() if found else len(text)])
        return tuple(CutWord(word.text, word.start + first, word.end + first) for word in words)

    @cached_property
    def word_edges(self) -> tuple[int, ...]:
        """Where in ``turn.text`` each recognised word begins, and its end; empty where the words do not make up the text."""
        edges = tuple(accumulate([len(word.text) for word in self.turn.words], initial=0))
        return edges if edges[-1] == len(self.turn.text) else ()

    @property
    def text(self) -> str:
        """The comparable characters."""
        return self.normalised.text

    @property
    def syllables(self) -> tuple[str, ...]:
        """The toneless syllable of each comparable character."""
        return syllables.syllables(self.sounds)


def read_turn(turn: Turn, segmenter: Segmenter) -> TurnText:
    """The turn's comparable characters, words and sounds."""
    return read_turns((turn,), segmenter)[0]


def read_turns(turns: Iterable[Turn], segmenter: Segmenter) -> tuple[TurnText, ...]:
    """All turns read, in their order."""
    turns = tuple(turns)
    # One thing after the other for all turns, not all things for one turn: each table stays in the processor's cache.
    normalised = [normalise(turn.text) for turn in turns]
    sounds = [_sounds(*each, segmenter) for each in zip(turns, normalised, strict=True)]
    return tuple(map(TurnText, turns, normalised, sounds, repeat(segmenter.cut)))


def _sounds(turn: Turn, normalised: Normalised, segmenter: Segmenter) -> str:
    usual = syllables.sound_codes(normalised.text)
    if not syllables.may_be_reread(fold_characters(turn.text)):
        return usual
    return syllables.reread(usual, _moved(segmenter.cut(turn.text), normalised.offsets))


def _moved(words: Sequence[CutWord], offsets: Sequence[int]) -> list[CutWord]:
    """Words that are not read as their characters usually are, with offsets into the normalised text."""
    special = syllables.special_readings()
    return [
        CutWord(word.text, start, start + len(word.text))
        for word in words
        if word.text in special and (start := bisect_left(offsets, word.start)) < len(offsets)
    ]
