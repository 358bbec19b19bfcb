"""Fits the phrase model from the labelled corpus: ``python -m pipeline.lexicon.training`` writes ``models/meaning.npz``."""

import hashlib
import logging
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import code_distance, sound_codes
from pipeline.language.text import TurnText
from pipeline.lexicon.clauses import MARKS, Clause, clauses
from pipeline.lexicon.corpus import Example, for_training, read_corpus
from pipeline.lexicon.grams import features
from pipeline.lexicon.meaning import MeaningModel, save_model
from pipeline.schema import Role, Span, Turn
from pipeline.settings import Settings

_REGULARISATION = 0.3
_POSITIVE_WEIGHT = 3.0
_MISSPELT_COPIES = 2
_LEAST_DOCUMENTS = 4
"""A feature of one utterance may come three times, in its misspelt copies too: it takes another utterance to count."""
_SAME, _NEAR, _FAR, _LOST = 0.08, 0.09, 0.025, 0.015
"""Shares of characters that a copy spells with another of the same sound, of a near one, of any, and those it loses: nearly
twice what was counted on tuning calls (0.043, 0.058, 0.011, 0.008), for it is the hasty and the angry who are misheard."""
_FARTHEST, _FALL = 0.45, 0.12
"""Distance of the farthest near sound, and over which a sound becomes rarer by the factor e."""
_UNMARKED = "·"
"""Stands for a mark or a character that was not written: it ends no clause, is not compared, and keeps the places of all else."""
_UNMARKED_RATIO = 0.5
"""Share of pauses without a punctuation mark: Whisper base writes about every second one."""
_COVER = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """One clause to learn from: its features and its labels."""

    features: tuple[str, ...]
    labels: frozenset[str]
    hand: str


def fit(corpus: Sequence[Example]) -> MeaningModel:
    """Fit on all hands but the one held back; probabilities are calibrated on predictions for hands left out in turn.

    Raises
    ------
    LexiconError
        A label is marked by one hand alone: nothing is left to try it on.
    """
    training = for_training(corpus)
    model = fit_samples(list(samples_of(training)), version=version_of(training))
    return replace(model, phrases=_phrases(training, model.labels))


def fit_samples(samples: Sequence[Sample], *, version: str) -> MeaningModel:
    """Fit on clauses of several hands, without phrases to show.

    Raises
    ------
    LexiconError
        A label is marked by one hand alone.
    """
    labels = _shared_labels(samples)
    vectoriser, weights, bias = _fit_linear(samples, labels)
    slope, offset = _calibrate(samples, labels)
    return MeaningModel(
        labels=labels,
        vocabulary={str(name): int(row) for name, row in vectoriser.vocabulary_.items()},
        idf=vectoriser.idf_.astype(np.float32),
        weights=weights.astype(np.float64),
        bias=bias,
        slope=slope,
        offset=offset,
        phrases=dict.fromkeys(labels, ()),
        version=version,
    )


def version_of(corpus: Sequence[Example]) -> str:
    """Short hash of the examples that are trained on: the model that was fitted on them carries it."""
    lines = (f"{each.role} {each.text} {each.marks}" for each in for_training(corpus))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _shared_labels(samples: Sequence[Sample]) -> tuple[str, ...]:
    """All labels, sorted; calibration needs each to be marked by two hands."""
    hands: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for label in sample.labels:
            hands[label].add(sample.hand)
    alone = sorted(label for label, found in hands.items() if len(found) == 1)
    if alone or not hands:
        raise LexiconError(
            f"corpus: {', '.join(alone) or 'no label'} is marked by one hand only; let another hand mark it too"
        )
    return tuple(sorted(hands))


def samples_of(examples: Sequence[Example]) -> Iterator[Sample]:
    """Clauses of the agent's examples, each as written and again as a recogniser might misspell it."""
    spelling = Misspeller(example.text for example in examples)
    for example in examples:
        if example.role is Role.AGENT:
            for text in spelling.spellings(example.text):
                yield from _samples(example, read_text(text))


