"""A turn as the rules read it: comparable characters, words and sounds, all knowing where in the turn they stand."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.language import syllables
from pipeline.language.normalise import Normalised, normalise
from pipeline.language.segment import CutWord, Segmenter
from pipeline.schema import Turn


@dataclass(frozen=True, slots=True)
class TurnText:
    """What the rules know of a turn's words.

    Parameters
    ----------
    normalised
        Comparable characters; ``normalised.offsets`` lead to ``turn.text``.
    words
        jieba's words of ``turn.text``, punctuation among them, with offsets into ``turn.text``.
    sounds
        One code per character of ``normalised.text``, see ``language.syllables``.
    """

    turn: Turn
    normalised: Normalised
    words: tuple[CutWord, ...]
    sounds: str

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
    words = [segmenter.cut(turn.text) for turn in turns]
    sounds = map(_sounds, normalised, words)
    return tuple(map(TurnText, turns, normalised, words, sounds))


def _sounds(normalised: Normalised, words: Sequence[CutWord]) -> str:
    return syllables.reread(syllables.sound_codes(normalised.text), _moved(words, normalised.offsets))


def _moved(words: Sequence[CutWord], offsets: Sequence[int]) -> list[CutWord]:
    """Words that are not read as their characters usually are, with offsets into the normalised text."""
    special = syllables.special_readings()
    return [
        CutWord(word.text, start, start + len(word.text))
        for word in words
        if word.text in special and (start := bisect_left(offsets, word.start)) < len(offsets)
    ]
