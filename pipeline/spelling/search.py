"""The likeliest characters for the sounds of a run: the recogniser's own where it was sure, else the hotline's words."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pipeline.language.syllables import sound_codes
from pipeline.settings import Settings
from pipeline.spelling.homophones import LONGEST_WORD, Homophones
from pipeline.spelling.model import END, START, SpellingModel, load_model

RUN = re.compile(r"[一-鿿]+")
"""What is written by sound: Chinese characters in a row."""

_CHANGE = 2.5
"""Cost, in nats, of writing another character than the recogniser, who gave its own a probability of one half. 2 to 5 were
tried: simulated calls gain a little with less (0.002 of CER), read speech with more (0.001)."""

_LEAST_CHANGE = 0.3
"""A character the recogniser itself did not believe in costs this much to change."""

_DISTANCE = 11.0
"""Cost of a whole unit of distance between sounds: 8 to 12 differ by 0.001 of CER."""

_UNSURE = 0.5
"""Taken for the recogniser's confidence where only texts are compared."""

_KEPT = 1 << 14
"""Runs whose cost is remembered, for a recogniser's hypotheses differ in few of theirs, and pieces of runs whose words are."""

_BEAM = 12
"""Last words kept at each place."""

_DISBELIEVED = 0.001
_SAID_APART = frozenset({("你", "您"), ("您", "你")})
"""Near in sound, and the difference is what is judged: never written for each other."""

_NOTHING: Set[str] = frozenset()


class _Word(NamedTuple):
    """A word that may have been said.

    Parameters
    ----------
    unlike
        Cost of how unlike what was heard it sounds.
    changed
        Places of the characters that it would change.
    alone
        Cost of the word itself, whatever comes before it.
    befores
        The words it was seen after.
    """

    text: str
    unlike: float
    changed: tuple[int, ...]
    alone: float
    befores: Set[str]


_Words: TypeAlias = Callable[[str], Sequence[_Word]]


class _Path(NamedTuple):
    cost: float
    word: str
    start: int
    before: str


class _Column(NamedTuple):
    """The best ways to one place by their last word; ``unseen``: cost and last word of the best for a word never seen after any."""

    paths: Mapping[str, _Path]
    unseen: tuple[float, str]


class Speller:
    """Writes runs of Chinese characters anew, one character for each."""

    def __init__(self, model: SpellingModel) -> None:
        self.version = model.version
        self._model = model
        self._left = {word: model.left(word) for word in model.counts}
        self._befores: dict[str, set[str]] = defaultdict(set)
        for before, word in model.pairs:
            self._befores[word].add(before)
        self._homophones = Homophones(model.words)
        self.surprise = lru_cache(maxsize=_KEPT)(self._surprise)
        self._words = lru_cache(maxsize=_KEPT)(self._words_for)

    def respell(self, run: str, confidences: Sequence[float]) -> str:
        """The likeliest characters for the sounds of ``run``, as many as it has.

        Parameters
        ----------
        run
            Chinese characters only.
        confidences
            The recogniser's, one a character; what has 1 is never changed.
        """
        columns = self._columns(run, confidences, self._words)
        return "".join(reversed(list(_trace(columns, self._last(columns)))))

    def surprise_as_written(self, run: str) -> float:
        """How unlikely a hotline says ``run`` in its very characters: no less than its surprise, and quicker to tell."""
        return self._unlikely(run, self._own)

    def _surprise(self, run: str) -> float:
        """How unlikely a hotline says what ``run`` sounds like, in nats, at its likeliest writing."""
        return self._unlikely(run, self._words)

    def _unlikely(self, run: str, words: _Words) -> float:
        last = self._last(self._columns(run, [_UNSURE] * len(run), words))
        return last.cost - self._model.log_probability(END, last.word)

    def _columns(self, run: str, confidences: Sequence[float], words: _Words) -> list[_Column]:
        """For each place, the best ways to it by their last word."""
        costs = [_change_cost(confidence) for confidence in confidences]
        columns = [self._column([_Path(0.0, START, 0, START)])]
        for end in range(1, len(run) + 1):
            best: dict[str, _Path] = {}
            for start in range(max(0, end - LONGEST_WORD), end):
                self._extend(best, columns[start], start, words(run[start:end]), costs[start:end])
            columns.append(self._column(nsmallest(_BEAM, best.values(), key=lambda path: path.cost)))
        return columns

    def _column(self, paths: Sequence[_Path]) -> _Column:
        unseen = min((path.cost - self._left.get(path.word, 0.0), path.word) for path in paths)
        return _Column({path.word: path for path in paths}, unseen)

    def _last(self, columns: Sequence[_Column]) -> _Path:
        """The end of the best way through all of the run."""
        return min(columns[-1].paths.values(), key=lambda path: path.cost - self._model.log_probability(END, path.word))

    def _extend(
        self, best: dict[str, _Path], column: _Column, start: int, words: Sequence[_Word], costs: Sequence[float]
    ) -> None:
        """Note the ways from here by these words that are better than what is known."""
        cost_at = costs.__getitem__
        unseen_cost, unseen = column.unseen
        for word in words:
            joined, before = unseen_cost + word.alone, unseen
            if not word.befores.isdisjoint(column.paths):
                joined, before = min((joined, before), self._seen(column, word))
            cost = joined + (word.unlike + sum(map(cost_at, word.changed)))
            known = best.get(word.text)
            if known is None or cost < known.cost:
                best[word.text] = _Path(cost, word.text, start, before)

    def _seen(self, column: _Column, word: _Word) -> tuple[float, str]:
        """The least cost after one of the words that this was seen after, and that word."""
        paths = (path for path in column.paths.values() if path.word in word.befores)
        return min((path.cost - self._model.log_probability(word.text, path.word), path.word) for path in paths)

    def _words_for(self, heard: str) -> tuple[_Word, ...]:
        """Words that may have been said here, what was heard itself among them."""
        return (*self._own(heard), *self._others(heard))

    def _own(self, heard: str) -> tuple[_Word, ...]:
        return (self._word(heard, 0.0, ()),) if len(heard) == 1 or heard in self._model.words else ()

    def _word(self, text: str, unlike: float, changed: tuple[int, ...]) -> _Word:
        return _Word(text, unlike, changed, -self._model.alone(text), self._befores.get(text, _NOTHING))

    def _others(self, heard: str) -> Iterator[_Word]:
        for word, distance in self._homophones.find(sound_codes(heard)):
            changed = tuple([i for i, char in enumerate(word) if char != heard[i]])
            if changed and _SAID_APART.isdisjoint(zip(heard, word, strict=True)):
                yield self._word(word, _DISTANCE * distance, changed)


def load_speller(settings: Settings) -> Speller | None:
    """The speller of the models folder, loaded once; None where nothing is to be written by sound.

    Raises
    ------
    ModelError
        The model is missing or broken.
    """
    return _loaded(settings.models_dir / "spelling.npz") if settings.write_by_sound else None


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Speller:
    return Speller(load_model(path))


def _change_cost(confidence: float) -> float:
    if confidence >= 1.0:
        return math.inf
    sure = max(confidence, _DISBELIEVED)
    return max(_LEAST_CHANGE, _CHANGE + math.log(sure / (1.0 - sure)))


def _trace(columns: Sequence[_Column], last: _Path) -> Iterator[str]:
    path = last
    while path.word != START:
        yield path.word
        path = columns[path.start].paths[path.before]