def _samples(example: Example, text: TurnText) -> Iterator[Sample]:
    found = clauses(text)
    for i, clause in enumerate(found):
        yield Sample(tuple(features(found, i)), labels_of(example, clause), example.hand)


def labels_of(example: Example, clause: Clause) -> frozenset[str]:
    """Labels whose mark covers half of the clause, or half of which the clause covers."""
    covered = set()
    for mark in example.marks:
        shared = min(clause.char_end, mark.char_end) - max(clause.char_start, mark.char_start)
        least = _COVER * min(clause.char_end - clause.char_start, mark.char_end - mark.char_start)
        if mark.genuine and shared > 0 and shared >= least:
            covered.add(mark.label)
    return frozenset(covered)


def read_text(text: str) -> TurnText:
    """A bare utterance as the rules read a turn; words are not needed for meaning and are left out."""
    normalised = normalise(text)
    turn = Turn(0, Role.AGENT, Span(0.0, 1.0), text)
    return TurnText(turn, normalised, sound_codes(normalised.text), lambda _: ())


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
        for _ in range(_MISSPELT_COPIES):
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


def _vectoriser() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=lambda names: names, min_df=_LEAST_DOCUMENTS, sublinear_tf=True)


def _fit_linear(
    samples: Sequence[Sample], labels: Sequence[str]
) -> tuple[TfidfVectorizer, NDArray[np.float32], NDArray[np.float32]]:
    vectoriser = _vectoriser()
    matrix = vectoriser.fit_transform([sample.features for sample in samples])
    fitted = [_classifier().fit(matrix, _truth(samples, label)) for label in labels]
    weights = np.stack([model.coef_[0] for model in fitted], axis=1).astype(np.float32)
    return vectoriser, weights, np.array([model.intercept_[0] for model in fitted], dtype=np.float32)


def _classifier() -> LinearSVC:
    """A margin, not a probability: on the hand held back it ranks misconduct better than logistic regression does."""
    return LinearSVC(C=_REGULARISATION, class_weight={False: 1.0, True: _POSITIVE_WEIGHT}, random_state=0)


def _truth(samples: Sequence[Sample], label: str) -> NDArray[np.bool_]:
    return np.array([label in sample.labels for sample in samples])


def _calibrate(samples: Sequence[Sample], labels: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Per label, the logistic curve that maps sums for a left-out hand to how often they are right (Platt scaling)."""
    hands = np.array([sample.hand for sample in samples])
    sums = np.zeros((len(samples), len(labels)), dtype=np.float32)
    for hand in sorted(set(hands)):
        inside = [sample for sample in samples if sample.hand != hand]
        vectoriser, weights, bias = _fit_linear(inside, labels)
        rows = np.flatnonzero(hands == hand)
        sums[rows] = vectoriser.transform([samples[int(row)].features for row in rows]) @ weights + bias
    curves = [LogisticRegression(C=1.0).fit(sums[:, [i]], _truth(samples, label)) for i, label in enumerate(labels)]
    return (
        np.array([curve.coef_[0, 0] for curve in curves], dtype=np.float32),
        np.array([curve.intercept_[0] for curve in curves], dtype=np.float32),
    )


def _phrases(examples: Sequence[Example], labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    marked: dict[str, dict[str, None]] = {label: {} for label in labels}
    for example in examples:
        for mark in example.marks:
            if mark.genuine:
                marked[mark.label][example.text[mark.char_start : mark.char_end]] = None
    return {label: tuple(phrases) for label, phrases in marked.items()}


def main(settings: Settings) -> Path:
    """Fit from the lexicons folder and write the model into the models folder."""
    from pipeline.lexicon.entries import load_lexicon

    labels = frozenset(load_lexicon(settings.lexicons_dir).labels)
    path = settings.models_dir / "meaning.npz"
    save_model(fit(read_corpus(settings.lexicons_dir / "corpus", labels=labels)), path)
    return path


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger(__name__).info("written to %s", main(Settings()))
