"""The likeliest characters for the sounds of a run: the recogniser's own where it was sure, else the hotline's words."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path

from pipeline.language.syllables import sound_codes
from pipeline.settings import Settings
from pipeline.spelling.homophones import LONGEST_WORD, Homophones
from pipeline.spelling.model import END, START, SpellingModel, load_model

RUN = re.compile(r"[一-鿿]+")
"""What is written by sound: Chinese characters in a row."""

_CHANGE = 3.0
"""Cost, in nats, of writing another character than the recogniser, who gave its own a probability of one half. 2 to 5 were
tried: simulated calls gain a little with less (0.002 of CER), read speech with more."""

_LEAST_CHANGE = 0.3
"""A character the recogniser itself did not believe in costs this much to change."""

_DISTANCE = 8.0
"""Cost of a whole unit of distance between sounds."""

_UNSURE = 0.5
"""Taken for the recogniser's confidence where only texts are compared."""

_KEPT = 1 << 14
"""Runs whose cost is remembered: a recogniser's hypotheses differ in few of theirs."""

_BEAM = 12
"""Last words kept at each place."""

_DISBELIEVED = 0.001
_SAID_APART = frozenset({("你", "您"), ("您", "你")})
"""Near in sound, and the difference is what is judged: never written for each other."""


@dataclass(frozen=True, slots=True)
class _Path:
    cost: float
    word: str
    start: int
    before: str


class Speller:
    """Writes runs of Chinese characters anew, one character for each."""

    def __init__(self, model: SpellingModel) -> None:
        self.version = model.version
        self._model = model
        self._homophones = Homophones(model.words)
        self.surprise = lru_cache(maxsize=_KEPT)(self._surprise)

    def respell(self, run: str, confidences: Sequence[float]) -> str:
        """The likeliest characters for the sounds of ``run``, as many as it has.

        Parameters
        ----------
        run
            Chinese characters only.
        confidences
            The recogniser's, one a character; what has 1 is never changed.
        """
        columns = self._columns(run, confidences)
        return "".join(reversed(list(_trace(columns, self._last(columns)))))

    def _surprise(self, run: str) -> float:
        """How unlikely a hotline says what ``run`` sounds like, in nats, at its likeliest writing."""
        last = self._last(self._columns(run, [_UNSURE] * len(run)))
        return last.cost - self._model.log_probability(END, last.word)

    def _columns(self, run: str, confidences: Sequence[float]) -> list[dict[str, _Path]]:
        """For each place, the best ways to it by their last word."""
        costs = [_change_cost(confidence) for confidence in confidences]
        coded = sound_codes(run)
        columns: list[dict[str, _Path]] = [{START: _Path(0.0, START, 0, START)}]
        for end in range(1, len(run) + 1):
            columns.append(self._column(run, coded, costs, columns, end))
        return columns

    def _last(self, columns: Sequence[dict[str, _Path]]) -> _Path:
        """The end of the best way through all of the run."""
        return min(columns[-1].values(), key=lambda path: path.cost - self._model.log_probability(END, path.word))

    def _column(
        self, run: str, coded: str, costs: Sequence[float], columns: Sequence[dict[str, _Path]], end: int
    ) -> dict[str, _Path]:
        """The best way to each last word that ends at ``end``."""
        best: dict[str, _Path] = {}
        for start in range(max(0, end - LONGEST_WORD), end):
            befores = [(path.cost, path.word) for path in columns[start].values()]
            for word, own_cost in self._words(run[start:end], coded[start:end], costs[start:end]):
                cost, before = min(
                    (so_far - self._model.log_probability(word, before), before) for so_far, before in befores
                )
                path = _Path(cost + own_cost, word, start, before)
                if word not in best or path.cost < best[word].cost:
                    best[word] = path
        return {path.word: path for path in nsmallest(_BEAM, best.values(), key=lambda path: path.cost)}

    def _words(self, heard: str, coded: str, costs: Sequence[float]) -> Iterator[tuple[str, float]]:
        """Words that may have been said here with their cost, what was heard itself among them."""
        if len(heard) == 1 or heard in self._model.words:
            yield heard, 0.0
        for word, distance in self._homophones.find(coded):
            changed = [i for i, char in enumerate(word) if char != heard[i]]
            if changed and not any((heard[i], word[i]) in _SAID_APART for i in changed):
                yield word, _DISTANCE * distance + sum(costs[i] for i in changed)


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


def _trace(columns: Sequence[dict[str, _Path]], last: _Path) -> Iterator[str]:
    path = last
    while path.word != START:
        yield path.word
        path = columns[path.start][path.before]
